"""The page of times: the month that is asked for, or the first with free times, and one day of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from bookonce.domain.bookings.queries import effective_rules
from bookonce.foundation import clock
from bookonce.interfaces.guest import refusals
from bookonce.interfaces.guest.guest_request import GuestRequest
from bookonce.interfaces.guest.offered_slots import Offer
from bookonce.interfaces.pages import slot_picker
from bookonce.interfaces.pages.language import weekday_names
from bookonce.interfaces.pages.month_grid import Month, by_date, date_in
from bookonce.interfaces.pages.slot_picker import DayTimes, OpenDays, SlotPicker, Week

LAST = "last"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The length, month and day that a visitor asks for."""

    minutes: int
    month: Month | None
    day: date | None
    or_near: bool = False
    """Whether the nearest free day is shown instead of one without free times."""

    @classmethod
    def of(cls, visit: GuestRequest, offer: Offer, *, near: datetime | None = None) -> Wanted:
        """What query or form ask for, as far as it is valid; the day of ``near`` comes first."""
        said = visit.said
        minutes = said.get("minutes", "")
        lengths = offer.lengths
        chosen = int(minutes) if minutes.isdecimal() and len(minutes) < 5 else 0
        day = (
            date_in(visit.voice.zone, clock.seconds_of_instant(near)) if near else _date(said.get("day", ""))
        )
        month = Month.of(day) if day else Month.read(said.get("month", ""))
        if month is not None and not slot_picker.offers_month(month, visit.voice):
            month = day = None
        return cls(chosen if chosen in lengths else lengths[0], month, day, near is not None)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def times_context(visit: GuestRequest, offer: Offer, wanted: Wanted) -> dict[str, Any]:
    """The context of the page of times: the month's days, one day's times, and the ways on."""
    voice, picker = visit.voice, _picker(visit, offer, wanted)
    month, starts = picker.find_month(wanted.month, wanted.day)
    open_days = by_date(starts, voice.zone)
    if wanted.or_near and wanted.day not in open_days:
        near = picker.nearest_open(month, open_days, day=wanted.day)
        # Only once (or_near=False): a calendar without any free day would recurse for ever.
        return times_context(
            visit, offer, replace(wanted, month=Month.of(near) if near else None, day=near, or_near=False)
        )
    day = wanted.day or picker.first_shown(month, open_days, last_week=visit.said.get("week") == LAST)
    times_of_day = open_days.get(day, []) if day else []
    query = query_of(visit, offer, minutes=wanted.minutes)
    free = None
    if not times_of_day:
        free = picker.next_open(month, open_days, day=wanted.day, elsewhere=wanted.month is not None)
    has_none = not times_of_day and free is None
    return {
        **_month_context(visit, offer, picker, month, open_days, query=query, day=day, free=free),
        **_day_context(visit, month, day, times_of_day),
        "next_free": _jump(visit, query, free) if free else None,
        "reach": refusals.contact_routes(offer.calendar, otherwise=offer.host) if has_none else None,
        "lengths": [(length, query.to(minutes=length), length == wanted.minutes) for length in offer.lengths],
        "minutes": wanted.minutes,
        "zones_address": query.to(day=day.isoformat() if day else None, zones=1),
        "clock_address": query.to(day=day.isoformat() if day else None, clock=voice.other_clock),
    }


def _month_context(
    visit: GuestRequest,
    offer: Offer,
    picker: SlotPicker,
    month: Month,
    open_days: OpenDays,
    *,
    query: Query,
    day: date | None,
    free: date | None,
) -> dict[str, Any]:
    """The month as weeks of days. ``day`` is chosen; where it has no times, ``free`` is the next that has."""
    voice, weeks = visit.voice, picker.weeks(month)
    # A phone shows one week of the month: the one in which the reader goes on.
    here = next((number for number, week in enumerate(weeks) if (day or free or month.first) in week), 0)
    cells = [
        slot_picker.list_days(voice, week, open_days, chosen=day, address_of=query.to_day, month=month)
        for week in weeks
    ]
    return {
        "month": voice.month(month.year, month.number),
        "weekdays": weekday_names(voice.tag),
        "weeks": [(number == here, days) for number, days in enumerate(cells)],
        **_turns(visit, offer, picker, month, weeks, here=here, open_days=open_days, query=query),
        "whole": "whole" in visit.said,
    }


