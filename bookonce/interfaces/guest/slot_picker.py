"""The times to choose from: the month asked for, or the first that has any, and one day of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from bookonce.domain.bookings.queries import narrowed
from bookonce.foundation import clock, dates
from bookonce.interfaces.guest import refusals
from bookonce.interfaces.guest.guest_request import Visit
from bookonce.interfaces.guest.offered_slots import Offer
from bookonce.interfaces.pages.language import weekdays
from bookonce.interfaces.pages.month_grid import Month, by_date, date_in

SOON, FAR = timedelta(days=7), timedelta(days=366)
"""What is looked at first, and the longest that one question to the engine reaches."""
MONTHS_AHEAD = 24
LAST = "last"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a visitor asks to see."""

    minutes: int
    month: Month | None
    day: date | None
    or_near: bool = False
    """Whether the nearest free day is as welcome, where this one has no free times."""

    @classmethod
    def of(cls, visit: Visit, offer: Offer, *, near: datetime | None = None) -> Wanted:
        """What the query or the form says, as far as it makes sense; the day of ``near`` is stronger."""
        said = visit.said
        minutes = said.get("minutes", "")
        lengths = offer.lengths
        chosen = int(minutes) if minutes.isdecimal() and len(minutes) < 5 else 0
        day = date_in(visit.voice.zone, clock.seconds(near)) if near else _date(said.get("day", ""))
        month = Month.of(day) if day else Month.read(said.get("month", ""))
        today = Month.of(_today(visit))
        if month is not None and not today <= month <= today.plus(MONTHS_AHEAD):
            month = day = None
        return cls(chosen if chosen in lengths else lengths[0], month, day, near is not None)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def times(visit: Visit, offer: Offer, wanted: Wanted) -> dict[str, Any]:
    """What the page of times shows: the month's days, one day's times, and where to go on."""
    zone = visit.voice.zone
    month, starts = _month(visit, offer, wanted)
    open_days = by_date(starts, zone)
    if wanted.or_near and wanted.day not in open_days:
        near = _near(visit, offer, wanted, month, open_days)
        return times(
            visit, offer, replace(wanted, month=Month.of(near) if near else None, day=near, or_near=False)
        )
    day = wanted.day or _first_shown(visit, month, open_days)
    times_of_day = open_days.get(day, []) if day else []
    query = query_of(visit, offer, minutes=wanted.minutes)
    free = None if times_of_day else _next_free(visit, offer, wanted, after=month, open_days=open_days)
    weeks = _weeks(visit, month)
    here = next((number for number, week in enumerate(weeks) if (day or free or month.first) in week), 0)
    earlier, later = _earlier(visit, month, query), _later(visit, offer, month, query)
    before, after = [_beside(weeks[0], -1), *weeks[:here]], [*weeks[here + 1 :], _beside(weeks[-1], 1)]
    week_before = _first_free(visit, reversed(before), open_days, query)
    return {
        "month": visit.voice.month(month.year, month.number),
        "weekdays": weekdays(visit.voice.tag),
        "weeks": [
            (number == here, _cells(visit, week, open_days, day, query, month=month))
            for number, week in enumerate(weeks)
        ],
        "earlier": earlier,
        "later": later,
        "week_before": week_before
        or (earlier and _today(visit) not in weeks[0] and _week_in(visit, month.plus(-1), query, week=LAST)),
        "week_after": _first_free(visit, after, open_days, query)
        or (later and _week_in(visit, month.plus(1), query)),
        "whole": "whole" in visit.said,
        "day": visit.voice.date(day) if day else "",
        "day_value": day.isoformat() if day else "",
        "times": _labels(visit, times_of_day),
        "zone_name": _zone_name(visit, times_of_day, month),
        "next_free": _jump(visit, query, free) if free else None,
        "reach": None if times_of_day or free else refusals.reach(offer.calendar, otherwise=offer.host),
        "lengths": [(length, query.to(minutes=length), length == wanted.minutes) for length in offer.lengths],
        "minutes": wanted.minutes,
        "zones_address": query.to(day=day.isoformat() if day else None, zones=1),
        "clock_address": query.to(day=day.isoformat() if day else None, clock=visit.voice.other_clock),
    }


@dataclass(frozen=True)
class Query:
    """Addresses of this page that remember what was chosen."""

    address: str
    kept: dict[str, Any]

    def to(self, **said: Any) -> str:
        given = {name: value for name, value in said.items() if value is not None}
        return f"{self.address}?{urlencode(self.kept | given)}"

    def to_day(self, day: date) -> str:
        # A page has some forty of these: none repeats the address that it is at.
        return f"{self.begun}day={day.isoformat()}#times"

    @cached_property
    def begun(self) -> str:
        return f"?{urlencode(self.kept)}&" if self.kept else "?"


