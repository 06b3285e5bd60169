"""Weekly hours and exceptions as JSON, {"mon": [["09:00", "17:00"]]}, to minutes and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from bookonce.domain.availability.rules import Problem, Range

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 1440

_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

Ranges = tuple[Range, ...]


def format_range(span: Range) -> list[str]:
    """(540, 1020) as ["09:00", "17:00"]."""
    return [f"{minute // 60:02}:{minute % 60:02}" for minute in span]


def format_hours(hours: tuple[Ranges, ...]) -> dict[str, list[list[str]]]:
    """Seven days of ranges as the mapping that ``parse_hours`` reads; closed days are empty lists."""
    return {day: [format_range(span) for span in ranges] for day, ranges in zip(DAYS, hours, strict=True)}


def parse_range(written: object, *, at: str = "") -> tuple[Range | None, list[Problem]]:
    """["09:00", "17:00"] as (540, 1020); ``at`` is the pointer that problems begin with."""
    if not isinstance(written, list | tuple) or len(written) != 2:
        return None, [(at, 'Write a start and an end, like ["09:00", "17:00"].')]
    minutes: list[int] = []
    for index, text in enumerate(written):
        found = _TIME.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            return None, [(f"{at}/{index}", 'Write the time as "09:00"; "24:00" ends a day.')]
        minutes.append(int(found[1]) * 60 + int(found[2]) if found[1] else DAY_MINUTES)
    return (minutes[0], minutes[1]), []


def parse_hours(written: object, *, at: str = "/hours") -> tuple[tuple[Ranges, ...], list[Problem]]:
    """{"mon": [["09:00", "17:00"]], …} as seven days, Monday first; a day that is not named is closed.

    Parses only: ``rule_problems`` says whether the ranges make sense.
    """
    if not isinstance(written, Mapping):
        return ((),) * 7, [(at, 'Write the hours by day, like {"mon": [["09:00", "17:00"]]}.')]
    wrong: list[Problem] = [
        (f"{at}/{_escaped(str(name))}", "Name the days mon, tue, wed, thu, fri, sat and sun.")
        for name in written
        if name not in DAYS
    ]
    hours: list[Ranges] = []
    for day in DAYS:
        ranges, more = _parse_ranges(written.get(day, ()), at=f"{at}/{day}")
        hours.append(ranges)
        wrong += more
    return tuple(hours), wrong


def parse_exceptions(written: object, *, at: str = "/exceptions") -> tuple[dict[date, Ranges], list[Problem]]:
    """[{"on": "2026-12-24", "hours": []}, …] as a mapping of dates to ranges."""
    if not isinstance(written, list | tuple):
        return {}, [(at, 'Write the exceptions as a list, like [{"on": "2026-12-24", "hours": []}].')]
    exceptions: dict[date, Ranges] = {}
    wrong: list[Problem] = []
    for index, entry in enumerate(written):
        here = f"{at}/{index}"
        if not isinstance(entry, Mapping) or set(entry) != {"on", "hours"}:
            wrong.append((here, 'Give "on" and "hours", like {"on": "2026-12-24", "hours": []}.'))
            continue
        on = _parse_date(entry["on"])
        ranges, more = _parse_ranges(entry["hours"], at=f"{here}/hours")
        wrong += more
        if on is None:
            wrong.append((f"{here}/on", "Write the date as 2026-12-24."))
        elif on in exceptions:
            wrong.append((f"{here}/on", "Name each date once."))
        else:
            exceptions[on] = ranges
    return exceptions, wrong


def _parse_ranges(written: object, *, at: str) -> tuple[Ranges, list[Problem]]:
    if not isinstance(written, list | tuple):
        return (), [(at, 'Write a list of ranges, like [["09:00", "12:00"], ["13:00", "17:00"]].')]
    ranges: list[Range] = []
    wrong: list[Problem] = []
    for index, entry in enumerate(written):
        span, more = parse_range(entry, at=f"{at}/{index}")
        wrong += more
        if span is not None:
            ranges.append(span)
    return tuple(ranges), wrong


def _parse_date(written: object) -> date | None:
    # fromisoformat alone would take 20261224 and 2026-W52-4 as well.
    if not isinstance(written, str) or not _DATE.fullmatch(written):
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _escaped(name: str) -> str:
    # What ``json_pointer`` does elsewhere: this room imports nothing of ours. The tilde first, or that of ~1
    # would be escaped once more (RFC 6901, section 3).
    return name.replace("~", "~0").replace("/", "~1")
