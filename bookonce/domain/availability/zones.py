"""Offsets of a zone over a span of time, and the instants at which its wall clock reads something.

The only place that knows about clock changes. Everything is integers: a *stretch* is (start, end,
offset), a span of instants through which the zone keeps one offset. Seconds after 1970-01-01 00:00 on
the wall are called *reading*: instant + offset.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Stretch = tuple[int, int, int]

DAY = 86_400
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = 719_163

# datetime ends at the years 1 and 9999. A few days of room keep every local date inside them.
FIRST_INSTANT = -62_135_596_800 + 7 * DAY
LAST_INSTANT = 253_402_300_800 - 7 * DAY

# zoneinfo does not publish its transitions, so they are searched: a probe every PROBE seconds, then by
# bisection. No zone changes twice within PROBE; a test checks that of the whole tz database.
PROBE = DAY
CHUNK = 64 * DAY

# Offsets are less than a day, so this much room on either side holds every instant of a local date.
ROOM = 2 * DAY


def offset_stretches(zone: str, *, start: int, end: int) -> tuple[Stretch, ...]:
    """The stretches that touch [start, end), ascending, without a gap; the outer ones may reach further."""
    # By chunks of fixed places, so that neighbouring questions share what is cached.
    return _joined(zone, start // CHUNK, max(start, end - 1) // CHUNK)


@lru_cache(maxsize=4096)
def _joined(zone: str, first: int, last: int) -> tuple[Stretch, ...]:
    found: list[Stretch] = []
    for index in range(first, last + 1):
        for stretch in _chunk(zone, index):
            if found and found[-1][2] == stretch[2]:
                found[-1] = (found[-1][0], stretch[1], stretch[2])
            else:
                found.append(stretch)
    return tuple(found)


@lru_cache(maxsize=4096)
def _chunk(zone: str, index: int) -> tuple[Stretch, ...]:
    info = ZoneInfo(zone)
    begin, finish = index * CHUNK, (index + 1) * CHUNK
    found: list[Stretch] = []
    offset = _offset(info, begin)
    for probe in range(begin + PROBE, finish + 1, PROBE):
        after = _offset(info, probe)
        if after != offset:
            change = _change(info, probe - PROBE, probe, offset)
            # One at the very end is the beginning of the next chunk.
            if change < finish:
                found.append((begin, change, offset))
                begin, offset = change, after
    found.append((begin, finish, offset))
    return tuple(found)


def _change(info: ZoneInfo, low: int, high: int, offset: int) -> int:
    """The first second after ``low`` without ``offset``, by bisection; ``high`` does not have it."""
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(info, middle) == offset:
            low = middle
        else:
            high = middle
    return high


def _offset(info: ZoneInfo, instant: int) -> int:
    # Beyond datetime's years the last known offset goes on, instead of an OverflowError.
    instant = min(max(instant, FIRST_INSTANT), LAST_INSTANT)
    offset = (EPOCH + timedelta(seconds=instant)).astimezone(info).utcoffset()
    assert offset is not None
    return offset.days * DAY + offset.seconds


def wall_clock_reading(zone: str, instant: int) -> int:
    """What the wall clock shows at ``instant``, in seconds after its own 1970-01-01 00:00."""
    for _, end, offset in offset_stretches(zone, start=instant, end=instant + 1):
        if instant < end:
            return instant + offset
    raise AssertionError("stretches cover what they are asked for")


def local_day(zone: str, instant: int) -> int:
    """The local date of ``instant``, in days after 1970-01-01."""
    return wall_clock_reading(zone, instant) // DAY


def local_days(zone: str, *, start: int, end: int) -> range:
    """From the first to the last local date that [start, end) touches, in days after 1970-01-01.

    A change of clocks just after midnight takes the date back, so the ends are searched in every stretch and
    not at the two instants alone.
    """
    known = offset_stretches(zone, start=start, end=end)
    if len(known) == 1 and start < end:
        offset = known[0][2]
        return range((start + offset) // DAY, (end - 1 + offset) // DAY + 1)
    lows: list[int] = []
    highs: list[int] = []
    for begin, finish, offset in known:
        low, high = max(begin, start), min(finish, end)
        if low < high:
            lows.append((low + offset) // DAY)
            highs.append((high - 1 + offset) // DAY)
    return range(min(lows), max(highs) + 1) if lows else range(0)


def instants_of_days(zone: str, days: range) -> tuple[int, int]:
    """The smallest range of instants that holds every instant of these local dates."""
    low, high = days.start * DAY, days.stop * DAY
    found = [
        (max(begin, low - offset), min(finish, high - offset))
        for begin, finish, offset in offset_stretches(zone, start=low - ROOM, end=high + ROOM)
        if max(begin, low - offset) < min(finish, high - offset)
    ]
    return min(begin for begin, _ in found), max(finish for _, finish in found)


def instants_of_reading(known: tuple[Stretch, ...], *, low: int, high: int) -> list[tuple[int, int]]:
    """The instants at which the wall clock reads [low, high), in pieces; adjoining ones are joined."""
    # A reading that clocks skip meets no stretch; one that comes twice meets two.
    pieces: list[tuple[int, int]] = []
    for begin, finish, offset in known:
        # Without `max` and `min`, which would be half of it: it is done for every range of every day.
        first = begin if begin > low - offset else low - offset
        last = finish if finish < high - offset else high - offset
        if first < last:
            if pieces and pieces[-1][1] == first:
                pieces[-1] = (pieces[-1][0], last)
            else:
                pieces.append((first, last))
    return pieces
