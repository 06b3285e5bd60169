"""Holding a slot for a link before it is booked, and making a link active again afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta

from bookonce.domain.bookings import queries
from bookonce.domain.bookings.errors import SlotTaken
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.operations import chosen_length, lock_free_host
from bookonce.domain.diary import operations as diaries
from bookonce.domain.links import operations as links
from bookonce.domain.links import pausing
from bookonce.domain.links import queries as link_queries
from bookonce.domain.links.models import Link
from bookonce.foundation import clock
from bookonce.foundation.database.transactions import transaction
from bookonce.foundation.errors import WrongState


def hold_slot(link: Link, starts_at: datetime, *, minutes: int | None = None, now: datetime) -> datetime:
    """Hold a slot for this link for ten minutes; returns until when.

    One slot for each link, the latest pick wins; it decides nothing between two people with one link. Raises
    why the link cannot be used, or ``SlotTaken`` with fresh times.
    """
    # Without a lock at first: requests with a dead link must not hold up bookings.
    link_queries.require_usable(link, now=now)
    try:
        with transaction():
            link = links.lock_link(link.pk)
            # Once more under the lock: it may have been booked or revoked meanwhile.
            link_queries.require_usable(link, now=now)
            link.calendar, hosts = diaries.lock_hosts(link.calendar)
            minutes = chosen_length(link.calendar, link, minutes)
            host = lock_free_host(hosts, link.calendar, link, at=starts_at, minutes=minutes, now=now)
            ends_at = starts_at + timedelta(minutes=minutes)
            kept = diaries.place_hold(
                host,
                link_id=link.pk,
                starts_at=starts_at,
                ends_at=ends_at,
                now=now,
                until=link.expires_at,
            )
            until = queries.json_value(kept.until)
            links.record_event("link.held", link, by="guest", now=now, until=until)
            return kept.until
    except SlotTaken:
        at = clock.seconds_of_instant(starts_at)
        fresh = queries.fresh_times(link.calendar, at=at, minutes=minutes, link=link, now=now)
        raise SlotTaken(open=fresh) from None


def reopen_link(link: Link, *, by: str, now: datetime) -> Link:
    """Make a used or revoked link active again, for its owner. An active one: unchanged.

    ``WrongState`` where a booking still stands on it: that must be cancelled first.
    """
    with transaction():
        link = links.lock_link(link.pk)
        booking = Booking.objects.filter(link=link, gave_back_at=None).first()
        if booking is not None and booking.stands:
            raise WrongState("A booking stands on this link. Cancel it first.")
        if link.calendar.archived_at is not None:
            raise WrongState("The calendar of this link is archived.")
        if link_queries.state_of(link, now=now) == link_queries.EXPIRED:
            raise WrongState("This link has expired. Extend it instead.")
        # The booking (declined, a no-show …) stays as it is; only its claim on the link ends.
        if booking is not None:
            Booking.objects.filter(pk=booking.pk).update(gave_back_at=now)
        # By hand, so this is the owner's release as well: nothing is known of it that they do not know.
        if link.paused_at is not None and link_queries.state_of(link, now=now) != link_queries.PAUSED:
            pausing.end_pause(link)
        if link.revoked_at is not None:
            links.undo_revocation(link, by=by, now=now)
        if link.used_at is not None:
            links.give_back(link, by=by, now=now)
    return link
