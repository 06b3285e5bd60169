"""The free times to move a booking to, week by week, in the time zone of the person who moves it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

from bookonce.domain.bookings import queries
from bookonce.domain.bookings.models import Booking
from bookonce.domain.diary.queries import Exclusion
from bookonce.foundation import clock
from bookonce.interfaces.host.shared.booking_address import booking_address
from bookonce.interfaces.host.shared.frame import HostRequest
from bookonce.interfaces.pages.language import weekday_names
from bookonce.interfaces.pages.month_grid import by_date, date_in, instants_of
from bookonce.interfaces.pages.slot_picker import OpenDays, label_times, list_days, name_zone

DAYS = 7
FAR = 366


def move_times(desk: HostRequest, booking: Booking) -> dict[str, Any]:
    """The context of the page: seven days with their free times, one of them open, and the ways on."""
    zone = desk.voice.zone
    today = date_in(zone, clock.seconds_of_instant(desk.now))
    # Most bookings are moved by some days: one looks first where it stands now.
    begins = max(today, date_in(zone, clock.seconds_of_instant(booking.starts_at)))
    asked = _date(desk.said.get("day", ""), today)
    first = _date(desk.said.get("from", ""), today) or asked or begins
    open_days = _free(desk, booking, first, DAYS)
    # Worked out for an empty week alone: a year takes about fifty times as long.
    next_free = None if open_days else next(iter(_free(desk, booking, first, FAR)), None)
    days = [first + timedelta(days=shift) for shift in range(DAYS)]
    day = asked if asked in days else next(iter(open_days), first)
    times, voice = open_days.get(day, []), desk.voice
    return {
        "weekdays": weekday_names(voice.tag, first.weekday()),
        "days": list_days(voice, days, open_days, chosen=day, address_of=partial(_to, booking, first)),
        "span": voice.say("{first} to {last}", first=voice.date(first), last=voice.date(days[-1])),
        "day": voice.date(day),
        "day_value": day.isoformat(),
        "first_value": first.isoformat(),
        "times": label_times(voice, times),
        "zone_name": name_zone(voice, times, otherwise=instants_of(day, 1, zone)[0]),
        "earlier": _to(booking, max(today, first - timedelta(days=DAYS))) if first > today else None,
        "later": _to(booking, first + timedelta(days=DAYS)) if (first - today).days < FAR else None,
        "next_free": (_to(booking, next_free), voice.date(next_free)) if next_free else None,
    }


def _date(text: str, today: date) -> date | None:
    """The date in the query; None where there is none, or it is more than about a year away."""
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return None
    return on if today <= on <= today + timedelta(days=FAR + DAYS) else None


def _to(booking: Booking, first: date, day: date | None = None) -> str:
    address = f"{booking_address(booking)}/move?from={first.isoformat()}"
    return f"{address}&day={day.isoformat()}#at" if day else address


def _free(desk: HostRequest, booking: Booking, first: date, days: int) -> OpenDays:
    """Date → the other times that this booking can be moved to (promise 18)."""
    zone = desk.voice.zone
    start, end = instants_of(first, days, zone)
    found = queries.open_hosts(
        booking.calendar,
        start=max(start, clock.seconds_of_instant(desk.now)),
        end=end,
        now=desk.now,
        minutes=booking.minutes,
        link=booking.link,
        excluding=Exclusion(booking_id=booking.pk, link_id=booking.link_id),
    )
    own = clock.seconds_of_instant(booking.starts_at)
    return by_date([at for at in found if at != own], zone)