def query_of(visit: Visit, offer: Offer, *, minutes: int) -> Query:
    """The addresses that remember a zone that was asked for, and a length other than the first."""
    kept: dict[str, Any] = {**visit.kept}
    if minutes != offer.lengths[0]:
        kept["minutes"] = minutes
    return Query(offer.address, kept)


def _month(visit: Visit, offer: Offer, wanted: Wanted) -> tuple[Month, list[int]]:
    """The month to show and the free starts of its weeks, in one question to the engine if that will do.

    Where it is opened in its first or last week, those of the week beside that are among them: a phone shows
    a week alone, and goes on from there.
    """
    zone, tag, minutes = visit.voice.zone, visit.voice.tag, wanted.minutes
    month = wanted.month
    if month is None:
        month = Month.of(date_in(zone, clock.seconds(visit.now + SOON)))
        end = month.shown(zone, tag)[1]
        starts = offer.slots(clock.seconds(visit.now), end, minutes=minutes, visit=visit)
        if not starts:
            starts = _first_from(visit, offer, wanted, end, _end(visit, offer))
            month = Month.of(date_in(zone, starts[0])) if starts else month
        elif Month.of(date_in(zone, starts[0])) > month:
            month, starts = month.plus(1), []
        else:
            month = Month.of(date_in(zone, starts[0]))
        if starts:
            return month, _with_week_after(visit, offer, wanted, month, starts)
    weeks = month.weeks(tag)
    start, end = month.shown(zone, tag, before=wanted.day in weeks[0], after=wanted.day in weeks[-1])
    return month, offer.slots(start, end, minutes=minutes, visit=visit)


def _with_week_after(
    visit: Visit, offer: Offer, wanted: Wanted, month: Month, starts: list[int]
) -> list[int]:
    """These free starts of the month's weeks; where the first is in the last week, the next one's as well."""
    zone, tag = visit.voice.zone, visit.voice.tag
    end = month.shown(zone, tag)[1]
    if date_in(zone, starts[0]) not in month.weeks(tag)[-1]:
        return [at for at in starts if at < end]
    until = month.shown(zone, tag, after=1)[1]
    if starts[-1] < end:  # nothing later is known yet
        starts = starts + offer.slots(end, until, minutes=wanted.minutes, visit=visit)
    return [at for at in starts if at < until]


def _first_from(visit: Visit, offer: Offer, wanted: Wanted, start: int, end: int) -> list[int]:
    """The first free starts in [start, end) with the others of their month, asked for year by year."""
    zone, tag, minutes = visit.voice.zone, visit.voice.tag, wanted.minutes
    while start < end:
        until = min(start + int(FAR.total_seconds()), end)
        if starts := offer.slots(start, until, minutes=minutes, visit=visit):
            whole = Month.of(date_in(zone, starts[0])).shown(zone, tag)[1]
            return starts + offer.slots(until, whole, minutes=minutes, visit=visit)
        start = until
    return []


def _end(visit: Visit, offer: Offer) -> int:
    """The end of the last date on which anything can be on offer, wherever the reader is."""
    last = datetime.combine(last_date(visit, offer), time.min, UTC)
    return clock.seconds(last + timedelta(days=2))


def _weeks(visit: Visit, month: Month) -> list[tuple[date, ...]]:
    """The month's weeks but for those that are over."""
    today = _today(visit)
    return [week for week in month.weeks(visit.voice.tag) if week[-1] >= today]


def _today(visit: Visit) -> date:
    return date_in(visit.voice.zone, clock.seconds(visit.now))


def _cells(
    visit: Visit,
    week: tuple[date, ...],
    open_days: dict[date, Any],
    chosen: date | None,
    query: Query,
    *,
    month: Month,
) -> list[dict[str, Any]]:
    """A week's days; one with free times has an address, the first of another month says of which."""
    return [
        {
            "number": day.day,
            "name": visit.voice.date(day),
            "address": query.to_day(day) if day in open_days else None,
            "chosen": day == chosen,
            "beyond": Month.of(day) != month,
            "month": visit.voice.short_month(day.month) if _begins_another(day, week, month) else "",
        }
        for day in week
    ]


def _begins_another(day: date, week: tuple[date, ...], month: Month) -> bool:
    return Month.of(day) != month and (day == week[0] or day.day == 1)


def _first_free(
    visit: Visit, weeks: Iterable[tuple[date, ...]], open_days: dict[date, Any], query: Query
) -> dict[str, str] | None:
    """The first day with free times of the first of these weeks that has one."""
    day = next((day for week in weeks for day in week if day in open_days), None)
    return _jump(visit, query, day) if day else None


def _first_shown(visit: Visit, month: Month, open_days: dict[date, Any]) -> date | None:
    """The month's first day with free times; of its last week that has any, where that was asked for."""
    days = [day for day in open_days if Month.of(day) == month]
    if visit.said.get("week") == LAST and days:
        week = next(week for week in month.weeks(visit.voice.tag) if days[-1] in week)
        days = [day for day in days if day in week]
    return days[0] if days else None


