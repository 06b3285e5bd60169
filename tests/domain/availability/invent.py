"""Invented questions for the engine, most of them close to a change of clocks."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from bookonce.domain.availability import Range, Rules, Schedule
from tests.domain.availability import tzdb
from tests.domain.availability.make import DAY, HOUR, Terms

# The full size takes minutes and is asked for by name; the short one covers the kinds of changes of clocks.
FULL = os.environ.get("BOOKONCE_TEST_FULL") == "1"


def size(short: int, *, full: int) -> settings:
    """How many examples to try. A slow machine is no failure: drawing a whole question takes its time."""
    return settings(
        max_examples=full if FULL else short,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Africa/Casablanca",
    "Asia/Beirut",
    "America/Havana",
    "America/Santiago",
    "America/Asuncion",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Asia/Kathmandu",
    "UTC",
]
# Places and moments of odd seconds, of dates that came in two parts, and of days that never were.
HISTORY = [
    ("Africa/Monrovia", "1972-01-07"),
    ("Europe/Amsterdam", "1937-07-01"),
    ("Europe/Paris", "1911-03-11"),
    ("Asia/Manila", "1844-12-31"),
    ("America/Juneau", "1867-10-19"),
    ("America/St_Johns", "2009-11-01"),
    ("Pacific/Apia", "2011-12-30"),
]


@dataclass(frozen=True)
class Question:
    terms: Terms
    asked: dict[str, Any]


@st.composite
def day_ranges(draw: st.DrawFn) -> tuple[Range, ...]:
    cuts = sorted(draw(st.lists(st.integers(0, 288), max_size=6, unique=True)))
    found = [(low * 5, high * 5) for low, high in pairwise(cuts)]
    return tuple(found[:: draw(st.sampled_from([1, 2]))])


@st.composite
def moments(draw: st.DrawFn, *, history: bool) -> tuple[str, int]:
    if history:
        zone, text = draw(st.sampled_from(HISTORY))
        middle = int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
    else:
        zone = draw(st.sampled_from(tzdb.zones() if FULL else ZONES))
        changes = tzdb.changes(zone)
        middle = draw(st.sampled_from(changes)).at if changes else draw(st.integers(tzdb.FIRST, tzdb.LAST))
    return zone, middle + draw(st.integers(-36, 36)) * HOUR


@st.composite
def questions(draw: st.DrawFn, *, history: bool = False) -> Question:
    zone, middle = draw(moments(history=history))
    start = middle - draw(st.integers(0, 2 * HOUR if history else 3 * DAY))
    end = middle + draw(st.integers(0, 2 * HOUR if history else 3 * DAY))
    now = draw(st.one_of(st.just(start - 30 * DAY), st.integers(start - DAY, end)))
    today = datetime.fromtimestamp(middle, UTC).date()
    dates = st.integers(-4, 4).map(lambda days: today + timedelta(days=days))
    buffers = st.sampled_from([0, 0, 5, 15, 60, 1440])
    lengths = draw(st.lists(st.sampled_from([1, 5, 15, 30, 60, 90, 240, 1440]), min_size=1, unique=True))
    schedule = Schedule(
        zone=zone,
        hours=tuple(draw(st.lists(day_ranges(), min_size=7, max_size=7))),
        exceptions=draw(st.dictionaries(dates, day_ranges(), max_size=3)),
    )
    rules = Rules(
        lengths=tuple(lengths),
        slot_step=draw(st.sampled_from([1, 5, 10, 15, 30, 45, 60, 77, 1440])),
        buffer_before=draw(buffers),
        buffer_after=draw(buffers),
        notice_minutes=draw(st.sampled_from([0, 0, 30, 1440, 2 * 1440])),
        window_days=draw(st.sampled_from([None, None, 60, 32, 31, 30, 3, 1, 0])),
        window_from=draw(st.none() | dates),
        window_to=draw(st.none() | dates),
        limit_per_day=draw(st.none() | st.integers(1, 2)),
        limit_per_week=draw(st.none() | st.integers(1, 4)),
    )
    return Question(
        Terms(schedule, rules),
        {
            "minutes": draw(st.sampled_from(lengths)),
            "now": now,
            "start": start,
            "end": end,
            "busy": draw(st.lists(busy_times(middle, start - DAY, end + DAY), max_size=12)),
            "booked": draw(st.lists(st.integers(start - 8 * DAY, end + 8 * DAY), max_size=6)),
        },
    )


@st.composite
def busy_times(draw: st.DrawFn, middle: int, start: int, end: int) -> tuple[int, int, int, int]:
    # Five-minute steps meet slots exactly at their edges; single seconds miss them by one.
    # Half of them crowd around one moment, so that they meet each other too.
    somewhere = st.integers(middle - 6 * HOUR, middle + 6 * HOUR) | st.integers(start, end)
    begins = draw(somewhere) // 300 * 300 + draw(st.sampled_from([0, 0, -1, 1]))
    lasts = draw(st.sampled_from([0, 1, 300, 900, 3600, 3601, 6 * HOUR]))
    buffers = st.sampled_from([0, 0, 300, 301, 3600, DAY])
    return begins, begins + lasts, draw(buffers), draw(buffers)
