"""The same decisions a second time: slow, minute by minute, from the definitions. Shares no code.

It reads the zone's clock at every minute of the span, labels the minute with the range of hours that
holds it, and calls an unbroken run of one label a piece. Changes of clocks need no thought here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

from bookonce.domain.availability import Rules, Schedule
from tests.domain.availability.make import Terms

# A piece lies on one local date, so it began or ends less than a day and the widest shift away.
ROOM = 27 * 3600

Label = tuple[date, int] | None


def open_slots(
    schedule: Schedule,
    rules: Rules,
    *,
    minutes: int,
    now: int,
    start: int,
    end: int,
    busy: Sequence[tuple[int, int, int, int]],
    booked: Sequence[int] = (),
    tick: int = 60,
) -> list[int]:
    if minutes not in rules.lengths:
        return []
    first = start // 60 * 60 - ROOM
    read = readings(schedule.zone, first, end + ROOM, tick)
    labelled = [(label(schedule, on, minute), instant) for instant, on, minute in read]
    found = []
    for name, members in groupby(labelled, key=lambda pair: pair[0]):
        instants = [instant for _, instant in members]
        if name is None:
            continue
        for slot in range(instants[0], instants[-1] + tick - minutes * 60 + 1, rules.slot_step * 60):
            wanted = start <= slot < end and allowed(Terms(schedule, rules), name[0], slot, now, booked)
            if wanted and all(apart(rules, slot, slot + minutes * 60, other) for other in busy):
                found.append(slot)
    return sorted(found)


@lru_cache(maxsize=8)
def readings(zone: str, first: int, last: int, tick: int) -> list[tuple[int, date, int]]:
    info = ZoneInfo(zone)
    walls = ((instant, datetime.fromtimestamp(instant, info)) for instant in range(first, last, tick))
    return [(instant, wall.date(), wall.hour * 60 + wall.minute) for instant, wall in walls]


def label(schedule: Schedule, on: date, minute: int) -> Label:
    ranges = schedule.exceptions[on] if on in schedule.exceptions else schedule.hours[on.weekday()]
    for index, (low, high) in enumerate(ranges):
        if low <= minute < high:
            return on, index
    return None


def allowed(terms: Terms, on: date, slot: int, now: int, booked: Sequence[int]) -> bool:
    zone, rules = terms.schedule.zone, terms.rules
    if slot - now < rules.notice_minutes * 60:
        return False
    info = ZoneInfo(zone)
    if rules.window_days is not None:
        today = datetime.fromtimestamp(now, info).date()
        if on - today > timedelta(days=rules.window_days):
            return False
    if rules.window_from is not None and on < rules.window_from:
        return False
    if rules.window_to is not None and on > rules.window_to:
        return False
    dates = [datetime.fromtimestamp(instant, info).date() for instant in booked]
    if rules.limit_per_day is not None and dates.count(on) >= rules.limit_per_day:
        return False
    weeks = [other.isocalendar()[:2] for other in dates]
    return rules.limit_per_week is None or weeks.count(on.isocalendar()[:2]) < rules.limit_per_week


def apart(rules: Rules, begins: int, ends: int, other: tuple[int, int, int, int]) -> bool:
    """Whether a slot and a busy time leave each other the room that both ask for."""
    other_begins, other_ends, other_before, other_after = other
    if other_begins >= other_ends:
        return True
    if ends <= other_begins:
        return other_begins - ends >= rules.buffer_after * 60 and other_begins - ends >= other_before
    if other_ends <= begins:
        return begins - other_ends >= rules.buffer_before * 60 and begins - other_ends >= other_after
    return False
