"""Validation of schedules and rules: for each fault a pointer and a sentence that says what to do.

Pointers use the field names of the API, so that answers can quote them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bookonce.domain.availability.hours import DAY_MINUTES, DAYS
from bookonce.domain.availability.rules import Problem, Range, Rules, Schedule

# Form and API have these limits in ``calendar_fields``, which this room must not import. Here they hold for
# every calendar, whoever makes it.
MAX_NOTICE = 525_600
MAX_WINDOW_DAYS = 3_660
MAX_RANGES = 96


class Mend(str):
    """A sentence that keeps its template and values, so that it can be translated.

    It has the interface of ``errors.Sentence``, which this room may not import.
    """

    template: str
    many = ""
    values: Mapping[str, int]

    def __new__(cls, template: str, **values: int) -> Mend:
        made = super().__new__(cls, template.format(**values))
        made.template, made.values = template, values
        return made


def rule_problems(schedule: Schedule, rules: Rules) -> list[Problem]:
    """(pointer, sentence) for every fault of the two; empty where they can be used."""
    return [
        *_zone(schedule.zone),
        *_hours(schedule),
        *_lengths(rules.lengths),
        *_numbers(rules),
        *_window(rules),
    ]


def _zone(zone: str) -> Iterator[Problem]:
    try:
        ZoneInfo(zone)
    # ZoneInfo opens a file by this name: a folder, a path or a name too long each fail in a way of their own.
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield "/zone", "Choose a time zone like Europe/Berlin."


def _hours(schedule: Schedule) -> Iterator[Problem]:
    if len(schedule.hours) != len(DAYS):
        yield "/hours", "Give the hours of all seven days, Monday first."
    else:
        for day, ranges in zip(DAYS, schedule.hours, strict=True):
            yield from _ranges(ranges, at=f"/hours/{day}")
    for on, ranges in schedule.exceptions.items():
        yield from _ranges(ranges, at=f"/exceptions/{on.isoformat()}")


def _ranges(ranges: tuple[Range, ...], *, at: str) -> Iterator[Problem]:
    if len(ranges) > MAX_RANGES:
        yield at, Mend("Give at most {most} ranges a day.", most=MAX_RANGES)
    sound: list[tuple[int, int, int]] = []
    for index, (low, high) in enumerate(ranges):
        if not (0 <= low <= DAY_MINUTES and 0 <= high <= DAY_MINUTES):
            yield f"{at}/{index}", "Stay between 00:00 and 24:00."
        elif low >= high:
            yield f"{at}/{index}", "Let the range end after it starts; a night needs a range on each day."
        else:
            sound.append((low, high, index))
    # Among sound ranges only: a faulty one would be named twice, the second time as overlapping.
    reached = 0
    for low, high, index in sorted(sound):
        if low < reached:
            yield f"{at}/{index}", "Let this range start after the one before it ends; they overlap."
        reached = max(reached, high)


def _lengths(lengths: tuple[int, ...]) -> Iterator[Problem]:
    if not lengths:
        yield "/minutes", "Offer at least one length, like 30."
    if any(not 1 <= minutes <= DAY_MINUTES for minutes in lengths):
        yield "/minutes", Mend("Let every length be 1 to {most} minutes.", most=DAY_MINUTES)
    if len(set(lengths)) < len(lengths):
        yield "/minutes", "Name each length once."


def _numbers(rules: Rules) -> Iterator[Problem]:
    limits: tuple[tuple[str, int | None, int, int], ...] = (
        ("slot_step", rules.slot_step, 1, DAY_MINUTES),
        ("buffer_before", rules.buffer_before, 0, DAY_MINUTES),
        ("buffer_after", rules.buffer_after, 0, DAY_MINUTES),
        ("notice_minutes", rules.notice_minutes, 0, MAX_NOTICE),
        ("window_days", rules.window_days, 0, MAX_WINDOW_DAYS),
    )
    for name, value, low, high in limits:
        if value is not None and not low <= value <= high:
            yield f"/{name}", Mend("Choose a number from {low} to {high}.", low=low, high=high)
    for name, value in (("limit_per_day", rules.limit_per_day), ("limit_per_week", rules.limit_per_week)):
        if value is not None and value < 1:
            yield f"/{name}", "Choose a number from 1, or leave it out for no limit."


def _window(rules: Rules) -> Iterator[Problem]:
    if rules.window_from and rules.window_to and rules.window_from > rules.window_to:
        yield "/window/to", "Let the window end on or after the day it begins."
