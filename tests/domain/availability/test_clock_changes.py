"""What hours mean on the days when clocks change, as exact examples from real zones."""

from __future__ import annotations

from datetime import date

import pytest

from bookonce.domain.availability import open_slots
from tests.domain.availability.make import DAY, HOUR, at, ranges, rules, shown, utc


def slots(zone: str, on: str, *hours: str, minutes: int = 60, step: int = 60) -> list[str]:
    """Every slot of that one date, shown with its offset."""
    noon = at(f"{on} 12:00", zone)
    only = {date.fromisoformat(on): ranges(*hours)}
    given = rules(exceptions=only, zone=zone, lengths=(minutes,), slot_step=step)
    return shown(
        open_slots(*given, minutes=minutes, now=-(10**11), start=noon - 2 * DAY, end=noon + 2 * DAY, busy=()),
        zone,
    )


class TestBerlin:
    def test_the_night_clocks_go_back_is_an_hour_longer(self) -> None:
        assert slots("Europe/Berlin", "2026-10-25", "01:00-04:00") == [
            "01:00+02:00",
            "02:00+02:00",
            "02:00+01:00",
            "03:00+01:00",
        ]

    def test_a_range_that_ends_inside_the_repeated_hour_is_two_pieces(self) -> None:
        found = slots("Europe/Berlin", "2026-10-25", "01:00-02:30", minutes=30, step=30)
        assert found == ["01:00+02:00", "01:30+02:00", "02:00+02:00", "02:00+01:00"]
        assert slots("Europe/Berlin", "2026-10-25", "01:00-02:30", minutes=60, step=30) == [
            "01:00+02:00",
            "01:30+02:00",
        ]

    def test_each_piece_of_a_range_has_its_own_lattice(self) -> None:
        found = slots("Europe/Berlin", "2026-10-25", "01:10-02:50", minutes=20, step=40)
        assert found == ["01:10+02:00", "01:50+02:00", "02:30+02:00", "02:00+01:00"]

    def test_a_range_that_begins_inside_the_repeated_hour_is_two_pieces(self) -> None:
        found = slots("Europe/Berlin", "2026-10-25", "02:30-04:00", minutes=30, step=30)
        assert found == ["02:30+02:00", "02:30+01:00", "03:00+01:00", "03:30+01:00"]

    def test_a_range_inside_the_repeated_hour_comes_twice(self) -> None:
        found = slots("Europe/Berlin", "2026-10-25", "02:00-02:30", minutes=30)
        assert found == ["02:00+02:00", "02:00+01:00"]

    def test_the_whole_repeated_hour_is_two_hours_without_a_break(self) -> None:
        found = slots("Europe/Berlin", "2026-10-25", "02:00-03:00", minutes=120)
        assert found == ["02:00+02:00"]

    def test_the_night_clocks_go_forward_is_an_hour_shorter(self) -> None:
        assert slots("Europe/Berlin", "2026-03-29", "01:00-04:00") == ["01:00+01:00", "03:00+02:00"]

    def test_a_range_that_begins_in_the_missing_hour_begins_after_it(self) -> None:
        found = slots("Europe/Berlin", "2026-03-29", "02:30-05:00", minutes=30, step=30)
        assert found == ["03:00+02:00", "03:30+02:00", "04:00+02:00", "04:30+02:00"]

    def test_a_range_that_ends_in_the_missing_hour_ends_before_it(self) -> None:
        assert slots("Europe/Berlin", "2026-03-29", "01:00-02:30", minutes=30, step=30) == [
            "01:00+01:00",
            "01:30+01:00",
        ]

    def test_a_range_inside_the_missing_hour_is_nothing(self) -> None:
        assert slots("Europe/Berlin", "2026-03-29", "02:00-03:00", minutes=1, step=1) == []

    def test_the_days_last_23_and_25_hours(self) -> None:
        assert len(slots("Europe/Berlin", "2026-03-29", "00:00-24:00")) == 23
        assert len(slots("Europe/Berlin", "2026-10-25", "00:00-24:00")) == 25

    def test_a_lattice_counts_elapsed_minutes_across_the_change(self) -> None:
        found = slots("Europe/Berlin", "2026-10-25", "00:30-06:00", minutes=90, step=90)
        assert found == ["00:30+02:00", "02:00+02:00", "02:30+01:00", "04:00+01:00"]


