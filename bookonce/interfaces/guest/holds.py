"""The hold of a picked time while its guest fills in the form, and its one extension."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bookonce.domain.bookings.holds import hold_slot
from bookonce.domain.diary.queries import find_hold
from bookonce.interfaces.guest.offered_slots import Offer


@dataclass(frozen=True, slots=True)
class HeldSlot:
    """A held slot as pages show it."""

    until: datetime
    seconds_left: int
    again: bool
    """Whether it can be extended: once, and never beyond the link's end."""
    longer: bool
    """Whether it has been extended."""
    then: bool
    """Whether the link still works after the hold ends."""


def held_until(offer: Offer, starts_at: datetime, minutes: int, *, now: datetime) -> HeldSlot | None:
    """The hold of this slot; None where it is not held, or not any more."""
    if offer.link is None:
        return None
    # Read from the row: another tab may have picked another time since.
    held = find_hold(offer.link.pk)
    ends_at = starts_at + timedelta(minutes=minutes)
    if held is None or held.until <= now or (held.starts_at, held.ends_at) != (starts_at, ends_at):
        return None
    # A hold never outlives its link; one that ends at the same instant was cut short by it.
    then = held.until != offer.link.expires_at
    left = round((held.until - now).total_seconds())
    return HeldSlot(held.until, left, again=then and not held.kept, longer=held.kept, then=then)


def prolong_hold(offer: Offer, starts_at: datetime, minutes: int, *, now: datetime) -> None:
    """Extend the hold by ten minutes, where it lasts still and was not extended before."""
    found = held_until(offer, starts_at, minutes, now=now)
    if offer.link is not None and found is not None and found.again:
        hold_slot(offer.link, starts_at, minutes=minutes, now=now)
