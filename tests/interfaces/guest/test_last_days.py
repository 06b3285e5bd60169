"""Every day of a year has its page of times, and goes on to the next week: also a month's first and last."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.interfaces.guest.conftest import Time, address_of
from tests.interfaces.guest.reading import Browser, Page

pytestmark = pytest.mark.django_db

OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
DAYS = [
    datetime(2026, 11, 30, 8, 18, tzinfo=UTC),  # a Monday: its week goes on in the next month
    datetime(2026, 11, 30, 23, 30, tzinfo=UTC),  # the first of December in Berlin
    datetime(2026, 12, 1, 6, 0, tzinfo=UTC),
    datetime(2026, 12, 31, 16, 30, tzinfo=UTC),  # no time is left this year
    datetime(2027, 1, 1, 6, 0, tzinfo=UTC),
    datetime(2027, 1, 31, 12, 0, tzinfo=UTC),  # a Sunday: the week ends with the month
    datetime(2027, 2, 1, 6, 0, tzinfo=UTC),
    datetime(2027, 2, 28, 23, 59, tzinfo=UTC),
    datetime(2027, 3, 27, 6, 0, tzinfo=UTC),  # the day before Berlin's clocks go on
    datetime(2027, 3, 28, 0, 59, tzinfo=UTC),
    datetime(2027, 10, 30, 6, 0, tzinfo=UTC),  # the day before they go back
    datetime(2027, 10, 31, 0, 59, tzinfo=UTC),  # the first of the two hours, and a month's last day
    datetime(2028, 2, 29, 6, 0, tzinfo=UTC),
]


def team_at(time: Time, now: datetime, **terms: object) -> str:
    """The address of a link to a calendar with office hours, at this instant."""
    time.at = now.timestamp()
    return address_of(make.link(make.team(now=now, **{"hours": OFFICE} | terms).calendar, now=now))


def day_of(page: Page) -> date:
    """The day whose times are shown, as its form says."""
    return date.fromisoformat(page.form("at").values["day"])


def week_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


@pytest.mark.parametrize("now", DAYS, ids=lambda now: f"{now:%Y-%m-%dT%H:%M}")
def test_it_opens_on_the_first_free_day_and_goes_on_week_by_week(time: Time, now: datetime) -> None:
    gil = Browser(accept_language="en-GB")
    page = gil.open(team_at(time, now))
    first = day_of(page)
    assert page.form("at").choices["at"][0] > f"{now:%Y-%m-%dT%H:%M}"
    assert first <= now.date() + timedelta(days=3), "after a weekend at most"
    for weeks in range(1, 8):
        page = gil.open(page.ways["week-after"])
        assert day_of(page) == week_of(first) + timedelta(weeks=weeks)
    for weeks in range(6, 0, -1):
        page = gil.open(page.ways["week-before"])
        assert day_of(page) == week_of(first) + timedelta(weeks=weeks)
    page = gil.open(page.ways["week-before"])
    assert day_of(page) == first
    assert "week-before" not in page.ways or week_of(now.date()) < week_of(first)
    time.passes(5)
    assert gil.book(gil.pick(page)).heading == "You're booked"


@pytest.mark.parametrize("now", DAYS[:1])
def test_a_week_without_free_times_leads_to_the_month(time: Time, now: datetime) -> None:
    holidays = [{"on": f"2026-12-{day:02}", "hours": []} for day in range(7, 12)]
    page = Browser(accept_language="en-GB").open(team_at(time, now, exceptions=holidays))
    assert "month=2026-12" in page.ways["week-after"]
    assert "whole" not in page.ways["week-after"], "where times are a week stays a week"


def test_the_week_of_today_has_none_before_it(time: Time) -> None:
    gil = Browser(accept_language="en-GB")
    page = gil.open(f"{team_at(time, DAYS[0])}?day=2026-12-01")
    assert "week-before" not in page.ways, "it begins with today, in the month before"
    assert "day=2026-11-30" in page.html


@pytest.mark.parametrize("query", ["", "?day=2026-11-30", "?day=2026-12-01", "?day=2026-12-31"])
def test_the_week_beside_costs_no_statement(time: Time, query: str) -> None:
    address = team_at(time, DAYS[0]) + query
    Browser().open(address)
    with CaptureQueriesContext(connection) as asked:
        Browser().open(address)
    assert len(asked) <= 3, [each["sql"] for each in asked.captured_queries]


def test_the_fullest_page_is_light(time: Time) -> None:
    """A guest from afar loads it twice, the second time by their own clock, and all else in 11 kB."""
    address = team_at(time, datetime(2027, 1, 1, 5, 0, tzinfo=UTC))
    gil = Browser(accept_language="en-US")
    assert sum(len(gil.open(address + zone).html) for zone in ("", "?zone=America/New_York")) < 18_000


def test_a_first_day_far_ahead_in_a_months_last_week_goes_on(time: Time) -> None:
    gil = Browser(accept_language="en-GB")
    page = gil.open(team_at(time, datetime(2026, 11, 2, 6, 0, tzinfo=UTC), notice_minutes=27 * 24 * 60))
    assert day_of(page) == date(2026, 11, 30)
    assert day_of(gil.open(page.ways["week-after"])) == date(2026, 12, 7)
