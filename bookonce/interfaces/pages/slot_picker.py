"""The slot picker: days of a month or week, the times of one day, and the ways on, made of open slots.

The caller gives the function that finds open slots and renders the result; nothing is read or written here.
So guest pages, the preview of a calendar and the host's pages show the same times alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bookonce.domain.availability import zones
from bookonce.domain.availability.rules import Rules
from bookonce.foundation import clock, dates
from bookonce.interfaces.pages.language import ReaderLanguage
from bookonce.interfaces.pages.month_grid import Month, date_in

SOON, FAR = timedelta(days=7), timedelta(days=366)
"""The span that is searched first, and the longest span of one search for open slots."""
MONTHS_AHEAD = 24
INSTANT = "%Y-%m-%dT%H:%M:%SZ"
"""The format of an instant in forms."""
FIRST_YEAR, LAST_YEAR = 1971, 2998
"""Years outside these are never on offer, and arithmetic near datetime's limits would overflow."""

OpenSlots = Callable[[int, int], list[int]]
"""(start, end) → the open starts in [start, end), epoch seconds, ascending; none of them is past."""
DayTimes = list[tuple[int, int]]
"""(start, offset) of the open starts of one date, in seconds, as ``month_grid.by_date`` gives them."""
OpenDays = dict[date, DayTimes]
Week = tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A day as a cell: without an address it has no open time. ``month`` is named where another begins."""

    on: date
    name: str
    address: str | None
    chosen: bool
    beyond: bool = False
    month: str = ""

    @property
    def number(self) -> int:
        return self.on.day


@dataclass(frozen=True, slots=True)
class SlotPicker:
    """Finds open times by dates of one reader's time zone.

    ``until``: an instant (epoch seconds) from which on there are none. ``by_week``: phones turn week by week,
    so the first and the last week of a month need the times of the week beside.
    """

    voice: ReaderLanguage
    open_slots: OpenSlots
    until: int
    by_week: bool = False

    @property
    def today(self) -> date:
        return date_in(self.voice.zone, clock.seconds_of_instant(self.voice.now))

    def date_of(self, instant: int) -> date:
        """The reader's date at this instant."""
        return date_in(self.voice.zone, instant)

    def find_month(self, wanted: Month | None, day: date | None = None) -> tuple[Month, list[int]]:
        """(month, open starts of its weeks): ``wanted``, or else the first month with an open time.

        One search is enough unless the first open time is far. ``day``: the day that is shown.
        """
        month = wanted
        if month is None:
            month, starts = self._first_month()
            if starts:
                return month, self._of_its_weeks(month, starts)
        weeks = self._all_weeks(month)
        beside = (day in weeks[0], day in weeks[-1]) if self.by_week else (False, False)
        start, end = month.shown(self.voice.zone, self.voice.tag, before=beside[0], after=beside[1])
        return month, self.open_slots(start, end)

    def _first_month(self) -> tuple[Month, list[int]]:
        """(month of the first open time, starts from then on); no starts where not all of its are known."""
        soon = Month.of(self.date_of(clock.seconds_of_instant(self.voice.now + SOON)))
        end = self._span(soon)[1]
        starts = self.open_slots(clock.seconds_of_instant(self.voice.now), end)
        if not starts:
            starts = self.first_from(end, self.until)
        elif Month.of(self.date_of(starts[0])) > soon:
            return soon.plus(1), []  # only its first days are known
        return (Month.of(self.date_of(starts[0])) if starts else soon), starts

    def _of_its_weeks(self, month: Month, starts: list[int]) -> list[int]:
        """The starts of the month's weeks; where the first is in the last week, the next week's too."""
        end = self._span(month)[1]
        if not self.by_week or self.date_of(starts[0]) not in self._all_weeks(month)[-1]:
            return [at for at in starts if at < end]
        until = month.shown(self.voice.zone, self.voice.tag, after=1)[1]
        if starts[-1] < end:  # nothing later is known yet
            starts = starts + self.open_slots(end, until)
        return [at for at in starts if at < until]

    def first_from(self, start: int, end: int) -> list[int]:
        """The first open starts in [start, end) with the others of their month; searched year by year."""
        while start < end:
            # The engine refuses spans of more than 400 days (promise 25).
            until = min(start + int(FAR.total_seconds()), end)
            if starts := self.open_slots(start, until):
                # The searched year can end within that month, whose remaining days would look taken.
                whole = self._span(Month.of(self.date_of(starts[0])))[1]
                return starts + self.open_slots(until, whole)
            start = until
        return []

    def weeks(self, month: Month) -> list[Week]:
        """The month's weeks without past ones."""
        today = self.today
        return [week for week in self._all_weeks(month) if week[-1] >= today]

    def first_shown(self, month: Month, open_days: OpenDays, *, last_week: bool = False) -> date | None:
        """The month's first open day; ``last_week``: that of the last week that has one."""
        days = [day for day in open_days if Month.of(day) == month]
        if last_week and days:
            week = next(week for week in self._all_weeks(month) if days[-1] in week)
            days = [day for day in days if day in week]
        return days[0] if days else None

    def next_open(
        self, month: Month, open_days: OpenDays, *, day: date | None, elsewhere: bool
    ) -> date | None:
        """The next open day after this one, or of this month; else the nearest before it.

        ``elsewhere``: whether other months are searched, which the first month with open times does not need.
        """
        since = day or month.first
        found = next((on for on in open_days if on > since or (day is None and on == since)), None)
        start, end = self._span(month)
        if found is None and elsewhere:
            found = self._first_date(end, self.until)
        found = found or next(iter(open_days), None)
        if found is None and elsewhere:
            found = self._first_date(clock.seconds_of_instant(self.voice.now), start)
        return found

    def nearest_open(self, month: Month, open_days: OpenDays, *, day: date | None) -> date | None:
        """The open day to show instead of one without: the next, else the nearest before it."""
        found = self.next_open(month, open_days, day=day, elsewhere=day is not None)
        if day is None or (found and found > day):
            return found
        before = [on for on in open_days if on < day]
        if before:
            return before[-1]
        # Only a year back, since the engine takes at most 400 days at once.
        end = self._span(month)[0]
        starts = self.open_slots(end - int(FAR.total_seconds()), end)
        return self.date_of(starts[-1]) if starts else None

    def _first_date(self, start: int, end: int) -> date | None:
        starts = self.first_from(start, end)
        return self.date_of(starts[0]) if starts else None

    def _all_weeks(self, month: Month) -> tuple[Week, ...]:
        return month.weeks(self.voice.tag)

    def _span(self, month: Month) -> tuple[int, int]:
        return month.shown(self.voice.zone, self.voice.tag)


