"""A VTIMEZONE, read by a stranger, gives the same offsets as the tz database."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil.tz import tzical

from bookonce.domain.bookings.vtimezone import vtimezone_of

EVERY = sorted(available_timezones() - {"Factory", "localtime", "posixrules"})
ZONES = EVERY if os.environ.get("BOOKONCE_TEST_FULL") else EVERY[::15]


def offsets_as_read(zone: str, year: int, moments: list[datetime]) -> list[timedelta | None]:
    text = vtimezone_of(zone, year).to_ical().decode().replace("\r\n", "\n")
    read = tzical(io.StringIO(text)).get(zone)
    return [moment.replace(tzinfo=read).utcoffset() for moment in moments]


def clear_walls(zone: str, year: int) -> list[datetime]:
    """Readings of the clock that mean one instant, all through the year and around every change in it."""
    info, found = ZoneInfo(zone), []
    moment = datetime(year, 1, 1, tzinfo=UTC)
    while moment.year == year:
        after = moment + timedelta(hours=19)
        near = [moment]
        if moment.astimezone(info).utcoffset() != after.astimezone(info).utcoffset():
            near += [moment + timedelta(minutes=30 * step) for step in range(39)]
        for at in near:
            wall = at.astimezone(info)
            if wall.replace(fold=0).utcoffset() == wall.replace(fold=1).utcoffset():
                found.append(wall.replace(tzinfo=None, fold=0))
        moment = after
    return found


@pytest.mark.parametrize("zone", ZONES)
def test_every_zone_is_told_as_it_is(zone: str) -> None:
    walls = clear_walls(zone, 2026)
    expected = [wall.replace(tzinfo=ZoneInfo(zone)).utcoffset() for wall in walls]
    assert offsets_as_read(zone, 2026, walls) == expected


@pytest.mark.parametrize("year", [2021, 2027, 2030, 2036])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Gaza"])
def test_other_years_too(zone: str, year: int) -> None:
    walls = clear_walls(zone, year)
    expected = [wall.replace(tzinfo=ZoneInfo(zone)).utcoffset() for wall in walls]
    assert offsets_as_read(zone, year, walls) == expected


def test_berlin_is_written_as_two_rules() -> None:
    lines = vtimezone_of("Europe/Berlin", 2026).to_ical().decode().split("\r\n")
    assert lines.count("BEGIN:STANDARD") == lines.count("BEGIN:DAYLIGHT") == 1
    assert "DTSTART:20250330T020000" in lines
    assert "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in lines
    assert "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10" in lines
