"""Setting, changing and resetting passwords. Every change ends all other sessions."""

from __future__ import annotations

from datetime import datetime, timedelta

from bookonce.domain.accounts import authenticator, mailed_tokens, sessions
from bookonce.domain.accounts.errors import MailedLinkDead
from bookonce.domain.accounts.mailed_tokens import Purpose
from bookonce.domain.accounts.models import Person
from bookonce.domain.accounts.operations import LONGEST, SHORTEST, is_password
from bookonce.domain.accounts.queries import can_sign_in
from bookonce.foundation import tokens
from bookonce.foundation.database.transactions import requires_transaction, transaction
from bookonce.foundation.errors import Invalid, Sentence

# Shorter than the week of a first one: it opens an account that is in use already.
ANEW_WITHIN = timedelta(hours=1)
"""How long a set-up secret works that the operator has made for somebody."""
COMMONEST = (
    "password", "passwort", "12345678", "123456789", "1234567890", "11111111", "00000000", "qwertyui",
    "qwertzui",
)  # fmt: skip
"""Passwords that are guessed first; a longer list would refuse ones that are good enough."""
EASY = "This is guessed first. Choose another one, such as three words that have nothing to do with you."
WRONG = Sentence(
    "Choose a password of {shortest} to {longest} characters.", shortest=SHORTEST, longest=LONGEST
)


def request_password_reset(email: str, *, now: datetime) -> None:
    """Mail a link for a new password to this address, if somebody has it. The result never tells whether."""
    person = Person.objects.filter(email=email.strip().lower()).first()
    if person is not None:
        with transaction():
            mailed_tokens.mail_link(person, Purpose.PASSWORD, to=person.email, now=now)


def reset_password(token: str, password: str, *, now: datetime) -> Person:
    """Set a new password by a mailed link, which is spent; every session ends."""
    _insist(password)
    with transaction():
        link = mailed_tokens.use_link(token, Purpose.PASSWORD, now=now)
        if link.person.email != link.email:
            raise MailedLinkDead  # the address was changed since: the old mailbox must not set a password
        _set(link.person, password, now=now)
        # No session has an empty key, so all end: whoever lost the password may have lost a session, too.
        sessions.end_other_sessions(link.person, but="")
    return link.person


def change_password(person: Person, password: str, *, session: str, now: datetime) -> None:
    """Set a password; every session ends but ``session`` (a key)."""
    _insist(password)
    with transaction():
        _set(person, password, now=now)
        sessions.end_other_sessions(person, but=session)


def create_setup_link(person: Person, *, without_authenticator: bool, now: datetime) -> str:
    """Make a new set-up secret for somebody who cannot sign in; their other ways to sign in stay.

    For the operator alone, who knows to whom it is given.
    """
    secret = tokens.new_secret()
    with transaction():
        Person.objects.filter(pk=person.pk).update(
            setup_hash=tokens.hash_of(secret), setup_expires_at=now + ANEW_WITHIN
        )
        if without_authenticator and authenticator.is_on(person):
            authenticator.turn_off(person, now=now)
    return secret


def set_first_password(secret: str, password: str, *, now: datetime, clock: str = "") -> Person | None:
    """Set a password with a set-up secret, once; returns the person, None where the secret is not valid.

    ``clock``: ``12`` or ``24``, for a person who has none yet.
    """
    _insist(password)
    with transaction():
        waiting = Person.objects.filter(setup_hash=tokens.hash_of(secret), setup_expires_at__gt=now)
        # Locked: of two who open the address at once, the second finds it over.
        person = waiting.select_for_update(no_key=True).first()
        if person is not None:
            is_first = not can_sign_in(person)
            _set(person, password, now=now)
            if is_first and clock and not person.clock:
                person.clock = clock
                person.save(update_fields=["clock"])
            sessions.end_other_sessions(person, but="")
        return person


def find_by_setup_secret(secret: str, *, now: datetime, clock: str = "") -> Person | None:
    """The person of this set-up secret, who wants to add a passkey; None where they can sign in already.

    The secret is not spent: it works until there is a password or a passkey.
    """
    with transaction():
        waiting = Person.objects.filter(setup_hash=tokens.hash_of(secret), setup_expires_at__gt=now)
        person = waiting.select_for_update(no_key=True).first()
        # Nobody gets past an authenticator by the address alone: with one on, a password has to come first.
        if person is None or can_sign_in(person) or authenticator.is_on(person):
            return None
        if clock and not person.clock:
            person.clock = clock
            person.save(update_fields=["clock"])
        return person


@requires_transaction
def _set(person: Person, password: str, *, now: datetime) -> None:
    """Set the password and end everything that was given out before: mailed links and set-up secrets.

    The owner is told by mail, unless it is their first password.
    """
    # Raised inside the transaction, so that the link that was to be spent for it stays good.
    if is_easy(password, person.name, person.email):
        raise Invalid(("/password", EASY))
    kind = "account.password_changed" if person.has_usable_password() else "account.password_set"
    tells = can_sign_in(person)
    person.set_password(password)
    # The hash stays, so that the holder of the secret reads that it is over; all others see an unknown page.
    person.setup_expires_at = now
    person.save(update_fields=["password", "setup_expires_at"])
    # Whoever could read the owner's mail before must not be able to undo the new password.
    for purpose in Purpose:
        mailed_tokens.invalidate_links(person, purpose, now=now)
    if tells:
        mailed_tokens.record_account_event(person, kind, to=person.email, now=now)


def is_easy(password: str, name: str, email: str) -> bool:
    """Whether this would be guessed at once: a common password, or the owner's name or address."""
    known = {*COMMONEST, name.strip().casefold(), email.strip().casefold()} - {""}
    return password.strip().casefold() in known


def _insist(password: str) -> None:
    if not is_password(password):
        raise Invalid(("/password", WRONG))
