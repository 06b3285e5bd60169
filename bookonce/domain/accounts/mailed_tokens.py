"""Links that are mailed to the owner of an account: for a forgotten password, or a new address.

Row and event hold no token: the worker derives it as it sends (rule 10 of a link).
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings

from bookonce.delivery.outbox.operations import EMAIL, DeliveryRequest, new_event, record_event
from bookonce.delivery.outbox.recipients import person_key
from bookonce.domain.accounts.errors import MailedLinkDead
from bookonce.domain.accounts.models import MailedLink, Member, Person
from bookonce.foundation import tokens
from bookonce.foundation.database.pieces import delete_few
from bookonce.foundation.database.transactions import requires_transaction

Purpose = MailedLink.Purpose

# A link for a password opens the account to whoever reads the mailbox, so it lives for less.
LIVES = {Purpose.PASSWORD: timedelta(hours=1), Purpose.EMAIL: timedelta(days=1)}
PAGES = {Purpose.PASSWORD: "/password/new/", Purpose.EMAIL: "/email/new/"}
KINDS = {Purpose.PASSWORD: "account.password_forgotten", Purpose.EMAIL: "account.email_new"}


@requires_transaction
def mail_link(person: Person, purpose: Purpose, *, to: str, now: datetime) -> None:
    """Mail this person a link for this purpose; earlier ones for it stop working."""
    invalidate_links(person, purpose, now=now)
    nonce = tokens.new_nonce()
    link = MailedLink.objects.create(
        person=person,
        purpose=purpose,
        email=to,
        nonce=nonce,
        token_hash=tokens.hash_of(tokens.token_of(nonce, _key(purpose))),
        created_at=now,
        expires_at=now + LIVES[purpose],
    )
    record_account_event(person, KINDS[purpose], to=to, now=now, link=link.pk)


@requires_transaction
def record_account_event(
    person: Person, kind: str, *, to: str, now: datetime, link: uuid.UUID | None = None
) -> None:
    """Record an event of the account, with a mail to its owner.

    It belongs to a workspace of theirs, but its mail is the person's: other members do not see it. Nothing is
    recorded of a person who is a member of no workspace.
    """
    seat = Member.objects.filter(person=person).order_by("created_at", "pk").first()
    if seat is None:
        return
    data = {"person": tokens.public_id("per", person.pk)} | ({"mailed": str(link)} if link else {})
    happened = new_event(
        kind, workspace_id=seat.workspace_id, now=now, by=tokens.public_id("mem", seat.pk), data=data
    )
    # In no thread: there a newer notice would drop an older one, and each is an alarm of its own.
    record_event(happened, [DeliveryRequest(EMAIL, person_key(person.pk), to)])


@requires_transaction
def invalidate_links(person: Person, purpose: Purpose, *, now: datetime) -> None:
    """End all links that were mailed to this person for this purpose."""
    _lock_person(person.pk)
    MailedLink.objects.filter(person=person, purpose=purpose, used_at=None).update(used_at=now)


@requires_transaction
def use_link(token: str, purpose: Purpose, *, now: datetime) -> MailedLink:
    """Spend the link with this token, or ``MailedLinkDead``."""
    link = find_live_link(token, purpose, now=now)
    if link is None:
        raise MailedLinkDead
    # As they are under the lock: their address may have changed since the link was found.
    link.person = _lock_person(link.person_id)
    # Of two presses at once both have found it; the guarded UPDATE lets one of them spend it.
    if not MailedLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
        raise MailedLinkDead
    return link


@requires_transaction
def _lock_person(person_id: uuid.UUID) -> Person:
    """Lock the person before any of their links: of two mailed at once, the second ends the first.

    Whoever sets a password locks the person first as well, and ends the links then.
    """
    return Person.objects.select_for_update(no_key=True).get(pk=person_id)


def find_live_link(token: str, purpose: Purpose, *, now: datetime) -> MailedLink | None:
    """The valid link with this token; None where there is none. It is not spent."""
    if not tokens.looks_like_token(token):
        return None
    living = MailedLink.objects.filter(purpose=purpose, used_at=None, expires_at__gt=now)
    return living.filter(token_hash=tokens.hash_of(token)).select_related("person").first()


def delete_ended_links(now: datetime) -> None:
    """Delete a few mailed links that have ended: their pages answer as if they had never been made."""
    delete_few(MailedLink.objects.filter(expires_at__lte=now))


def mailed_link_url(link: MailedLink) -> str | None:
    """The address to mail; None where the key that made it is gone."""
    purpose = Purpose(link.purpose)
    token = tokens.token_again(bytes(link.nonce), bytes(link.token_hash), _key(purpose))
    return f"{settings.BASE_URL}{PAGES[purpose]}{token}" if token else None


def _key(purpose: Purpose) -> str:
    # Part of the token's key, so that a link for an address opens no page for a password (promise 20).
    return f"mailed {purpose}"
