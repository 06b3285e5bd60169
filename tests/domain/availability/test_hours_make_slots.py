from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from bookonce.domain.availability import Busy, open_slots
from tests.domain.availability.make import DAY, Terms, at, ranges, rules, times, utc

MONDAY = "2026-06-15"


def day(given: Terms, *, minutes: int = 60, on: str = MONDAY, busy: Sequence[Busy] = ()) -> list[str]:
    start = at(f"{on} 00:00")
    return times(open_slots(*given, minutes=minutes, now=0, start=start, end=start + DAY, busy=busy))


def test_slots_begin_with_the_range_and_end_inside_it() -> None:
    assert day(rules("09:00-12:00")) == ["09:00", "10:00", "11:00"]
    assert day(rules("09:00-11:59")) == ["09:00", "10:00"]


def test_the_step_may_be_shorter_or_longer_than_the_slot() -> None:
    assert day(rules("09:00-11:00", slot_step=30)) == ["09:00", "09:30", "10:00"]
    assert day(rules("09:00-13:00", slot_step=90)) == ["09:00", "10:30", "12:00"]


def test_the_lattice_begins_at_the_range_and_not_at_the_hour() -> None:
    assert day(rules("09:10-12:00", slot_step=30)) == ["09:10", "09:40", "10:10", "10:40"]


def test_touching_ranges_are_not_joined() -> None:
    given = rules("09:00-10:30", "10:30-12:00", slot_step=60)
    assert day(given) == ["09:00", "10:30"]


def test_ranges_may_be_written_in_any_order() -> None:
    assert day(rules("13:00-14:00", "09:00-10:00")) == ["09:00", "13:00"]


def test_2400_ends_the_day() -> None:
    assert day(rules("22:00-24:00")) == ["22:00", "23:00"]
    assert day(rules("00:00-24:00", slot_step=360)) == ["00:00", "06:00", "12:00", "18:00"]


def test_a_night_over_midnight_is_two_ranges_and_no_slot_spans_them() -> None:
    assert day(rules("23:00-24:00", "00:00-01:00", slot_step=30)) == ["00:00", "23:00"]


def test_each_weekday_has_its_own_hours_monday_first() -> None:
    week = tuple(ranges(f"{8 + weekday:02}:00-{9 + weekday:02}:00") for weekday in range(7))
    given = rules(hours=week)
    start = at(f"{MONDAY} 00:00")
    found = open_slots(*given, minutes=60, now=0, start=start, end=start + 7 * DAY, busy=())
    assert times(found) == [f"{8 + weekday:02}:00" for weekday in range(7)]


def test_an_exception_replaces_the_hours_of_its_date() -> None:
    given = rules("09:00-12:00", exceptions={date(2026, 6, 15): ranges("20:00-21:00"), date(2026, 6, 16): ()})
    assert day(given) == ["20:00"]
    assert day(given, on="2026-06-16") == []
    assert day(given, on="2026-06-17") == ["09:00", "10:00", "11:00"]


def test_an_exception_opens_a_closed_weekday() -> None:
    given = rules(hours=((),) * 7, exceptions={date(2026, 6, 15): ranges("09:00-10:00")})
    assert day(given) == ["09:00"]


def test_a_length_that_is_not_offered_has_no_slots() -> None:
    given = rules("09:00-12:00", lengths=(30, 60))
    assert day(given, minutes=45) == []
    assert day(given, minutes=30) == ["09:00", "10:00", "11:00"]


def test_a_slot_counts_if_it_begins_in_the_span() -> None:
    given = rules("09:00-12:00")

    def between(low: str, high: str) -> list[str]:
        return times(
            open_slots(
                *given, minutes=60, now=0, start=at(f"{MONDAY} {low}"), end=at(f"{MONDAY} {high}"), busy=()
            )
        )

    assert between("10:00", "11:00") == ["10:00"]
    assert between("10:01", "11:01") == ["11:00"]
    assert between("10:00", "10:00") == []
    assert between("11:00", "10:00") == []


def test_the_owners_zone_decides_and_not_utc() -> None:
    given = rules("00:00-01:00", zone="Pacific/Kiritimati")
    start = utc("2026-06-15 00:00")
    found = open_slots(*given, minutes=60, now=0, start=start, end=start + DAY, busy=())
    assert times(found, "UTC") == ["10:00"]


def test_a_span_of_more_than_400_days_is_refused() -> None:
    start = at(f"{MONDAY} 00:00")
    open_slots(*rules("09:00-10:00"), minutes=60, now=0, start=start, end=start + 400 * DAY, busy=())
    with pytest.raises(ValueError, match="400 days"):
        open_slots(*rules("09:00-10:00"), minutes=60, now=0, start=start, end=start + 400 * DAY + 1, busy=())


@pytest.mark.parametrize("start", [-(10**18), -62135596800, 253402300799, 10**18])
def test_at_the_ends_of_the_calendar_nothing_is_open_and_nothing_breaks(start: int) -> None:
    given = rules("09:00-10:00", window_days=60, limit_per_day=1)
    assert open_slots(*given, minutes=60, now=start, start=start, end=start + DAY, busy=()) == []
