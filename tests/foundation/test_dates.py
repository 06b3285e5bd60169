"""Dates, times and zones in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest

from bookonce.foundation import dates

AT = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Tue 24 November, 14:30"),
        ("en-GB", "Tue 24 November, 14:30"),
        ("en-US", "Tue, November 24, 2:30\u00a0PM"),
        ("de", "Di, 24. November, 14:30"),
        ("de-AT", "Di, 24. November, 14:30"),
        ("xx", "Tue 24 November, 14:30"),
        ("not a language!", "Tue 24 November, 14:30"),
    ],
)
def test_a_moment_is_said_as_people_there_say_it(language: str, said: str) -> None:
    assert dates.format_moment(AT, BERLIN, language) == said


@pytest.mark.parametrize("language", ["en", "en-US", "en-GB", "en-AU", "en-CA", "en-DE"])
def test_before_and_after_noon_have_one_form_in_a_language(language: str) -> None:
    """Whether twelve hours are counted is the country's; how noon is told is the language's."""
    said = (
        dates.format_time(AT, BERLIN, language, clock="12"),
        dates.format_time(NOW, BERLIN, language, clock="12"),
    )
    assert said == ("2:30\u00a0PM", "7:00\u00a0AM")
    if dates.has_12_hours(language):
        assert said[0] == dates.format_time(AT, BERLIN, language)


def test_the_year_is_said_only_where_it_is_another() -> None:
    assert dates.format_day(AT, BERLIN, now=NOW) == "Tue 24 November"
    assert dates.format_day(AT + timedelta(days=60), BERLIN, now=NOW) == "Sat 23 January 2027"
    assert dates.format_day(AT + timedelta(days=60), BERLIN, "de", now=NOW) == "Sa, 23. Januar 2027"


def test_the_year_is_the_year_there() -> None:
    at = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert dates.format_day(at, BERLIN, now=NOW) == "Fri 1 January 2027"
    assert dates.format_day(at, "UTC", now=NOW) == "Thu 31 December"


def test_a_range() -> None:
    assert dates.format_time_range(AT, AT + timedelta(minutes=30), BERLIN) == "14:30–15:00"


@pytest.mark.parametrize(
    ("zone", "start", "minutes", "said"),
    [
        (BERLIN, datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 30, "02:30 (UTC+2) – 02:00 (UTC+1)"),
        (BERLIN, datetime(2026, 3, 29, 0, 30, tzinfo=UTC), 30, "01:30 (UTC+1) – 03:00 (UTC+2)"),
        (
            "Australia/Lord_Howe",
            datetime(2026, 4, 4, 14, 30, tzinfo=UTC),
            30,
            "01:30 (UTC+11) – 01:30 (UTC+10:30)",
        ),
    ],
)
def test_a_range_over_a_change_of_clocks_says_both_offsets(
    zone: str, start: datetime, minutes: int, said: str
) -> None:
    assert dates.format_time_range(start, start + timedelta(minutes=minutes), zone) == said


@pytest.mark.parametrize(
    ("zone", "at", "said"),
    [
        (BERLIN, AT, "Berlin, UTC+1"),
        (BERLIN, datetime(2026, 7, 1, tzinfo=UTC), "Berlin, UTC+2"),
        ("Asia/Kolkata", AT, "Kolkata, UTC+5:30"),
        ("America/New_York", AT, "New York, UTC−5"),
        ("America/St_Johns", AT, "St. John’s, UTC−3:30"),
        ("Europe/London", AT, "London, UTC"),
        ("UTC", AT, "UTC"),
        ("Etc/GMT+3", AT, "UTC−3"),
    ],
)
def test_a_zone_is_said_by_place_and_offset(zone: str, at: datetime, said: str) -> None:
    assert dates.zone_name(zone, at) == said


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_every_zone_can_be_said(language: str) -> None:
    for zone in available_timezones():
        assert dates.zone_name(zone, AT, language).strip()
