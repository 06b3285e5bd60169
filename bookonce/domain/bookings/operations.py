"""Making a booking, and what moving one has in common with it."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings

from bookonce.delivery.outbox import operations as outbox
from bookonce.domain.bookings import contention, guest_details, notifications, queries
from bookonce.domain.bookings.errors import KeyMismatch, SlotTaken
from bookonce.domain.bookings.guest_details import Guest
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.states import FIRST_EVENT, State, initial_state
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.calendars.queries import contact_of
from bookonce.domain.contacts.operations import find_or_create_contact
from bookonce.domain.diary import operations as diaries
from bookonce.domain.diary.models import Diary
from bookonce.domain.diary.queries import Exclusion
from bookonce.domain.links import operations as links
from bookonce.domain.links import queries as link_queries
from bookonce.domain.links.errors import LinkRequired, LinkRevoked, LinkUsed
from bookonce.domain.links.models import Link
from bookonce.foundation import clock, tokens
from bookonce.foundation.database import failpoints, guarded_rows
from bookonce.foundation.database.transactions import requires_transaction
from bookonce.foundation.errors import Invalid, Sentence
from bookonce.foundation.idempotency import in_flight


@dataclass(frozen=True, slots=True)
class RequestIdentity:
    """What identifies a repeated request (rule 12 of a link): never a name or an e-mail address.

    ``key`` is an Idempotency-Key or a form's own key, and ``scope`` says whose; ``body`` is the hash of
    what was sent, compared only where it is given; ``browser`` is the browser's key. Where ``alone``, a
    concurrent duplicate is refused (promise 9); else it waits for the first, and gets the same booking.
    """

    scope: str = ""
    key: str = ""
    body: bytes | None = None
    browser: str = ""
    alone: bool = False

    @property
    def key_hash(self) -> bytes | None:
        # With the scope, so that the same key of two workspaces is two (promise 19).
        return hashlib.sha256(f"{self.scope}\n{self.key}".encode()).digest() if self.key else None

    @property
    def browser_hash(self) -> bytes | None:
        return tokens.hash_of(self.browser) if self.browser else None


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """A requested booking; ``minutes`` is one of the lengths on offer, None the first of them."""

    starts_at: datetime
    guest: Guest
    minutes: int | None = None
    answers: Mapping[str, Any] | None = None


NOBODY = RequestIdentity()


def book(
    calendar: Calendar,
    wish: BookingRequest,
    *,
    now: datetime,
    by: str,
    link: Link | None = None,
    attempt: RequestIdentity = NOBODY,
) -> Booking:
    """Make the booking and spend the link in one commit; or change nothing and raise why.

    A repeated ``attempt`` gets the booking that it made (promise 11). Of concurrent others exactly one
    succeeds if any could (promises 1 to 3); the losers get ``LinkUsed``, or ``SlotTaken`` with their link
    still active. Raises every refusal of links, ``LinkRequired``, ``Invalid``, ``KeyMismatch``, ``InFlight``
    and ``SlotTaken``.
    """
    # An active link has no earlier booking, which saves the usual case a query. Where a concurrent duplicate
    # books in between, the guards refuse this one, and the handler below finds what it has booked.
    if link is None or link_queries.state_of(link, now=now) != link_queries.ACTIVE:
        earlier = earlier_booking(attempt, link=link)
        if earlier is not None:
            return earlier
    # Decides nothing yet (redeem does), but a dead link is told so before any fault of the form.
    if link is not None:
        link_queries.require_usable(link, now=now)
    guest, answers = guest_details.validate_guest(wish.guest, calendar, wish.answers or {}, link)
    try:
        failpoints.failpoint("book.begun")
        _look_first(calendar, wish, link=link, now=now)
        with in_flight.exclusive_transaction(attempt.key_hash if attempt.alone else None):
            booking = _book(calendar, wish, guest, answers, link=link, attempt=attempt, now=now, by=by)
            failpoints.failpoint("book.written")
        failpoints.failpoint("book.committed")
        return booking
    except (LinkUsed, SlotTaken) as refused:
        # Whoever was faster may have been this same attempt, sent twice: then this is its answer too.
        earlier = earlier_booking(attempt, link=link)
        if earlier is not None:
            return earlier
        if isinstance(refused, LinkUsed):
            raise
        # Outside the transaction: looking for other times holds up nobody, and the link is active again.
        contention.note_slot_lost(calendar.pk, wish.starts_at, now=now)
        at = clock.seconds_of_instant(wish.starts_at)
        fresh = queries.fresh_times(calendar, at=at, minutes=wish.minutes, link=link, now=now)
        raise SlotTaken(STILL_GOOD if link else None, open=fresh) from None


def _look_first(calendar: Calendar, wish: BookingRequest, *, link: Link | None, now: datetime) -> None:
    """Raise ``SlotTaken`` without a lock where a request for this time has just failed and it is gone."""
    # When 500 links ask for one slot, losers that queue for its locks double the time until all are answered.
    if contention.recently_lost(calendar.pk, wish.starts_at, now=now):
        minutes, at = chosen_length(calendar, link, wish.minutes), clock.seconds_of_instant(wish.starts_at)
        if not queries.open_slots(calendar, start=at, end=at + 1, now=now, minutes=minutes, link=link):
            raise SlotTaken


STILL_GOOD = "Your link is still good, and what you typed is kept. Here are the next free times."


def earlier_booking(attempt: RequestIdentity, *, link: Link | None) -> Booking | None:
    """The booking that this attempt, or this browser with this link, has made before; else None.

    A known key with another body is ``KeyMismatch``.
    """
    if attempt.key_hash is not None:
        known = Booking.objects.filter(replay_key=attempt.key_hash).select_related(*WHOLE).first()
        if known is not None:
            if attempt.body is not None and bytes(known.replay_body or b"") != attempt.body:
                raise KeyMismatch
            return known
    if link is not None and attempt.browser_hash is not None:
        mine = Booking.objects.filter(link=link, gave_back_at=None, browser_hash=attempt.browser_hash)
        return mine.select_related(*WHOLE).first()
    return None


WHOLE = ("calendar__workspace", "host__person", "link")


@requires_transaction
def _book(
    calendar: Calendar,
    wish: BookingRequest,
    guest: Guest,
    answers: dict[str, Any],
    *,
    link: Link | None,
    attempt: RequestIdentity,
    now: datetime,
    by: str,
) -> Booking:
    """The six steps of a booking. A refusal leaves by exception: the rollback makes the link active again."""
    # 1. Redeem: link before contact before hosts, the order of locks everywhere (docs/decisions/0007).
    spent = links.redeem(link.pk, now=now) if link is not None else None
    failpoints.failpoint("book.redeemed")
    contact_id = _contact(calendar, spent, guest, now=now)
    # 2. Lock the hosts. What decides from here on is the calendar as it is under this lock.
    calendar, hosts = _locked(calendar, link=spent)
    failpoints.failpoint("book.locked")
    # 3. Ask the engine, by the function that offered the slot (promise 18).
    minutes = chosen_length(calendar, spent, wish.minutes)
    host = lock_free_host(hosts, calendar, spent, at=wish.starts_at, minutes=minutes, now=now)
    failpoints.failpoint("book.found_free")

    booking = _new_booking(calendar, wish.starts_at, minutes, guest, answers, host=host, link=spent, now=now)
    booking.contact_id = contact_id
    booking.browser_hash, booking.replay_key = attempt.browser_hash, attempt.key_hash
    booking.replay_body = attempt.body
    held = diaries.build_held_time(
        host, calendar, booking_id=booking.pk, starts_at=booking.starts_at, ends_at=booking.ends_at
    )
    # 4 to 6. Booking, held time, event and deliveries go in as one statement on PostgreSQL: round trips of
    # their own would be made while the host is locked (docs/decisions/0008).
    told = event_rows(FIRST_EVENT[State(booking.state)], booking, by=by, now=now)
    made, kept, *_ = guarded_rows.insert_unless_conflict(booking, held, *told)
    # Without a link only the key of the attempt can collide: book then finds what that key has made.
    if not made:
        raise SlotTaken if link is None else LinkUsed(contact=contact_of(calendar))
    if not kept:
        raise SlotTaken
    if spent is not None and spent.has_hold:
        diaries.drop_hold(spent.pk)
    return booking


def _contact(calendar: Calendar, link: Link | None, guest: Guest, *, now: datetime) -> uuid.UUID | None:
    """The guest's contact: the link's recipient, else the one with this address, made where there is none."""
    # Compared, since somebody other than the recipient may book, who is a contact of their own.
    if link is not None and link.contact_id is not None and link.recipient_email == guest.email:
        return link.contact_id
    return find_or_create_contact(
        calendar.workspace_id, name=guest.name, email=guest.email, phone=guest.phone, now=now
    )


def _locked(known: Calendar, *, link: Link | None) -> tuple[Calendar, list[Diary]]:
    """Lock the hosts: the calendar under that lock, and its hosts. Raises where it takes no such booking."""
    calendar, hosts = diaries.lock_hosts(known)
    if calendar.archived_at is not None:
        raise LinkRevoked(contact=contact_of(calendar)) if link else LinkRequired
    if link is None and calendar.visibility == Calendar.Visibility.LINK_ONLY:
        raise LinkRequired
    return calendar, hosts


def chosen_length(calendar: Calendar, link: Link | None, wished: int | None) -> int:
    lengths = queries.effective_rules(calendar, link).lengths
    if wished is None:
        return int(lengths[0])
    if wished not in lengths:
        offered = ", ".join(str(length) for length in lengths)
        raise Invalid(("/minutes", Sentence("Choose a length that is on offer: {offered}.", offered=offered)))
    return wished


def lock_free_host(
    hosts: list[Diary],
    calendar: Calendar,
    link: Link | None,
    *,
    at: datetime,
    minutes: int,
    now: datetime,
    excluding: Exclusion | None = None,
) -> Diary:
    """The first of these (locked) hosts who is free at this time, in their order; else ``SlotTaken``."""
    # A span of one second holds one start, so the engine works through one day and not a month.
    start, by_id = clock.seconds_of_instant(at), {host.pk: host for host in hosts}
    found = queries.open_hosts(
        calendar,
        start=start,
        end=start + 1,
        now=now,
        minutes=minutes,
        link=link,
        excluding=excluding,
        hosts=[*by_id],
    )
    if not (free := found.get(start)):
        raise SlotTaken
    return by_id[free[0]]


def _new_booking(
    calendar: Calendar,
    starts_at: datetime,
    minutes: int,
    guest: Guest,
    answers: dict[str, Any],
    *,
    host: Diary,
    link: Link | None,
    now: datetime,
) -> Booking:
    key, nonce = tokens.new_id(), tokens.new_nonce()
    return Booking(
        pk=key,
        workspace_id=calendar.workspace_id,
        calendar=calendar,
        link=link,
        host=host.member,
        state=initial_state(approval=calendar.approval),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        wall=wall_time(starts_at, calendar.zone),
        zone=calendar.zone,
        minutes=minutes,
        guest_name=guest.name,
        guest_email=guest.email,
        guest_phone=guest.phone,
        guest_zone=guest.zone,
        guest_language=guest.language or calendar.workspace.language,
        answers=answers,
        # Copied, as zone and length are: what was agreed stays when the calendar changes (promise 17).
        location=(link.location if link else None) or calendar.location,
        metadata=link.metadata if link else {},
        uid=f"{key.hex}@{urlsplit(settings.BASE_URL).hostname}",
        manage_nonce=nonce,
        manage_hash=tokens.hash_of(tokens.token_of(nonce, tokens.MANAGE)),
        created_at=now,
    )


def wall_time(at: datetime, zone: str) -> str:
    """The instant as wall time in this zone: ``2026-11-24T14:30:00``."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M:%S")


def event_rows(kind: str, booking: Booking, *, by: str, now: datetime, **more: Any) -> list[Any]:
    """The event of a change of a booking and its deliveries, unsaved.

    For an operation that inserts them in one statement with rows that a guard may refuse.
    """
    return outbox.event_rows(**_told(kind, booking, by=by, now=now, **more))


@requires_transaction
def record_event(kind: str, booking: Booking, *, by: str, now: datetime, **more: Any) -> None:
    """Save the event, and a delivery for everybody who is told of it."""
    outbox.record_event(**_told(kind, booking, by=by, now=now, **more))


def _told(kind: str, booking: Booking, *, by: str, now: datetime, **more: Any) -> dict[str, Any]:
    """The arguments of ``outbox.event_rows``: event, requests, and subject and position of their order."""
    data = queries.booking_snapshot(booking) | more
    event = outbox.new_event(
        kind,
        workspace_id=booking.workspace_id,
        now=now,
        by=by,
        link_id=booking.link_id,
        booking_id=booking.pk,
        data=data,
    )
    asked = notifications.delivery_requests(kind, data)
    return {"event": event, "requests": asked, "subject": str(booking.pk), "position": booking.sequence}
