"""A month as a grid of dates, and the instants it lasts in a zone."""

from __future__ import annotations

import re
from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from bookonce.domain.availability import zones
from bookonce.foundation import dates


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year, anywhere."""

    year: int
    number: int

    @classmethod
    def of(cls, on: date) -> Month:
        return cls(on.year, on.month)

    @classmethod
    def read(cls, text: str) -> Month | None:
        """``2026-11``; None where it is none."""
        # Only this century: date() refuses the year 0, and nothing is on offer later.
        if not re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", text):
            return None
        return cls(int(text[:4]), int(text[5:]))

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02}"

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    def plus(self, months: int) -> Month:
        """The month so many months later."""
        count = self.year * 12 + self.number - 1 + months
        return Month(count // 12, count % 12 + 1)

    def instants(self, zone: str) -> tuple[int, int]:
        """[start, end) in epoch seconds of the month in this zone."""
        days = range(_number(self.first), _number(self.plus(1).first))
        return zones.instants_of_days(zone, days)

    def shown(self, zone: str, tag: str, *, before: int = 0, after: int = 0) -> tuple[int, int]:
        """[start, end), epoch seconds, of the month's whole weeks and of so many before and after."""
        weeks = self.weeks(tag)
        first, last = _number(weeks[0][0]) - 7 * before, _number(weeks[-1][-1]) + 7 * after
        return zones.instants_of_days(zone, range(first, last + 1))

    def weeks(self, tag: str) -> tuple[tuple[date, ...], ...]:
        """The whole weeks that touch the month, by the reader's first day of the week."""
        return _weeks(self.year, self.number, dates.locale_of(tag).first_week_day)


@lru_cache(maxsize=512)
def _weeks(year: int, number: int, first: int) -> tuple[tuple[date, ...], ...]:
    return tuple(tuple(week) for week in Calendar(first).monthdatescalendar(year, number))


def _number(on: date) -> int:
    return on.toordinal() - zones.EPOCH_ORDINAL


def instants_of(first: date, days: int, zone: str) -> tuple[int, int]:
    """[start, end) in epoch seconds of so many dates in this zone."""
    return zones.instants_of_days(zone, range(_number(first), _number(first) + days))


def date_in(zone: str, instant: int) -> date:
    """The date in this zone at this instant."""
    return date.fromordinal(zones.local_day(zone, instant) + zones.EPOCH_ORDINAL)


def by_date(starts: Sequence[int], zone: str) -> dict[date, list[tuple[int, int]]]:
    """Date in this zone → its (instant, offset) pairs, in seconds and in order."""
    found: dict[int, list[tuple[int, int]]] = {}
    if not starts:
        return {}
    known = iter(zones.offset_stretches(zone, start=starts[0], end=starts[-1] + 1))
    _, until, offset = next(known)
    # Both ascend, so one pass is enough: a month can have 1,500 starts, and none needs date arithmetic.
    for at in starts:
        while at >= until:
            _, until, offset = next(known)
        found.setdefault((at + offset) // zones.DAY, []).append((at, offset))
    return {date.fromordinal(day + zones.EPOCH_ORDINAL): times for day, times in found.items()}
