"""The open slots: one sweep over the pieces of the hours and the forbidden starts."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from bookonce.domain.availability import zones
from bookonce.domain.availability.intervals import free_starts, merge_intervals
from bookonce.domain.availability.rules import Rules, Schedule
from bookonce.domain.availability.zones import DAY, EPOCH_ORDINAL, FIRST_INSTANT, LAST_INSTANT

Busy = tuple[int, int, int, int]
"""Start and end (epoch seconds, half-open), and the buffers before and after that it asks for, in seconds."""

# As long as a calendar's own buffer may be: further away no neighbour can matter.
MAX_BUFFER = DAY
"""The longest buffer, in seconds, that a busy time may ask for."""

# A year and a month: whoever asks for more would decide how much one call costs (promise 25).
MAX_SPAN = 400 * DAY
"""The longest span of starts, in seconds, that one call answers."""

Piece = tuple[int, int]


def open_slots(
    schedule: Schedule,
    rules: Rules,
    *,
    minutes: int,
    now: int,
    start: int,
    end: int,
    busy: Sequence[Busy],
    booked: Sequence[int] = (),
) -> list[int]:
    """Starts (epoch seconds, ascending) of every slot in [start, end) that may be booked at ``now``.

    A slot lasts ``minutes`` and counts if it begins in the span; of a length not offered none is open.

    ``busy`` holds at least all that touches ``busy_span``, in any order; ``booked`` at least the starts
    of this calendar's blocking bookings in ``limit_span``. More of either changes nothing. A busy time of
    no length blocks nothing. A span of more than 400 days is a ValueError.
    """
    if end - start > MAX_SPAN:
        raise ValueError("Ask for at most 400 days of slots at a time.")
    earliest = max(start, now + max(0, rules.notice_minutes) * 60, FIRST_INSTANT)
    end = min(end, LAST_INSTANT)
    if minutes not in rules.lengths or earliest >= end:
        return []
    length = minutes * 60
    pieces = _pieces(schedule, rules, now=now, start=earliest, end=end, booked=booked)
    if not pieces:
        return []
    forbidden = _forbidden(rules, length=length, busy=busy)
    return free_starts(pieces, forbidden, length=length, step=rules.slot_step * 60, start=earliest, end=end)


def is_open(
    schedule: Schedule,
    rules: Rules,
    *,
    minutes: int,
    at: int,
    now: int,
    busy: Sequence[Busy],
    booked: Sequence[int] = (),
) -> bool:
    """Whether ``at`` is among the ``open_slots``, at the cost of one day."""
    return at in open_slots(
        schedule, rules, minutes=minutes, now=now, start=at, end=at + 1, busy=busy, booked=booked
    )


class HostTime(NamedTuple):
    """One host, known by a number: their hours and busy times, as ``open_slots`` takes them."""

    host: int
    schedule: Schedule
    busy: Sequence[Busy]


class StartsOfOneHost(Mapping[int, tuple[int, ...]]):
    """Starts (ascending), at each of which this host alone is free: a list that need not become a dict."""

    __slots__ = ("_free", "_starts")

    def __init__(self, starts: list[int], host: int) -> None:
        self._starts, self._free = starts, (host,)

    def __getitem__(self, start: int) -> tuple[int, ...]:
        place = bisect_left(self._starts, start)
        if place < len(self._starts) and self._starts[place] == start:
            return self._free
        raise KeyError(start)

    def __iter__(self) -> Iterator[int]:
        return iter(self._starts)

    def __len__(self) -> int:
        return len(self._starts)


def open_hosts(
    hosts: Sequence[HostTime],
    rules: Rules,
    *,
    minutes: int,
    now: int,
    start: int,
    end: int,
    booked: Sequence[int] = (),
) -> Mapping[int, tuple[int, ...]]:
    """Each start in [start, end) at which a host is free → those who are, in the order given; starts ascend.

    ``booked`` are the starts of the calendar's bookings, whoever hosts them.
    """
    found: dict[int, tuple[int, ...]] = {}
    for host, schedule, busy in hosts:
        starts = open_slots(
            schedule, rules, minutes=minutes, now=now, start=start, end=end, busy=busy, booked=booked
        )
        # Most calendars have one host: nobody pays for a dict of what is a list.
        if len(hosts) == 1:
            return StartsOfOneHost(starts, host)
        found |= {at: (*found.get(at, ()), host) for at in starts}
    return dict(sorted(found.items()))


def busy_span(rules: Rules, *, minutes: int, start: int, end: int) -> tuple[int, int]:
    """The range of instants in which busy times can matter for slots that begin in [start, end).

    It includes the longest buffers, the slot's own and those that busy times may ask for.
    """
    before = max(rules.buffer_before * 60, MAX_BUFFER)
    after = max(rules.buffer_after * 60, MAX_BUFFER)
    return start - before, end + minutes * 60 + after


def limit_span(schedule: Schedule, rules: Rules, *, start: int, end: int) -> tuple[int, int]:
    """The range of instants whose booked starts can matter for the limits: whole dates or weeks.

    Empty where no limit is set or nothing is asked.
    """
    start, end = max(start, FIRST_INSTANT), min(end, LAST_INSTANT)
    if start >= end or (rules.limit_per_day is None and rules.limit_per_week is None):
        return start, start
    days = zones.local_days(schedule.zone, start=start, end=end)
    if rules.limit_per_week is not None:
        days = range(_week(days[0]) * 7 - 3, _week(days[-1]) * 7 + 4)
    return zones.instants_of_days(schedule.zone, days)


def _week(day: int) -> int:
    """The number of the week, from Monday on, that holds this day; 0 holds 1970-01-01, a Thursday."""
    return (day + 3) // 7


def _pieces(
    schedule: Schedule, rules: Rules, *, now: int, start: int, end: int, booked: Sequence[int]
) -> list[Piece]:
    """The pieces of the hours, ascending, of the local dates that [start, end) touches and no rule closes."""
    days = _in_window(schedule.zone, rules, zones.local_days(schedule.zone, start=start, end=end), now=now)
    if not days:
        return []
    full = _full(schedule.zone, rules, booked)
    known = zones.offset_stretches(
        schedule.zone, start=days.start * DAY - zones.ROOM, end=days.stop * DAY + zones.ROOM
    )
    pieces: list[Piece] = []
    hours, exceptions = schedule.hours, schedule.exceptions
    for day in days:
        ranges = exceptions.get(date.fromordinal(day + EPOCH_ORDINAL)) if exceptions else None
        if ranges is None:
            ranges = hours[(day + 3) % 7]
        if ranges and not full(day):
            # The wall clock's own midnight: what of a range really passes, and when, the stretches say.
            midnight = day * DAY
            for low, high in ranges:
                pieces += zones.instants_of_reading(known, low=midnight + low * 60, high=midnight + high * 60)
    # Where clocks go back over midnight, a piece of the earlier date may begin later.
    pieces.sort()
    return pieces


def _in_window(zone: str, rules: Rules, days: range, *, now: int) -> range:
    first, stop = days.start, days.stop
    if rules.window_days is not None:
        if not FIRST_INSTANT <= now <= LAST_INSTANT:
            now = min(max(now, FIRST_INSTANT), LAST_INSTANT)
        stop = min(stop, zones.local_day(zone, now) + rules.window_days + 1)
    if rules.window_from is not None:
        first = max(first, rules.window_from.toordinal() - EPOCH_ORDINAL)
    if rules.window_to is not None:
        stop = min(stop, rules.window_to.toordinal() - EPOCH_ORDINAL + 1)
    return range(first, stop)


def _full(zone: str, rules: Rules, booked: Sequence[int]) -> Callable[[int], bool]:
    """Whether a local date has reached a limit, by itself or with its week."""
    per_day, per_week = rules.limit_per_day, rules.limit_per_week
    if per_day is None and per_week is None:
        return lambda day: False
    on_day = Counter(zones.local_day(zone, at) for at in booked)
    in_week: Counter[int] = Counter()
    for day, count in on_day.items():
        in_week[_week(day)] += count

    def full(day: int) -> bool:
        return (per_day is not None and on_day[day] >= per_day) or (
            per_week is not None and in_week[_week(day)] >= per_week
        )

    return full


def _forbidden(rules: Rules, *, length: int, busy: Sequence[Busy]) -> list[Piece]:
    """The starts that conflict with busy times, merged.

    A slot of ``length`` at s conflicts if it meets the busy time with the busy time's own buffers, or
    if the slot with its own buffers meets the bare busy time. Either is an open range of s around the
    busy time, so both together are the wider on each side: the larger buffer counts, never the sum.
    """
    own_before, own_after = rules.buffer_before * 60, rules.buffer_after * 60
    # Plus one: the range is open at its start, and a merged one is half-open in whole seconds.
    return merge_intervals(
        [
            (
                start - length - (own_after if own_after > before else before) + 1,
                finish + (own_before if own_before > after else after),
            )
            for start, finish, before, after in busy
            if start < finish
        ]
    )
