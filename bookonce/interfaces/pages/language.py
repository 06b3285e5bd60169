"""The language, time zone and clock in which a page is written for one reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as wall_time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from bookonce.foundation import dates
from bookonce.interfaces.pages import template_environment


@dataclass(frozen=True, slots=True)
class ReaderLanguage:
    """A reader's language (a tag such as ``en-US``), time zone and present; pages take all texts from it."""

    tag: str
    zone: str
    now: datetime
    clock: str = ""
    """``12`` or ``24`` hour clock as the reader chose; empty: as their country has it."""

    @property
    def language(self) -> str:
        return self.tag.partition("-")[0]

    @property
    def direction(self) -> str:
        return str(dates.locale_of(self.tag).text_direction)

    def say(self, text: str, **values: Any) -> str:
        """A text of ours in the reader's language."""
        return template_environment.translate_html(self.language, text, values)

    def count(self, one: str, many: str, number: int, **values: Any) -> str:
        """A text with a number: ``_n("{count} open link", "{count} open links", links)``."""
        return template_environment.translate_plural_html(self.language, one, many, number, values)

    def day(self, at: datetime) -> str:
        """ "Tue 24 November", with its year where that is another one than now."""
        return dates.format_day(at, self.zone, self.tag, now=self.now)

    def date(self, on: date) -> str:
        """A date as ``day`` writes it: "Tue 24 November"."""
        return _date(on, self.tag, self.now.astimezone(ZoneInfo(self.zone)).year)

    def time(self, at: datetime) -> str:
        """ "14:30"."""
        local = at.astimezone(ZoneInfo(self.zone))
        return self.hour(local.hour * 60 + local.minute)

    def hour(self, minutes: int) -> str:
        """A wall time, given in minutes after midnight, on the reader's clock."""
        return format_hour(minutes, self.tag, self.clock)

    @property
    def has_12_hours(self) -> bool:
        """Whether times are shown on a 12 hour clock."""
        return self.clock == "12" if self.clock else dates.has_12_hours(self.tag)

    @property
    def other_clock(self) -> str:
        """The clock that is not shown: ``12`` or ``24``."""
        return "24" if self.has_12_hours else "12"

    @property
    def clock_to_keep(self) -> str:
        """The clock to store for this reader; empty where their language without a country has the same."""
        # Mails cannot ask a browser for its country, so a clock that the language does not imply is kept.
        return "12" if dates.has_12_hours(self.tag) and not dates.has_12_hours(self.language) else ""

    def moment(self, at: datetime) -> str:
        """ "Tue 24 November, 14:30"."""
        return f"{self.day(at)}, {self.time(at)}"

    def span(self, starts_at: datetime, ends_at: datetime) -> str:
        """ "Tue 24 November, 14:30–15:00"; over midnight or a change of clocks the end says so."""
        zone = ZoneInfo(self.zone)
        start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
        if start.date() != end.date():
            return f"{self.moment(starts_at)} – {self.moment(ends_at)}"
        if start.utcoffset() != end.utcoffset():
            shifts = (
                dates.format_utc_offset(self.zone, starts_at),
                dates.format_utc_offset(self.zone, ends_at),
            )
            times = f"{self.time(starts_at)} ({shifts[0]}) – {self.time(ends_at)} ({shifts[1]})"
            return f"{self.day(starts_at)}, {times}"
        return f"{self.day(starts_at)}, {self.time(starts_at)}–{self.time(ends_at)}"

    def place(self, at: datetime) -> str:
        """The zone by place and offset: "Berlin, UTC+1"."""
        return dates.zone_name(self.zone, at, self.tag)

    def month(self, year: int, number: int) -> str:
        """ "November 2026"."""
        return month_name(year, number, self.tag)

    def short_month(self, number: int) -> str:
        """ "Nov"."""
        return str(dates.locale_of(self.tag).months["stand-alone"]["abbreviated"][number])


@lru_cache(maxsize=8192)
def format_hour(minutes: int, tag: str, clock: str = "") -> str:
    # Any date will do, since clocks never change in UTC.
    wall = datetime.combine(date(2026, 1, 1), wall_time(minutes // 60, minutes % 60), UTC)
    return dates.format_time(wall, "UTC", tag, clock=clock)


@lru_cache(maxsize=4096)
def _date(on: date, tag: str, year: int) -> str:
    # Only the year of `now` affects the text, so with it as the key all days of a page are cached.
    noon = datetime.combine(on, wall_time(12), UTC)
    return dates.format_day(noon, "UTC", tag, now=datetime(year, 6, 1, tzinfo=UTC))


@lru_cache(maxsize=1024)
def month_name(year: int, number: int, tag: str) -> str:
    name = dates.locale_of(tag).months["stand-alone"]["wide"][number]
    return f"{name} {year}"


@lru_cache(maxsize=256)
def weekday_names(tag: str, first: int | None = None) -> tuple[tuple[str, str], ...]:
    """(short, full) names of the weekdays in the reader's order: ("Mo", "Monday").

    ``first``: the day to begin with instead, 0 for Monday.
    """
    locale = dates.locale_of(tag)
    names = locale.days["stand-alone"]
    begin = locale.first_week_day if first is None else first
    order = [(begin + shift) % 7 for shift in range(7)]
    # German short names end in a full stop (“Mo.”), for which seven narrow columns have no room.
    return tuple((names["short"][day].rstrip("."), names["wide"][day]) for day in order)
