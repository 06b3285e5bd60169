"""Passkeys: adding them and signing in with them, by WebAuthn.

A passkey verifies its owner by fingerprint, face or PIN, so it counts as both factors. The challenge that was
begun is kept by the caller, in the session, for one answer.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bookonce.domain.accounts import mailed_tokens, sessions
from bookonce.domain.accounts.errors import LastWayIn, PasskeyKnown, PasskeyRefused
from bookonce.domain.accounts.models import Passkey, Person
from bookonce.domain.accounts.queries import can_sign_in
from bookonce.foundation.database import guarded_rows
from bookonce.foundation.database.transactions import transaction

NAME = 80
LONGEST_ANSWER = 20_000
"""The most characters of a browser's answer: with the certificates of an authenticator some thousands."""
Begun = dict[str, Any]
"""The challenge as a session keeps it."""

# Where a passkey is used, ``webauthn`` is imported in the function: its library takes 8 MiB in every process.


def begin_adding(person: Person) -> tuple[dict[str, Any], Begun]:
    """(options for the browser, challenge to keep) to add a passkey."""
    from bookonce.domain.accounts import webauthn

    # With these a browser makes no second passkey on an authenticator that has one (excludeCredentials).
    known = [bytes(key.credential_id) for key in person.passkeys.all()]
    return webauthn.begin_registration(person.pk.bytes, email=person.email, name=person.name, known=known)


def add_passkey(
    person: Person, begun: Begun | None, answer: str, *, name: str, session: str, now: datetime
) -> Passkey:
    """Save the passkey that the browser has made, or ``PasskeyRefused``, ``PasskeyKnown``.

    Where it is the person's first way to sign in, the set-up secret ends, and so does every session but
    ``session`` (a key): others may have used that secret.
    """
    from bookonce.domain.accounts import webauthn

    made = webauthn.complete_registration(begun, answer)
    with transaction():
        # Locked, so that of two first ways to sign in, added at once, one is the first.
        person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if not can_sign_in(person):
            person.setup_expires_at = now
            person.save(update_fields=["setup_expires_at"])
            sessions.end_other_sessions(person, but=session)
        key = Passkey(
            person=person,
            name=name[:NAME] or "Passkey",
            credential_id=made.credential_id,
            credential=made.credential,
            counter=made.counter,
            created_at=now,
        )
        # The constraint decides, since another person may add it at the same moment.
        if not all(guarded_rows.insert_unless_conflict(key)):
            raise PasskeyKnown
        mailed_tokens.record_account_event(person, "account.passkey_added", to=person.email, now=now)
    return key


def begin_signing_in() -> tuple[dict[str, Any], Begun]:
    """(options for the browser, challenge to keep) to sign in with any passkey of this site."""
    from bookonce.domain.accounts import webauthn

    return webauthn.begin_authentication()


def verify_sign_in(begun: Begun | None, answer: str, *, now: datetime) -> Person:
    """The person whose passkey has answered the challenge, or ``PasskeyRefused``."""
    from bookonce.domain.accounts import webauthn

    claimed = webauthn.credential_id_of(answer)
    key = Passkey.objects.filter(credential_id=claimed).select_related("person").first()
    # The answer that a wrong signature gets: which passkeys are known here is nobody's business.
    if key is None:
        raise PasskeyRefused
    counter = webauthn.complete_authentication(begun, answer, bytes(key.credential))
    # A counter that does not grow is the sign of a copied key, but for that of an authenticator without one,
    # which stays at zero (WebAuthn, sections 6.1.1 and 7.2).
    grown = {"counter__lt": counter} if counter else {"counter": 0}
    with transaction():
        # One UPDATE decides: of a copy and the original, used at once, the second finds the counter taken.
        if not Passkey.objects.filter(pk=key.pk, **grown).update(counter=counter, used_at=now):
            raise PasskeyRefused
    return key.person


def rename_passkey(key: Passkey, name: str) -> None:
    """Rename a passkey."""
    if name:
        with transaction():
            key.name = name[:NAME]
            key.save(update_fields=["name"])


def remove_passkey(key: Passkey, *, now: datetime) -> None:
    """Remove a passkey; ``LastWayIn`` where there is no other way to sign in."""
    with transaction():
        # Locked, or two passkeys that are removed at once would each count the other as the one left.
        person = Person.objects.select_for_update(no_key=True).get(pk=key.person_id)
        others = Passkey.objects.filter(person=person).exclude(pk=key.pk)
        if not person.has_usable_password() and not others.exists():
            raise LastWayIn
        Passkey.objects.filter(pk=key.pk).delete()
        mailed_tokens.record_account_event(person, "account.passkey_removed", to=person.email, now=now)