def _day_context(visit: GuestRequest, month: Month, day: date | None, times: DayTimes) -> dict[str, Any]:
    """The times of one day, and the zone in which they are shown."""
    voice = visit.voice
    otherwise = max(month.instants(voice.zone)[0], clock.seconds_of_instant(visit.now))
    return {
        "day": voice.date(day) if day else "",
        "day_value": day.isoformat() if day else "",
        "times": slot_picker.label_times(voice, times),
        "zone_name": slot_picker.name_zone(voice, times, otherwise=otherwise),
    }


def _picker(visit: GuestRequest, offer: Offer, wanted: Wanted) -> SlotPicker:
    rules = effective_rules(offer.calendar, offer.link)
    return SlotPicker(
        visit.voice,
        lambda start, end: offer.slots(start, end, minutes=wanted.minutes, visit=visit),
        slot_picker.end_of_booking_window(rules, zone=offer.calendar.zone, now=visit.now),
        by_week=True,
    )


def _turns(
    visit: GuestRequest,
    offer: Offer,
    picker: SlotPicker,
    month: Month,
    weeks: list[Week],
    *,
    here: int,
    open_days: OpenDays,
    query: Query,
) -> dict[str, Any]:
    """Addresses of earlier and later months and weeks. ``here``: which of the weeks a phone shows."""
    earlier, later = _earlier(visit, month, query, picker.today), _later(visit, offer, month, query)
    before, after = [_beside(weeks[0], -1), *weeks[:here]], [*weeks[here + 1 :], _beside(weeks[-1], 1)]
    week_before = _first_free(visit, reversed(before), open_days, query)
    return {
        "earlier": earlier,
        "later": later,
        "week_before": week_before
        or (earlier and picker.today not in weeks[0] and _week_in(visit, month.plus(-1), query, week=LAST)),
        "week_after": _first_free(visit, after, open_days, query)
        or (later and _week_in(visit, month.plus(1), query)),
    }


@dataclass(frozen=True)
class Query:
    """Addresses of this page that keep what was chosen."""

    address: str
    kept: dict[str, Any]

    def to(self, **said: Any) -> str:
        given = {name: value for name, value in said.items() if value is not None}
        return f"{self.address}?{urlencode(self.kept | given)}"

    def to_day(self, day: date) -> str:
        # A page has some forty of these, so they leave out the path that they share.
        return f"{self.begun}day={day.isoformat()}#times"

    @cached_property
    def begun(self) -> str:
        return f"?{urlencode(self.kept)}&" if self.kept else "?"


def query_of(visit: GuestRequest, offer: Offer, *, minutes: int) -> Query:
    """Addresses that keep a chosen zone, and a length other than the first."""
    kept: dict[str, Any] = {**visit.kept}
    if minutes != offer.lengths[0]:
        kept["minutes"] = minutes
    return Query(offer.address, kept)


def _first_free(
    visit: GuestRequest, weeks: Iterable[Week], open_days: OpenDays, query: Query
) -> dict[str, str] | None:
    """The first day with free times in these weeks."""
    day = next((day for week in weeks for day in week if day in open_days), None)
    return _jump(visit, query, day) if day else None


def _beside(week: Week, step: int) -> Week:
    """The week after this one (1), or before it (-1)."""
    return tuple(day + timedelta(days=7 * step) for day in week)


def _earlier(visit: GuestRequest, month: Month, query: Query, today: date) -> dict[str, str] | None:
    return _step(visit, month.plus(-1), query) if month > Month.of(today) else None


def _later(visit: GuestRequest, offer: Offer, month: Month, query: Query) -> dict[str, str] | None:
    rules = effective_rules(offer.calendar, offer.link)
    last = slot_picker.last_date(rules, zone=offer.calendar.zone, now=visit.now)
    return _step(visit, month.plus(1), query) if Month.of(last) > month else None


def _step(visit: GuestRequest, month: Month, query: Query) -> dict[str, str]:
    name = visit.voice.month(month.year, month.number)
    # Whoever turns to another month wants to see all of it, on a phone too.
    return {"name": name, "address": query.to(month=str(month), whole=1)}


def _week_in(visit: GuestRequest, month: Month, query: Query, **which: str) -> dict[str, str]:
    """The address of another month that opens on one week, for readers who turn weeks."""
    return _step(visit, month, query) | {"address": query.to(month=str(month), **which) + "#times"}


def none_before(visit: GuestRequest, offer: Offer) -> date:
    """The reader's date up to whose start there are no free times, for a page that has none."""
    rules = effective_rules(offer.calendar, offer.link)
    return slot_picker.none_before(rules, visit.voice, zone=offer.calendar.zone)


def _jump(visit: GuestRequest, query: Query, day: date) -> dict[str, str]:
    return {"name": visit.voice.date(day), "address": query.to_day(day)}