class TestNewYork:
    def test_both_changes(self) -> None:
        assert slots("America/New_York", "2026-03-08", "01:00-04:00") == ["01:00-05:00", "03:00-04:00"]
        assert slots("America/New_York", "2026-11-01", "00:00-03:00") == [
            "00:00-04:00",
            "01:00-04:00",
            "01:00-05:00",
            "02:00-05:00",
        ]


class TestLordHowe:
    def test_clocks_change_by_half_an_hour(self) -> None:
        zone = "Australia/Lord_Howe"
        assert slots(zone, "2026-04-05", "01:00-03:00", minutes=30, step=30) == [
            "01:00+11:00",
            "01:30+11:00",
            "01:30+10:30",
            "02:00+10:30",
            "02:30+10:30",
        ]
        assert slots(zone, "2026-10-04", "01:30-03:00", minutes=30, step=30) == [
            "01:30+10:30",
            "02:30+11:00",
        ]
        assert slots(zone, "2026-10-04", "02:10-03:00", minutes=15, step=15) == ["02:30+11:00", "02:45+11:00"]


class TestTroll:
    def test_clocks_change_by_two_hours(self) -> None:
        zone = "Antarctica/Troll"
        assert slots(zone, "2026-03-29", "00:00-05:00") == ["00:00+00:00", "03:00+02:00", "04:00+02:00"]
        assert slots(zone, "2026-10-25", "00:00-04:00") == [
            "00:00+02:00",
            "01:00+02:00",
            "02:00+02:00",
            "01:00+00:00",
            "02:00+00:00",
            "03:00+00:00",
        ]


class TestApia:
    def test_a_whole_day_that_never_was_has_no_slots(self) -> None:
        noon = utc("2011-12-30 12:00")
        given = rules("00:00-24:00", zone="Pacific/Apia", slot_step=720)
        found = open_slots(*given, minutes=60, now=0, start=noon - 2 * DAY, end=noon + 2 * DAY, busy=())
        assert shown(found, "Pacific/Apia") == [
            "12:00-10:00",
            "00:00-10:00",
            "12:00-10:00",
            "00:00+14:00",
            "12:00+14:00",
            "00:00+14:00",
            "12:00+14:00",
            "00:00+14:00",
        ]
        assert slots("Pacific/Apia", "2011-12-30", "00:00-24:00") == []

    def test_2400_before_the_missing_day_is_the_next_midnight_there_is(self) -> None:
        found = slots("Pacific/Apia", "2011-12-29", "22:00-24:00")
        assert found == ["22:00-10:00", "23:00-10:00"]


MIDNIGHT_MISSING = [
    ("America/Sao_Paulo", "2018-11-04", "-02:00"),
    ("America/Havana", "2025-03-09", "-04:00"),
    ("America/Asuncion", "2023-10-01", "-03:00"),
    ("America/Santiago", "2025-09-07", "-03:00"),
    ("Asia/Beirut", "2025-03-30", "+03:00"),
]


@pytest.mark.parametrize(("zone", "on", "offset"), MIDNIGHT_MISSING)
class TestMidnightInTheGap:
    def test_the_day_begins_at_one(self, zone: str, on: str, offset: str) -> None:
        assert slots(zone, on, "00:00-03:00") == [f"01:00{offset}", f"02:00{offset}"]
        assert len(slots(zone, on, "00:00-24:00")) == 23

    def test_the_day_before_ends_where_the_gap_begins(self, zone: str, on: str, offset: str) -> None:
        eve = date.fromordinal(date.fromisoformat(on).toordinal() - 1).isoformat()
        found = slots(zone, eve, "22:00-24:00", minutes=120)
        assert [text[:5] for text in found] == ["22:00"]


