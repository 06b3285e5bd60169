"""Minting, redeeming, revoking: every write to a one-time link."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from bookonce.delivery.outbox import operations as outbox
from bookonce.delivery.outbox import queries as event_queries
from bookonce.delivery.outbox.models import Event
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.contacts.operations import find_or_create_contact
from bookonce.domain.links import queries
from bookonce.domain.links.models import Link
from bookonce.domain.links.queries import (
    ACTIVE,
    EXPIRED,
    NOT_OPEN,
    PAUSED,
    STATE_SQL,
    USED,
    effective_state,
    state_of,
)
from bookonce.foundation import tokens
from bookonce.foundation.database import failpoints, guarded_rows
from bookonce.foundation.database.transactions import requires_transaction, transaction
from bookonce.foundation.errors import DatabaseUnavailable, Invalid, WrongState

EXTENSION = timedelta(days=14)
"""How long an extended link works where no end is given."""
ONE_COPY = timedelta(minutes=10)
"""Copies of the address within this time are one event of the trail."""


class NotSpecified:
    """The type of ``UNSAID``: no end was given, which is not the same as None (never)."""


UNSAID = NotSpecified()


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """The options of a link. All may be left out; then the calendar's own terms hold.

    ``expires_at``: None is never, ``UNSAID`` the workspace's default life (``default_end``).
    """

    label: str = ""
    note: str = ""
    message: str = ""
    recipient_name: str = ""
    recipient_email: str = ""
    recipient_phone: str = ""
    contact_id: uuid.UUID | None = None
    prefill: dict[str, Any] = field(default_factory=dict)
    locked: list[str] = field(default_factory=list)
    minutes: int | None = None
    location: dict[str, Any] | None = None
    window_from: date | None = None
    window_to: date | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    on_cancel: str = ""
    opens_at: datetime | None = None
    expires_at: datetime | NotSpecified | None = UNSAID


def build_link(
    calendar: Calendar, terms: LinkOptions, *, via: str, now: datetime, nonce: bytes | None = None
) -> Link:
    """An unsaved link with a nonce of its own; where no end is given, with the default one."""
    nonce = nonce or tokens.new_nonce()
    carried = {name: getattr(terms, name) for name in LinkOptions.__slots__}
    if isinstance(terms.expires_at, NotSpecified):
        carried["expires_at"] = default_end(calendar, opens_at=terms.opens_at, now=now)
    return Link(
        workspace_id=calendar.workspace_id,
        calendar=calendar,
        nonce=nonce,
        token_hash=tokens.hash_of(tokens.token_of(nonce, tokens.LINK)),
        created_at=now,
        created_via=via,
        **carried,
    )


def default_end(calendar: Calendar, *, opens_at: datetime | None = None, now: datetime) -> datetime | None:
    """When a new link ends where no end is given: after its workspace's default life; None: never.

    The life of a link that opens later begins when it opens.
    """
    days = calendar.workspace.link_days
    return None if days is None else max(now, opens_at or now) + timedelta(days=days)


def mint(
    calendar: Calendar,
    terms: LinkOptions | None = None,
    *,
    by: str,
    via: str,
    now: datetime,
    nonce: bytes | None = None,
) -> Link:
    """Make a one-time link; it is committed before its address is given to anybody.

    ``nonce`` makes this repeatable, as for a form that is sent twice: a second call with the same nonce
    returns the link of the first.
    """
    with transaction():
        link = build_link(calendar, terms or LinkOptions(), via=via, now=now, nonce=nonce)
        if link.contact_id is None:
            link.contact_id = find_or_create_contact(
                link.workspace_id,
                name=link.recipient_name,
                email=link.recipient_email,
                phone=link.recipient_phone,
                now=now,
            )
        minted = new_event("link.minted", link, by=by, now=now)
        # A fresh nonce collides with none, so link and event go in together. With a given one the unique
        # token hash decides first: a link that was there already has its event.
        if nonce is None:
            guarded_rows.insert_unless_conflict(link, *outbox.event_rows(minted))
        elif all(guarded_rows.insert_unless_conflict(link)):
            outbox.record_event(minted)
        else:
            return Link.objects.select_related("calendar").get(token_hash=link.token_hash)
    return link


MOST_TRIES = 10
"""How often a link is tried that nobody could use one moment and everybody the next."""


@requires_transaction
def redeem(link_id: uuid.UUID, *, now: datetime) -> Link:
    """Spend the link, or raise why it cannot be spent: the first lock of ``book``.

    One guarded UPDATE decides: a second request waits for the first to commit, and then finds the link used.
    The link returned is the row as it is under the lock.
    """
    at = guarded_rows.sql_instant(now)
    for _ in range(MOST_TRIES):
        for link, has_hold in guarded_rows.fetch_models(
            _REDEEM, [at, guarded_rows.sql_uuid(link_id), at, at], Link
        ):
            link.has_hold = bool(has_hold)
            spent: Link = link
            return spent
        failpoints.failpoint("redeem.missed")
        # No row: read once more, now that the one who was faster has committed, to say why.
        refusal = queries.refusal_of(_now(link_id), now=now)
        if refusal is not None:
            raise refusal
        # Its owner has released or reopened it between the two statements.
    raise DatabaseUnavailable


# The lock, the decision and the link as it is then, in one statement; whether it has a hold comes with it,
# because most links have none, and a booking then needs no DELETE.
_REDEEM = f"""
UPDATE bookonce_link SET used_at = %s WHERE id = %s AND {STATE_SQL} = 'active'
RETURNING {guarded_rows.select_columns(Link, "bookonce_link")},
    EXISTS (SELECT 1 FROM bookonce_hold WHERE link_id = bookonce_link.id)
