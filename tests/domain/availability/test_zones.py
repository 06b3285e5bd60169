"""The zone arithmetic by itself: instant to wall and back, and no change of clocks missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bookonce.domain.availability import zones
from tests.domain.availability import tzdb
from tests.domain.availability.invent import size
from tests.domain.availability.make import DAY

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def wall(zone: str, instant: int) -> int:
    """The reading, from zoneinfo."""
    shown = (EPOCH + timedelta(seconds=instant)).astimezone(ZoneInfo(zone))
    return round((shown.replace(tzinfo=UTC) - EPOCH).total_seconds())


def test_readings_are_zoneinfos_around_every_change_of_every_zone_from_2020_to_2037() -> None:
    for (_, changes), zone in tzdb.one_zone_per_history().items():
        for change in changes:
            for instant in (change.at - DAY, change.at - 1, change.at, change.at + 1, change.at + DAY):
                assert zones.wall_clock_reading(zone, instant) == wall(zone, instant), (zone, instant)


def test_stretches_are_exactly_the_changes_the_tz_database_lists() -> None:
    for (_, changes), zone in tzdb.one_zone_per_history().items():
        found = zones.offset_stretches(zone, start=tzdb.FIRST, end=tzdb.LAST)
        seen = [tzdb.Change(later[0], earlier[2], later[2]) for earlier, later in pairwise(found)]
        assert [change for change in seen if tzdb.FIRST <= change.at < tzdb.LAST] == list(changes), zone


def test_no_zone_ever_changes_twice_within_a_probe() -> None:
    for zone in tzdb.zones():
        changes, _ = tzdb.written(zone)
        for earlier, later in pairwise(changes):
            assert later.at - earlier.at > 2 * zones.PROBE, (zone, earlier, later)


@size(300, full=3000)
@given(st.sampled_from(tzdb.zones()), st.integers(-4 * 10**9, 8 * 10**9))
def test_from_instant_to_wall_and_back(zone: str, instant: int) -> None:
    reading = zones.wall_clock_reading(zone, instant)
    assert reading == wall(zone, instant)
    known = zones.offset_stretches(zone, start=instant - 3 * DAY, end=instant + 3 * DAY)
    pieces = zones.instants_of_reading(known, low=reading, high=reading + 1)
    assert (instant, instant + 1) in pieces
    for begin, finish in pieces:
        assert finish == begin + 1
        assert zones.wall_clock_reading(zone, begin) == reading


@size(200, full=2000)
@given(st.sampled_from(tzdb.zones()), st.integers(-4 * 10**9, 8 * 10**9), st.integers(1, 5 * DAY))
def test_local_days_are_those_of_every_instant_and_back(zone: str, start: int, lasts: int) -> None:
    days = zones.local_days(zone, start=start, end=start + lasts)
    low, high = zones.instants_of_days(zone, days)
    assert low <= start
    assert start + lasts <= high
    for instant in (*range(start, start + lasts, 3601), start + lasts - 1):
        assert wall(zone, instant) // DAY in days
    assert wall(zone, low) // DAY in days
    assert wall(zone, high - 1) // DAY in days


def test_stretches_join_without_gaps_across_chunks() -> None:
    found = zones.offset_stretches("Europe/Berlin", start=0, end=400 * DAY)
    assert found[0][0] <= 0
    assert found[-1][1] >= 400 * DAY
    assert all(earlier[1] == later[0] for earlier, later in pairwise(found))
