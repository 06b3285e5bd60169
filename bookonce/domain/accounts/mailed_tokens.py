"""Links that are mailed to the owner of an account: a forgotten password, a new address.

The row and the event hold ids alone; the worker makes the token as it sends (rule 10 of a link).
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
from bookonce.foundation.database.transactions import requires_transaction

Purpose = MailedLink.Purpose

LIVES = {Purpose.PASSWORD: timedelta(hours=1), Purpose.EMAIL: timedelta(days=1)}
PAGES = {Purpose.PASSWORD: "/password/new/", Purpose.EMAIL: "/email/new/"}
KINDS = {Purpose.PASSWORD: "account.password_forgotten", Purpose.EMAIL: "account.email_new"}


@requires_transaction
def mail_link(person: Person, purpose: Purpose, *, to: str, now: datetime) -> None:
    """Mail this person a new link; what was mailed for the same purpose before does not open any more."""
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
    """Record what happened to the account, and write to its owner, who is a member of something.

    Nobody else reads what is for a person and not for a host, in the same workspace neither.
    """
    seat = Member.objects.filter(person=person).order_by("created_at", "pk").first()
    if seat is None:
        return
    data = {"person": tokens.public_id("per", person.pk)} | ({"mailed": str(link)} if link else {})
    happened = new_event(
        kind, workspace_id=seat.workspace_id, now=now, by=tokens.public_id("mem", seat.pk), data=data
    )
    record_event(happened, [DeliveryRequest(EMAIL, person_key(person.pk), to)])


@requires_transaction
def invalidate_links(person: Person, purpose: Purpose, *, now: datetime) -> None:
    """Whatever was mailed for this purpose does not open any more."""
    MailedLink.objects.filter(person=person, purpose=purpose, used_at=None).update(used_at=now)


@requires_transaction
def use_link(token: str, purpose: Purpose, *, now: datetime) -> MailedLink:
    """Spend the link with this token, or ``MailedLinkDead``."""
    link = find_live_link(token, purpose, now=now)
    if link is None or not MailedLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
        raise MailedLinkDead
    return link


def find_live_link(token: str, purpose: Purpose, *, now: datetime) -> MailedLink | None:
    """The living link with this token; looking spends nothing."""
    if not tokens.looks_like_token(token):
        return None
    living = MailedLink.objects.filter(purpose=purpose, used_at=None, expires_at__gt=now)
    return living.filter(token_hash=tokens.hash_of(token)).select_related("person").first()


def mailed_link_url(link: MailedLink) -> str | None:
    """The address to mail; None where the key that made it is gone."""
    purpose = Purpose(link.purpose)
    token = tokens.token_again(bytes(link.nonce), bytes(link.token_hash), _key(purpose))
    return f"{settings.BASE_URL}{PAGES[purpose]}{token}" if token else None


def _key(purpose: Purpose) -> str:
    return f"mailed {purpose}"
