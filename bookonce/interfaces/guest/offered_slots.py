"""What a visitor can pick a time from: a one-time link, a scheduling link, their own booking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bookonce.domain.bookings import queries
from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.diary.queries import Apart
from bookonce.domain.links.models import Link
from bookonce.foundation import clock
from bookonce.interfaces.guest.guest_request import Visit
from bookonce.interfaces.pages import form_tokens


@dataclass(frozen=True, slots=True)
class Offer:
    """A calendar, and by which right its times are shown.

    ``thing`` is what form tokens are bound to; ``address`` is where its forms go.
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
        if self.booking is not None:
            return (self.booking.minutes,)
        return tuple(queries.narrowed(self.calendar, self.link).lengths)

    @property
    def location(self) -> dict[str, Any]:
        """Where it takes place: its kind and its value, empty where nothing is said."""
        if self.booking is not None:
            return place_of(self.booking.location)
        return place_of((self.link.location if self.link else None) or self.calendar.location)

    @property
    def message(self) -> str:
        return self.link.message if self.link and not self.booking else ""

    def slots(self, start: int, end: int, *, minutes: int, visit: Visit) -> list[int]:
        """The free starts in [start, end), epoch seconds: exactly those that will be accepted."""
        first = max(start, clock.seconds(visit.now))
        if first >= end:
            return []
        booking, link = self.booking, self.link
        apart = Apart(booking.pk if booking else None, link.pk if link else None)
        found = queries.open_hosts(
            self.calendar, start=first, end=end, now=visit.now, minutes=minutes, link=link, apart=apart
        )
        own = clock.seconds(booking.starts_at) if booking else None
        return [at for at in found if at != own]


def place_of(location: dict[str, Any] | None) -> dict[str, Any]:
    """A location of which nothing is missing."""
    said = {name: value for name, value in (location or {}).items() if value is not None}
    return {"kind": "", "value": ""} | said


def of_link(link: Link, token: str) -> Offer:
    host = link.calendar.owner.person.name
    return Offer(link.calendar, f"/o/{token}", f"link:{link.pk}", host, link=link)


def of_calendar(calendar: Calendar) -> Offer:
    address = f"/c/{calendar.workspace.slug}/{calendar.slug}"
    return Offer(calendar, address, f"calendar:{calendar.pk}", calendar.owner.person.name)


def thing_of(booking: Booking) -> str:
    """What forms about this booking are bound to: it as it is now."""
    return form_tokens.version(f"booking:{booking.pk}", booking.sequence)


def of_booking(booking: Booking, token: str) -> Offer:
    """Other times for a booking. What was sealed before it changed is not good after it."""
    return Offer(
        booking.calendar,
        f"/b/{token}/move",
        thing_of(booking),
        booking.host.person.name,
        link=booking.link,
        booking=booking,
    )
