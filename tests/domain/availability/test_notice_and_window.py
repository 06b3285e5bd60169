from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bookonce.domain.availability import is_open, open_slots
from tests.domain.availability.make import DAY, HOUR, Terms, at, rules, shown, times


def dates(given: Terms, now: int) -> list[str]:
    found = open_slots(*given, minutes=60, now=now, start=now - 10 * DAY, end=now + 90 * DAY, busy=())
    return [datetime.fromtimestamp(start, UTC).date().isoformat() for start in found]


def test_a_slot_in_the_past_is_never_open_and_one_at_this_second_is() -> None:
    given = rules("09:00-12:00")
    ten = at("2026-06-15 10:00")
    assert is_open(*given, minutes=60, at=ten, now=ten, busy=())
    assert not is_open(*given, minutes=60, at=ten, now=ten + 1, busy=())
    assert open_slots(*given, minutes=60, now=ten + 3 * HOUR, start=ten, end=ten + HOUR, busy=()) == []


def test_notice_is_to_the_second() -> None:
    given = rules("09:00-12:00", notice_minutes=120)
    ten = at("2026-06-15 10:00")
    assert is_open(*given, minutes=60, at=ten, now=ten - 7200, busy=())
    assert not is_open(*given, minutes=60, at=ten, now=ten - 7199, busy=())


def test_notice_is_elapsed_time_on_a_night_of_change() -> None:
    given = rules("00:00-06:00", notice_minutes=180)
    now = at("2026-10-25 00:00")
    found = open_slots(*given, minutes=60, now=now, start=now, end=now + 6 * HOUR, busy=())
    assert shown(found) == ["02:00+01:00", "03:00+01:00", "04:00+01:00"]


def test_the_rolling_window_counts_local_dates_and_includes_the_last() -> None:
    given = rules("00:00-24:00", window_days=1)
    now = at("2026-06-15 23:30")
    found = open_slots(*given, minutes=60, now=now, start=now, end=now + 5 * DAY, busy=())
    assert (found[0], found[-1]) == (at("2026-06-16 00:00"), at("2026-06-16 23:00"))


def test_a_window_of_no_days_is_today() -> None:
    given = rules("09:00-12:00", window_days=0)
    now = at("2026-06-15 10:00")
    found = open_slots(*given, minutes=60, now=now, start=now, end=now + 5 * DAY, busy=())
    assert times(found) == ["10:00", "11:00"]


def test_today_is_the_owners_and_not_utcs() -> None:
    given = rules("09:00-10:00", window_days=0, zone="Pacific/Auckland")
    now = at("2026-06-16 08:00", "Pacific/Auckland")  # still the 15th in UTC
    found = open_slots(*given, minutes=60, now=now, start=now, end=now + 3 * DAY, busy=())
    assert found == [at("2026-06-16 09:00", "Pacific/Auckland")]


def test_window_dates_are_inclusive() -> None:
    given = rules("12:00-13:00", window_from=date(2026, 6, 20), window_to=date(2026, 6, 22))
    assert dates(given, at("2026-06-15 10:00")) == ["2026-06-20", "2026-06-21", "2026-06-22"]


def test_a_window_may_begin_in_the_past_or_be_over() -> None:
    now = at("2026-06-15 10:00")
    given = rules("12:00-13:00", window_from=date(2020, 1, 1), window_to=date(2026, 6, 16))
    assert dates(given, now) == ["2026-06-15", "2026-06-16"]
    assert dates(rules("12:00-13:00", window_to=date(2026, 6, 14)), now) == []


def test_both_windows_hold_together() -> None:
    now = at("2026-06-15 10:00")
    given = rules("12:00-13:00", window_days=6, window_from=date(2026, 6, 20), window_to=date(2026, 6, 30))
    assert dates(given, now) == ["2026-06-20", "2026-06-21"]


@pytest.mark.parametrize("edge", [date.min, date.max])
def test_the_ends_of_the_calendar_are_dates_too(edge: date) -> None:
    now = at("2026-06-15 10:00")
    assert bool(dates(rules("12:00-13:00", window_from=edge), now)) is (edge == date.min)
    assert bool(dates(rules("12:00-13:00", window_to=edge), now)) is (edge == date.max)