"""


def _now(link_id: uuid.UUID) -> Link:
    return Link.objects.select_related("calendar").get(pk=link_id)


@requires_transaction
def lock_link(link_id: uuid.UUID) -> Link:
    """Lock the link until the transaction ends: the first in the order of locks."""
    found = Link.objects.select_related("calendar").select_for_update(of=("self",), no_key=True)
    return found.get(pk=link_id)


@requires_transaction
def give_back(link: Link, *, by: str, now: datetime, booking_id: uuid.UUID | None = None) -> None:
    """Make a used link active again; its booking gives it back in the same commit (``gave_back_at``)."""
    # Filtered, so that a link that is active already stays the version that it is.
    Link.objects.filter(pk=link.pk, used_at__isnull=False).update(used_at=None, version=link.version + 1)
    link.used_at = None
    record_event("link.reopened", link, by=by, now=now, booking_id=booking_id)


def revoke(link: Link, *, by: str, now: datetime) -> Link:
    """End the link: after this commits, no booking with it can (promise 5).

    Again: unchanged. A used link is ``WrongState``: its booking is what can be cancelled.
    """
    with transaction():
        # A booking under way holds this row: whoever comes second decides on what the first has committed.
        link = lock_link(link.pk)
        if state_of(link, now=now) == USED:
            raise WrongState("This link has already been used. Cancel its booking instead.")
        if link.revoked_at is None:
            update_link(link, revoked_at=now)
            # Or the dead link would keep its slot from everybody for ten more minutes.
            _forget_hold(link)
            record_event("link.revoked", link, by=by, now=now)
            failpoints.failpoint("revoke.written")
    return link


def note_address_copied(link: Link, *, by: str, now: datetime) -> None:
    """Record that ``by`` copied the address: one event for each of them in ``ONE_COPY``."""
    with transaction():
        link = lock_link(link.pk)
        # Under the lock, so that two presses at once are one event.
        if not event_queries.happened_since("link.copied", link.pk, by=by, since=now - ONE_COPY):
            record_event("link.copied", link, by=by, now=now)


def extend_link(
    link: Link, *, until: datetime | NotSpecified | None = UNSAID, by: str, now: datetime
) -> Link:
    """Let a link that is neither used nor revoked work until then; None: for ever.

    ``UNSAID``: for ``EXTENSION`` from now at least. Again: unchanged. ``Invalid`` where the time is past,
    ``WrongState`` where the link is used or revoked.
    """
    if isinstance(until, datetime) and until <= now:
        raise Invalid(("/expires_at", "Choose a time that lies ahead."))
    with transaction():
        link = lock_link(link.pk)
        if effective_state(link, now=now) not in (ACTIVE, NOT_OPEN, PAUSED, EXPIRED):
            raise WrongState("Only a link that is neither used nor revoked can be extended.")
        wanted = _two_weeks_at_least(link, now=now) if isinstance(until, NotSpecified) else until
        if wanted != link.expires_at:
            update_link(link, expires_at=wanted)
            told = wanted.isoformat() if wanted else None
            record_event("link.extended", link, by=by, now=now, expires_at=told)
    return link


def _two_weeks_at_least(link: Link, *, now: datetime) -> datetime | None:
    enough = now + EXTENSION
    # A repeated call comes a moment later, and must find nothing to do: hence an hour's tolerance.
    lives = link.expires_at is None or link.expires_at > enough - timedelta(hours=1)
    return link.expires_at if lives else enough


def _forget_hold(link: Link) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM bookonce_hold WHERE link_id = %s", [guarded_rows.sql_uuid(link.pk)])


@requires_transaction
def undo_revocation(link: Link, *, by: str, now: datetime) -> None:
    """Take a revocation back. The caller has locked the link."""
    update_link(link, revoked_at=None)
    record_event("link.reopened", link, by=by, now=now)


def change_link(link: Link, *, by: str, now: datetime, **changes: Any) -> Link:
    """Change the named options of the link; its address stays."""
    with transaction():
        link = lock_link(link.pk)
        contact = {"recipient_name", "recipient_email", "recipient_phone"} & changes.keys()
        # A changed recipient is another contact, unless the caller says which.
        if contact and "contact_id" not in changes:
            who = {
                name: changes.get(f"recipient_{name}", getattr(link, f"recipient_{name}")) for name in _WHO
            }
            changes["contact_id"] = find_or_create_contact(link.workspace_id, now=now, **who)
        changed = sorted(name for name, value in changes.items() if getattr(link, name) != value)
        if changed:
            update_link(link, **changes)
            record_event("link.changed", link, by=by, now=now, fields=changed)
    return link


_WHO = ("name", "email", "phone")


@requires_transaction
def update_link(link: Link, **changes: Any) -> None:
    """Write these fields and the next version of the link."""
    for name, value in changes.items():
        setattr(link, name, value)
    # The caller holds the link's lock, or two changes could write one version.
    link.version += 1
    link.save(update_fields=[*changes, "version"])


@requires_transaction
def record_event(kind: str, link: Link, *, by: str, now: datetime, **more: Any) -> None:
    """Save an event of a link that asks for no delivery."""
    outbox.record_event(new_event(kind, link, by=by, now=now, **more))


def new_event(
    kind: str, link: Link, *, by: str, now: datetime, booking_id: uuid.UUID | None = None, **more: Any
) -> Event:
    """An unsaved event of a link."""
    data = {
        "link": tokens.public_id("lnk", link.pk),
        "calendar": tokens.public_id("cal", link.calendar_id),
        "label": link.label,
        "metadata": link.metadata,
    }
    return outbox.new_event(
        kind,
        workspace_id=link.workspace_id,
        now=now,
        by=by,
        link_id=link.pk,
        booking_id=booking_id,
        data=data | more,
    )
