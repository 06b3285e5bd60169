"""Moving and cancelling a booking."""

from __future__ import annotations

from datetime import datetime, timedelta

from bookonce.delivery.outbox import operations as outbox
from bookonce.delivery.outbox import queries as events
from bookonce.domain.bookings import guest_details, queries
from bookonce.domain.bookings.errors import SlotTaken
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.operations import WHOLE, event_rows, lock_free_host, record_event, wall_time
from bookonce.domain.bookings.states import Change, is_done, state_after
from bookonce.domain.bookings.transitions import change_booking
from bookonce.domain.diary import operations as diaries
from bookonce.domain.diary.models import Diary
from bookonce.domain.diary.queries import Exclusion
from bookonce.domain.links import operations as links
from bookonce.foundation import clock
from bookonce.foundation.database import failpoints, guarded_rows
from bookonce.foundation.database.transactions import requires_transaction, transaction
from bookonce.foundation.errors import WrongState


@requires_transaction
def _locked(booking: Booking) -> tuple[Booking, list[Diary]]:
    """The booking as it is, after its link and its hosts are locked, and the hosts of its calendar."""
    # The order of locks (docs/decisions/0007); nobody locks a booking without these, so it can come last.
    if booking.link_id is not None:
        links.lock_link(booking.link_id)
    hosts = diaries.lock_hosts_of_booking(booking.pk, booking.calendar_id)
    current = Booking.objects.select_related(*WHOLE).select_for_update(of=("self",), no_key=True)
    return current.get(pk=booking.pk), hosts


def cancel(
    booking: Booking,
    *,
    reason: str = "",
    reopen: bool | None = None,
    seen: int | None = None,
    by: str,
    now: datetime,
) -> Booking:
    """Cancel, and give the time back; the link too, where its owner has chosen so.

    ``reopen`` overrides for this once what the link says of it, or else the calendar. ``seen`` is the
    version that was shown to whoever cancels. Again: unchanged. ``WrongState`` where its state does not allow
    it, where it is over, or where its version is another.
    """
    with transaction():
        booking, _ = _locked(booking)
        # Before any check of state or version: a repeated request must be answered like the first.
        if is_done(booking.state, Change.CANCEL):
            return booking
        # Asked for its refusal alone; ``change_booking`` asks again as it writes.
        state_after(booking.state, Change.CANCEL)
        _must_not_be_over(booking, now=now)
        _must_be(booking, seen)
        reopened = booking.link is not None and (reopens_link(booking) if reopen is None else reopen)
        change_booking(
            booking,
            Change.CANCEL,
            cancelled_at=now,
            cancelled_by="guest" if by == "guest" else "host",
            cancel_reason=guest_details.clean_lines(reason)[:500],
            # In one commit with ``give_back``: from here on one_booking_per_link lets another booking in.
            gave_back_at=now if reopened else booking.gave_back_at,
        )
        diaries.release_time(booking.pk)
        # What still waits tells of the booking as it was, and would contradict the cancellation.
        outbox.drop_waiting(events.deliveries_about(booking.pk), now=now)
        record_event("booking.cancelled", booking, by=by, now=now, reason=booking.cancel_reason)
        if reopened and booking.link is not None:
            links.give_back(booking.link, by=by, now=now, booking_id=booking.pk)
        failpoints.failpoint("cancel.written")
    return booking


def can_change(booking: Booking, *, now: datetime) -> bool:
    """Whether it can still be moved or cancelled: it stands, and is not over."""
    return booking.stands and booking.ends_at > now


def _must_not_be_over(booking: Booking, *, now: datetime) -> None:
    if not can_change(booking, now=now):
        raise WrongState("This appointment is over.")


def _must_be(booking: Booking, seen: int | None) -> None:
    """Raise ``WrongState`` where the booking is another version than the one that was decided about."""
    if seen is not None and booking.sequence != seen:
        raise WrongState


def reopens_link(booking: Booking) -> bool:
    """Whether cancelling makes the booking's link active again by default."""
    link = booking.link
    return link is not None and (link.on_cancel or booking.calendar.on_cancel) == "reopen"


def move(
    booking: Booking, *, starts_at: datetime, seen: int | None = None, by: str, now: datetime
) -> Booking:
    """Move the booking: gain the new time and free the old in one commit, or change nothing.

    It stays one booking, and its link is not spent again. To the time it has: unchanged. ``WrongState``
    where it does not stand any more, or its version is not the one ``seen``; ``SlotTaken`` with fresh times
    where the new time is not on offer.
    """
    # The time that it has, and the hold of its link, must not stand in the way of its own move.
    excluding = Exclusion(booking_id=booking.pk, link_id=booking.link_id)
    try:
        with transaction():
            return _move(booking, starts_at=starts_at, excluding=excluding, seen=seen, by=by, now=now)
    except SlotTaken:
        at = clock.seconds_of_instant(starts_at)
        fresh = queries.fresh_times(
            booking.calendar, at=at, minutes=booking.minutes, link=booking.link, now=now, excluding=excluding
        )
        raise SlotTaken(open=fresh) from None


@requires_transaction
def _move(
    booking: Booking, *, starts_at: datetime, excluding: Exclusion, seen: int | None, by: str, now: datetime
) -> Booking:
    booking, hosts = _locked(booking)
    state_after(booking.state, Change.MOVE)
    # Before the version is compared: a move that is sent twice finds its own time, which is no conflict.
    if booking.starts_at == starts_at:
        return booking
    _must_not_be_over(booking, now=now)
    _must_be(booking, seen)
    calendar, was = booking.calendar, booking.starts_at
    host = lock_free_host(
        hosts, calendar, booking.link, at=starts_at, minutes=booking.minutes, now=now, excluding=excluding
    )
    # The old time goes first, or the guard would take an overlap with itself for a second meeting.
    diaries.release_time(booking.pk)
    change_booking(
        booking,
        Change.MOVE,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=booking.minutes),
        zone=calendar.zone,
        wall=wall_time(starts_at, calendar.zone),
        host=host.member,
    )
    held = diaries.build_held_time(
        host, calendar, booking_id=booking.pk, starts_at=booking.starts_at, ends_at=booking.ends_at
    )
    outbox.drop_waiting(events.deliveries_about(booking.pk), now=now)
    kept, *_ = guarded_rows.insert_unless_conflict(
        held, *event_rows("booking.moved", booking, by=by, now=now, was=queries.json_value(was))
    )
    if not kept:
        raise SlotTaken
    failpoints.failpoint("move.written")
    return booking