def _beside(week: tuple[date, ...], step: int) -> tuple[date, ...]:
    """The week after this one (1), or before it (-1)."""
    return tuple(day + timedelta(days=7 * step) for day in week)


def _earlier(visit: Visit, month: Month, query: Query) -> dict[str, str] | None:
    today = Month.of(_today(visit))
    return _step(visit, month.plus(-1), query) if month > today else None


def _later(visit: Visit, offer: Offer, month: Month, query: Query) -> dict[str, str] | None:
    last = last_date(visit, offer)
    return _step(visit, month.plus(1), query) if Month.of(last) > month else None


def _step(visit: Visit, month: Month, query: Query) -> dict[str, str]:
    name = visit.voice.month(month.year, month.number)
    return {"name": name, "address": query.to(month=str(month), whole=1)}


def _week_in(visit: Visit, month: Month, query: Query, **which: str) -> dict[str, str]:
    """One week of another month, for whoever turns the weeks: it stays one, where its times are."""
    return _step(visit, month, query) | {"address": query.to(month=str(month), **which) + "#times"}


def last_date(visit: Visit, offer: Offer) -> date:
    """The last date on which anything can be on offer, as far as two years from now."""
    rules = narrowed(offer.calendar, offer.link)
    today = date_in(offer.calendar.zone, clock.seconds(visit.now))
    ends = [Month.of(today).plus(MONTHS_AHEAD).first]
    if rules.window_days is not None:
        ends.append(today + timedelta(days=rules.window_days))
    if rules.window_to is not None:
        ends.append(rules.window_to)
    return min(ends)


def none_before(visit: Visit, offer: Offer) -> date:
    """The reader's date in which the last date ends: up to its beginning nothing is on offer."""
    end = datetime.combine(
        last_date(visit, offer) + timedelta(days=1), time.min, ZoneInfo(offer.calendar.zone)
    )
    return date_in(visit.voice.zone, clock.seconds(end))


def _labels(visit: Visit, times_of_day: list[tuple[int, int]]) -> list[tuple[str, str]]:
    """Each time's value and name; where clocks change on this day each name carries its offset."""
    zone = visit.voice.zone
    shifts = {shift for _, shift in times_of_day}
    labels = []
    for at, shift in times_of_day:
        name = visit.voice.hour((at + shift) // 60 % 1440)
        moment = clock.instant(at)
        if len(shifts) > 1:
            name = f"{name} ({dates.offset(zone, moment)})"
        labels.append((f"{moment:%Y-%m-%dT%H:%M:%SZ}", name))
    return labels


def _zone_name(visit: Visit, times_of_day: list[tuple[int, int]], month: Month) -> str:
    zone = visit.voice.zone
    if not times_of_day:
        return visit.voice.place(clock.instant(max(month.instants(zone)[0], clock.seconds(visit.now))))
    first, last = clock.instant(times_of_day[0][0]), clock.instant(times_of_day[-1][0])
    if times_of_day[0][1] == times_of_day[-1][1]:
        return visit.voice.place(first)
    return visit.voice.say(
        "{zone}, later {offset}", zone=visit.voice.place(first), offset=dates.offset(zone, last)
    )


def _jump(visit: Visit, query: Query, day: date) -> dict[str, str]:
    return {"name": visit.voice.date(day), "address": query.to_day(day)}


def _next_free(
    visit: Visit, offer: Offer, wanted: Wanted, *, after: Month, open_days: dict[date, Any]
) -> date | None:
    """The next day with free times after what was asked for, which has none."""
    since = wanted.day or after.first
    found = next((day for day in open_days if day > since or (wanted.day is None and day == since)), None)
    if found is None and wanted.month is not None:
        end = after.shown(visit.voice.zone, visit.voice.tag)[1]
        starts = _first_from(visit, offer, wanted, end, _end(visit, offer))
        found = date_in(visit.voice.zone, starts[0]) if starts else None
    found = found or next(iter(open_days), None)
    if found is None and wanted.month is not None:
        end = after.shown(visit.voice.zone, visit.voice.tag)[0]
        starts = _first_from(visit, offer, wanted, clock.seconds(visit.now), end)
        found = date_in(visit.voice.zone, starts[0]) if starts else None
    return found


def _near(
    visit: Visit, offer: Offer, wanted: Wanted, month: Month, open_days: dict[date, Any]
) -> date | None:
    """Instead of a day without free times: the next day that has some, else the nearest before it."""
    found = _next_free(visit, offer, wanted, after=month, open_days=open_days)
    if wanted.day is None or (found and found > wanted.day):
        return found
    before = [day for day in open_days if day < wanted.day]
    if before:
        return before[-1]
    end = month.shown(visit.voice.zone, visit.voice.tag)[0]
    starts = offer.slots(end - int(FAR.total_seconds()), end, minutes=wanted.minutes, visit=visit)
    return date_in(visit.voice.zone, starts[-1]) if starts else None
