"""A time that is kept for whoever fills in the form: until when, and once for longer if they ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bookonce.domain.bookings.holds import hold_slot
from bookonce.domain.diary.queries import find_hold
from bookonce.interfaces.guest.offered_slots import Offer


@dataclass(frozen=True, slots=True)
class HeldSlot:
    """A time that is kept for the holder of a link."""

    until: datetime
    seconds_left: int
    again: bool
    """Whether it can be kept longer: once, and never longer than its link is good."""
    longer: bool
    """Whether it is kept longer already."""
    then: bool
    """Whether it can be booked after that, too; not where its link ends with it."""


def held_until(offer: Offer, starts_at: datetime, minutes: int, *, now: datetime) -> HeldSlot | None:
    """How long this time is kept by now; None where it is not, or not any more."""
    if offer.link is None:
        return None
    held = find_hold(offer.link.pk)
    ends_at = starts_at + timedelta(minutes=minutes)
    if held is None or held.until <= now or (held.starts_at, held.ends_at) != (starts_at, ends_at):
        return None
    then = held.until != offer.link.expires_at
    left = round((held.until - now).total_seconds())
    return HeldSlot(held.until, left, again=then and not held.kept, longer=held.kept, then=then)


def prolong_hold(offer: Offer, starts_at: datetime, minutes: int, *, now: datetime) -> None:
    """Keep it ten minutes longer than it is kept, if it is kept still and was not kept longer before."""
    found = held_until(offer, starts_at, minutes, now=now)
    if offer.link is not None and found is not None and found.again:
        hold_slot(offer.link, starts_at, minutes=minutes, now=now)
