"""Both engines agree around every change of clocks in every zone, 2020 to 2037."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise
from typing import Any

import pytest

from bookonce.domain.availability import open_slots
from tests.domain.availability import slow, tzdb
from tests.domain.availability.invent import FULL
from tests.domain.availability.make import DAY, HOUR, Terms, rules

PARTS = 5
"""Tests which processes can share."""
EACH = 1 if FULL else 4
"""One of so many cases is taken in each part: all together take a minute of both cores."""
# In full it takes minutes, and is asked for by name.
pytestmark = pytest.mark.timeout(3600 if FULL else 120)


def cases() -> Iterator[tuple[str, tzdb.Change]]:
    """Every different change once; in full, every change of every zone."""
    if FULL:
        yield from ((zone, change) for zone in tzdb.zones() for change in tzdb.changes(zone))
    else:
        yield from ((zone, change) for change, zone in tzdb.one_zone_per_change().items())


def written(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def demands(zone: str, change: tzdb.Change) -> Iterator[tuple[int, Terms]]:
    """Hours that begin and end before, in, at and after the change, and whole days."""
    yield 45, rules("00:00-24:00", zone=zone, lengths=(45,), slot_step=25)
    edges = {0, 1440}
    for offset in (change.before, change.after):
        reading = (change.at + offset) // 60 % 1440
        edges |= {minute for minute in (reading - 65, reading, reading + 20) if 0 < minute < 1440}
    cuts = sorted(edges)
    hours = [f"{written(low)}-{written(high)}" for low, high in pairwise(cuts)]
    yield (
        10,
        rules(
            *hours[::2],
            zone=zone,
            lengths=(10,),
            slot_step=15,
            buffer_before=5,
            buffer_after=20,
            notice_minutes=90,
            window_days=1,
            limit_per_day=2,
        ),
    )
    yield 20, rules(*hours[1::2], zone=zone, lengths=(20,), slot_step=10, buffer_before=30, limit_per_week=1)


@pytest.mark.parametrize("part", range(PARTS))
def test_the_fast_engine_equals_the_slow_one_at_every_change_of_every_zone(part: int) -> None:
    for zone, change in islice(cases(), part, None, PARTS * EACH):
        at = change.at
        busy = [
            (at - 3 * HOUR - 1, at - 2 * HOUR + 7, 0, 601),
            (at + 30 * 60, at + 45 * 60, 300, 900),
            (at + 5 * HOUR, at + 5 * HOUR, 900, 900),
        ]
        yesterday, other_weeks = [at - 8 * HOUR, at - 9 * HOUR], [at - 7 * DAY, at + 26 * HOUR]
        for minutes, given in demands(zone, change):
            asked: dict[str, Any] = {
                "minutes": minutes,
                "now": at - 5 * HOUR,
                "start": at - 12 * HOUR,
                "end": at + 12 * HOUR,
                "busy": busy,
                "booked": yesterday if given.rules.limit_per_day else other_weeks,
            }
            assert open_slots(*given, **asked) == slow.open_slots(*given, **asked), (zone, change, given)


def test_there_are_hundreds_of_changes() -> None:
    assert sum(1 for _ in cases()) >= 500


def test_a_zone_that_stands_for_others_has_their_changes() -> None:
    covered = set(tzdb.one_zone_per_change())
    for zone in tzdb.zones()[:: 1 if FULL else 7]:
        assert covered.issuperset(tzdb.changes(zone)), zone