MIDNIGHT_TWICE = [
    # The date whose last hour comes twice because clocks go back from midnight to 23:00.
    ("America/Sao_Paulo", "2018-02-17"),
    ("America/Santiago", "2025-04-05"),
    ("America/Asuncion", "2024-03-23"),
    ("Asia/Beirut", "2025-10-25"),
]


@pytest.mark.parametrize(("zone", "on"), MIDNIGHT_TWICE)
def test_a_day_whose_last_hour_comes_twice_ends_after_the_second(zone: str, on: str) -> None:
    assert [text[:5] for text in slots(zone, on, "22:00-24:00")] == ["22:00", "23:00", "23:00"]
    assert len(slots(zone, on, "22:00-24:00", minutes=180)) == 1


def test_havana_has_its_first_hour_twice() -> None:
    assert slots("America/Havana", "2023-11-05", "00:00-02:00") == [
        "00:00-04:00",
        "00:00-05:00",
        "01:00-05:00",
    ]


def test_where_clocks_go_back_over_midnight_the_date_comes_in_two_parts() -> None:
    # St. John's changed one minute after midnight: 2009-11-01 had one minute, then 59 of the day before.
    zone = "America/St_Johns"
    assert slots(zone, "2009-11-01", "00:00-00:30", minutes=1, step=20) == [
        "00:00-02:30",
        "00:00-03:30",
        "00:20-03:30",
    ]
    assert slots(zone, "2009-10-31", "22:59-24:00", minutes=1, step=60) == [
        "22:59-02:30",
        "23:59-02:30",
        "23:01-03:30",
    ]


def test_slots_ascend_in_time_where_the_date_goes_back() -> None:
    zone = "America/St_Johns"
    start = at("2009-10-31 20:00", zone)
    given = rules("00:00-24:00", zone=zone, lengths=(1,), slot_step=1)
    found = open_slots(*given, minutes=1, now=0, start=start, end=start + 8 * HOUR, busy=())
    assert found == list(range(start, start + 8 * HOUR, 60))


def test_a_span_that_begins_on_a_date_and_ends_on_the_one_before_has_its_slots() -> None:
    zone = "America/St_Johns"
    start = at("2009-11-01 00:00", zone)
    given = rules("00:00-24:00", zone=zone, lengths=(1,), slot_step=1)
    for minutes in (1, 2, 30, 90):
        end = start + minutes * 60
        found = open_slots(*given, minutes=1, now=0, start=start, end=end, busy=())
        assert found == list(range(start, end, 60))


def test_ramadan_in_morocco_changes_clocks_four_times_a_year() -> None:
    zone = "Africa/Casablanca"
    assert slots(zone, "2025-02-23", "01:00-04:00") == [
        "01:00+01:00",
        "02:00+01:00",
        "02:00+00:00",
        "03:00+00:00",
    ]
    assert slots(zone, "2025-04-06", "01:00-04:00") == ["01:00+00:00", "03:00+01:00"]


def test_historic_offsets_of_odd_seconds_keep_slots_on_whole_seconds() -> None:
    # Monrovia was 44 minutes and 30 seconds behind Greenwich.
    start = utc("1930-01-15 00:00")
    given = rules("09:00-10:00", zone="Africa/Monrovia", slot_step=30, lengths=(30,))
    found = open_slots(*given, minutes=30, now=-(10**11), start=start, end=start + DAY, busy=())
    assert [second - start for second in found] == [9 * HOUR + 2670, 9 * HOUR + 2670 + 1800]


def test_noon_stays_noon_through_a_year() -> None:
    start = at("2026-01-01 00:00")
    given = rules("12:00-13:00")
    found = open_slots(*given, minutes=60, now=0, start=start, end=start + 365 * DAY, busy=())
    assert {text[:5] for text in shown(found)} == {"12:00"}
    assert len(found) == 365