def offers_month(month: Month, voice: ReaderLanguage) -> bool:
    """Whether a reader may turn to this month."""
    this = Month.of(date_in(voice.zone, clock.seconds_of_instant(voice.now)))
    return this <= month <= this.plus(MONTHS_AHEAD)


def list_days(
    voice: ReaderLanguage,
    days: Iterable[date],
    open_days: OpenDays,
    *,
    chosen: date | None,
    address_of: Callable[[date], str],
    month: Month | None = None,
) -> list[Day]:
    """These days as cells. ``month``: theirs; the first day of another month is labelled with its name."""
    cells = []
    for place, on in enumerate(days):
        beyond = month is not None and Month.of(on) != month
        said = voice.short_month(on.month) if beyond and (place == 0 or on.day == 1) else ""
        address = address_of(on) if on in open_days else None
        cells.append(Day(on, voice.date(on), address, on == chosen, beyond, said))
    return cells


def label_times(voice: ReaderLanguage, times: DayTimes) -> list[tuple[str, str]]:
    """(value for the form, label) of each time of a day.

    Labels carry the offset where clocks change among the times or show one of them twice, so that two equal
    readings can be told apart.
    """
    with_offset = len({offset for _, offset in times}) > 1 or _comes_twice(voice.zone, times)
    labels = []
    for at, offset in times:
        moment, words = clock.instant_of_seconds(at), voice.hour((at + offset) // 60 % 1440)
        if with_offset:
            words = f"{words} ({dates.format_utc_offset(voice.zone, moment)})"
        labels.append((name_instant(moment), words))
    return labels


def _comes_twice(zone: str, times: DayTimes) -> bool:
    """Whether the wall clock reads one of these times at another instant as well."""
    if not times:
        return False
    # One day more on each side: the change of clocks can lie before the first or after the last time.
    known = zones.offset_stretches(zone, start=times[0][0] - zones.DAY, end=times[-1][0] + zones.DAY)
    for (_, change, before), (_, _, after) in pairwise(known):
        back = before - after
        # Where clocks go forward, `back` is negative and nothing lies between the two.
        if any(change - back <= at < change + back for at, _ in times):
            return True
    return False


def name_zone(voice: ReaderLanguage, times: DayTimes, *, otherwise: int) -> str:
    """The zone of these times of a day by place and offset; with both offsets where clocks change.

    ``otherwise``: the instant whose offset is shown where there are no times.
    """
    if not times:
        return voice.place(clock.instant_of_seconds(otherwise))
    first, last = clock.instant_of_seconds(times[0][0]), clock.instant_of_seconds(times[-1][0])
    if times[0][1] == times[-1][1]:
        return voice.place(first)
    return voice.say(
        "{zone}, later {offset}", zone=voice.place(first), offset=dates.format_utc_offset(voice.zone, last)
    )


def name_instant(at: datetime) -> str:
    """An instant as forms name it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def read_instant(text: str) -> datetime | None:
    """The instant that a form names; None where it names none, or one outside the years on offer."""
    try:
        at = datetime.strptime(text, INSTANT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return at if FIRST_YEAR <= at.year <= LAST_YEAR else None


def last_date(rules: Rules, *, zone: str, now: datetime) -> date:
    """The last date in this ``zone`` on which anything can be on offer: two years ahead at most."""
    today = date_in(zone, clock.seconds_of_instant(now))
    ends = [Month.of(today).plus(MONTHS_AHEAD).first]
    if rules.window_days is not None:
        ends.append(today + timedelta(days=rules.window_days))
    if rules.window_to is not None:
        ends.append(rules.window_to)
    return min(ends)


def end_of_booking_window(rules: Rules, *, zone: str, now: datetime) -> int:
    """An instant after ``last_date`` in every time zone, in epoch seconds."""
    # A date ends last at UTC−12, at noon of the next day in UTC: two days later it is over everywhere.
    last = datetime.combine(last_date(rules, zone=zone, now=now), time.min, UTC)
    return clock.seconds_of_instant(last + timedelta(days=2))


def none_before(rules: Rules, voice: ReaderLanguage, *, zone: str) -> date:
    """The reader's date in which ``last_date`` ends: nothing is on offer up to its start."""
    end = last_date(rules, zone=zone, now=voice.now) + timedelta(days=1)
    there = datetime.combine(end, time.min, ZoneInfo(zone))
    return date_in(voice.zone, clock.seconds_of_instant(there))
