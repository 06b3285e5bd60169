"""What a visitor picks a time from: a one-time link, a scheduling link, or their own booking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bookonce.domain.bookings import queries
from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.diary.queries import Exclusion
from bookonce.domain.links.models import Link
from bookonce.foundation import clock
from bookonce.foundation.guest_paths import booking_path, calendar_path, link_path
from bookonce.interfaces.guest.guest_request import GuestRequest
from bookonce.interfaces.pages.form_tokens import versioned_subject


@dataclass(frozen=True, slots=True)
class Offer:
    """A calendar and why its times are offered: a link, its public page, or a booking to move.

    ``thing`` is the subject of form tokens; forms are sent to ``address``.
    """

    calendar: Calendar
    address: str
    thing: str
    host: str
    link: Link | None = None
    booking: Booking | None = None

    @property
    def lengths(self) -> tuple[int, ...]:
        """The lengths to choose from, in minutes."""
        # A booking keeps its length when it moves, whatever is on offer by then.
        if self.booking is not None:
            return (self.booking.minutes,)
        return tuple(queries.effective_rules(self.calendar, self.link).lengths)

    @property
    def location(self) -> dict[str, Any]:
        """Kind and value of the location, empty where none is given."""
        # As it was agreed: the calendar's own may have changed since.
        if self.booking is not None:
            return place_of(self.booking.location)
        return place_of((self.link.location if self.link else None) or self.calendar.location)

    @property
    def message(self) -> str:
        return self.link.message if self.link and not self.booking else ""

    def slots(self, start: int, end: int, *, minutes: int, visit: GuestRequest) -> list[int]:
        """The free starts in [start, end), epoch seconds: those that ``book`` accepts (promise 18)."""
        first = max(start, clock.seconds_of_instant(visit.now))
        if first >= end:
            return []
        booking, link = self.booking, self.link
        excluding = Exclusion(booking.pk if booking else None, link.pk if link else None)
        found = queries.open_hosts(
            self.calendar,
            start=first,
            end=end,
            now=visit.now,
            minutes=minutes,
            link=link,
            excluding=excluding,
        )
        if booking is None:
            return list(found)
        # Free for this booking, but choosing it would be no move.
        own = clock.seconds_of_instant(booking.starts_at)
        return [at for at in found if at != own]


def place_of(location: dict[str, Any] | None) -> dict[str, Any]:
    """The location with both of its keys."""
    said = {name: value for name, value in (location or {}).items() if value is not None}
    return {"kind": "", "value": ""} | said


def offer_of_link(link: Link, token: str) -> Offer:
    host = link.calendar.owner.person.name
    return Offer(link.calendar, link_path(token), f"link:{link.pk}", host, link=link)


def offer_of_calendar(calendar: Calendar) -> Offer:
    address = calendar_path(calendar.workspace.slug, calendar.slug)
    return Offer(calendar, address, f"calendar:{calendar.pk}", calendar.owner.person.name)


def form_subject(booking: Booking) -> str:
    """The subject of forms about this booking in its present version."""
    return versioned_subject(f"booking:{booking.pk}", booking.sequence)


def offer_of_booking(booking: Booking, token: str) -> Offer:
    """Other times for a booking. Form tokens are bound to its version, so a change invalidates them."""
    return Offer(
        booking.calendar,
        f"{booking_path(token)}/move",
        form_subject(booking),
        booking.host.person.name,
        link=booking.link,
        booking=booking,
    )
