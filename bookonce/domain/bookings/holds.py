"""What the holder of a link has before a booking, and the owner after one: a hold, a re-opening."""

from __future__ import annotations

from datetime import datetime, timedelta

from bookonce.domain.bookings import queries
from bookonce.domain.bookings.errors import SlotTaken
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.operations import free_host, length
from bookonce.domain.diary import operations as diaries
from bookonce.domain.links import operations as links
from bookonce.domain.links import queries as link_queries
from bookonce.domain.links.models import Link
from bookonce.foundation import clock
from bookonce.foundation.database.transactions import door
from bookonce.foundation.errors import WrongState


def hold(link: Link, starts_at: datetime, *, minutes: int | None = None, now: datetime) -> datetime:
    """Keep a slot for the holder of this link for ten minutes, and say until when.

    One a link, the last pick wins; it decides nothing between people with the same link. Raises why the
    link cannot be used, or ``SlotTaken`` with fresh times.
    """
    link_queries.check(link, now=now)
    try:
        with door():
            link = links.lock(link.pk)
            link_queries.check(link, now=now)
            link.calendar, hosts = diaries.lock(link.calendar)
            minutes = length(link.calendar, link, minutes)
            host = free_host(hosts, link.calendar, link, at=starts_at, minutes=minutes, now=now)
            ends_at = starts_at + timedelta(minutes=minutes)
            kept = diaries.place_hold(
                host,
                link_id=link.pk,
                starts_at=starts_at,
                ends_at=ends_at,
                now=now,
                until=link.expires_at,
            )
            until = queries.plain(kept.until)
            links.record_event("link.held", link, by="guest", now=now, until=until)
            return kept.until
    except SlotTaken:
        at = clock.seconds(starts_at)
        fresh = queries.fresh_times(link.calendar, at=at, minutes=minutes, link=link, now=now)
        raise SlotTaken(open=fresh) from None


def reopen(link: Link, *, by: str, now: datetime) -> Link:
    """Make a used or revoked link good again, by the owner's hand. An active one: unchanged.

    Where a booking still stands on it, that must be cancelled first: ``WrongState``.
    """
    with door():
        link = links.lock(link.pk)
        booking = Booking.objects.filter(link=link, gave_back_at=None).first()
        if booking is not None and booking.stands:
            raise WrongState("A booking stands on this link. Cancel it first.")
        if link.calendar.archived_at is not None:
            raise WrongState("The calendar of this link is archived.")
        if link_queries.state_of(link, now=now) == link_queries.EXPIRED:
            raise WrongState("This link has expired. Extend it instead.")
        if booking is not None:
            Booking.objects.filter(pk=booking.pk).update(gave_back_at=now)
        if link.revoked_at is not None:
            links.unrevoke(link, by=by, now=now)
        if link.used_at is not None:
            links.give_back(link, by=by, now=now)
    return link
