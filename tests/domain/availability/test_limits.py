from __future__ import annotations

from collections.abc import Sequence

from bookonce.domain.availability import is_open, limit_span, open_slots
from tests.domain.availability.make import DAY, HOUR, Terms, at, rules, times

MONDAY = at("2026-06-15 00:00")


def days_open(given: Terms, booked: Sequence[int]) -> list[int]:
    found = open_slots(
        *given, minutes=60, now=0, start=MONDAY - 7 * DAY, end=MONDAY + 14 * DAY, busy=(), booked=booked
    )
    return [(start - MONDAY) // DAY for start in found]


def test_a_date_with_so_many_bookings_is_closed() -> None:
    given = rules("09:00-10:00", limit_per_day=2)
    one, two = MONDAY + 11 * HOUR, MONDAY + 15 * HOUR
    assert 0 in days_open(given, [one])
    assert 0 not in days_open(given, [one, two])
    assert [day for day in range(-7, 14) if day not in days_open(given, [one, two])] == [0]


def test_a_week_runs_from_monday_to_sunday() -> None:
    given = rules("09:00-10:00", limit_per_week=2)
    sunday_night, monday_morning = MONDAY + 7 * DAY - HOUR, MONDAY
    assert days_open(given, [sunday_night, monday_morning]) == [*range(-7, 0), *range(7, 14)]
    assert days_open(given, [MONDAY - 1, MONDAY]) == list(range(-7, 14))


def test_both_limits_hold_together() -> None:
    given = rules("09:00-10:00", limit_per_day=1, limit_per_week=2)
    assert days_open(given, [MONDAY]) == [day for day in range(-7, 14) if day != 0]
    assert days_open(given, [MONDAY, MONDAY + DAY]) == [*range(-7, 0), *range(7, 14)]


def test_the_date_of_a_booking_is_the_calendars_and_not_utcs() -> None:
    given = rules("09:00-10:00", limit_per_day=1)
    assert 0 not in days_open(given, [MONDAY])  # 22:00 of Sunday in UTC
    assert 0 in days_open(given, [MONDAY + DAY])


def test_without_a_limit_bookings_do_not_count() -> None:
    assert days_open(rules("09:00-10:00"), [MONDAY] * 50) == list(range(-7, 14))


def test_a_full_day_of_23_or_25_hours_closes_to_its_last_hour() -> None:
    for text in ("2026-03-29", "2026-10-25"):
        given = rules("00:00-24:00", limit_per_day=1)
        start = at(f"{text} 00:00")
        last = at(f"{text} 23:00")
        found = open_slots(
            *given, minutes=60, now=0, start=start - HOUR, end=last + 2 * HOUR, busy=(), booked=[last]
        )
        assert found == [start - HOUR, last + HOUR]


def test_limit_span_is_whole_dates_or_whole_weeks() -> None:
    thursday = MONDAY + 3 * DAY
    day = rules("09:00-10:00", limit_per_day=1)
    week = rules("09:00-10:00", limit_per_week=1)
    assert limit_span(*day, start=thursday + HOUR, end=thursday + 2 * HOUR) == (thursday, thursday + DAY)
    assert limit_span(*day, start=thursday, end=thursday + DAY) == (thursday, thursday + DAY)
    assert limit_span(*week, start=thursday, end=thursday + 1) == (MONDAY, MONDAY + 7 * DAY)
    assert limit_span(*week, start=MONDAY - 1, end=MONDAY + 1) == (MONDAY - 7 * DAY, MONDAY + 7 * DAY)


def test_limit_span_knows_long_and_short_days() -> None:
    given = rules("09:00-10:00", limit_per_day=1, limit_per_week=1)
    low, high = limit_span(*given, start=at("2026-10-25 12:00"), end=at("2026-10-25 12:01"))
    assert (low, high) == (at("2026-10-19 00:00"), at("2026-10-26 00:00"))
    assert high - low == 7 * DAY + HOUR


def test_limit_span_is_empty_where_nothing_can_matter() -> None:
    low, high = limit_span(*rules("09:00-10:00"), start=MONDAY, end=MONDAY + DAY)
    assert low == high
    low, high = limit_span(*rules("09:00-10:00", limit_per_day=1), start=MONDAY, end=MONDAY)
    assert low == high


def test_limit_span_holds_both_parts_of_a_date_that_comes_in_two() -> None:
    zone = "America/St_Johns"  # 2009-11-01 00:01 back to 23:01 of 10-31
    given = rules("00:00-24:00", zone=zone, limit_per_day=1, lengths=(1,), slot_step=1)
    early, late = at("2009-11-01 00:00", zone), at("2009-11-01 15:00", zone)
    low, high = limit_span(*given, start=late, end=late + 1)
    assert low <= early < high
    assert not is_open(*given, minutes=1, at=late, now=0, busy=(), booked=[early])
    assert is_open(*given, minutes=1, at=early + 60, now=0, busy=(), booked=[early])


def test_a_limit_leaves_other_times_of_the_day_out_of_it() -> None:
    given = rules("09:00-12:00", limit_per_day=3)
    found = open_slots(
        *given,
        minutes=60,
        now=0,
        start=MONDAY,
        end=MONDAY + DAY,
        busy=[(MONDAY + 9 * HOUR, MONDAY + 10 * HOUR, 0, 0)],
        booked=[MONDAY + 9 * HOUR],
    )
    assert times(found) == ["10:00", "11:00"]
