"""A calendar whose free days lie far ahead: whatever its window lets be booked is found and shown."""

from __future__ import annotations

import pytest

from tests import make
from tests.interfaces.guest.conftest import address_of
from tests.interfaces.guest.reading import Browser

pytestmark = pytest.mark.django_db


def address(*days: str, window_days: int | None = None) -> str:
    exceptions = [{"on": day, "hours": [["09:00", "10:00"]]} for day in days]
    return address_of(make.link(make.team(hours={}, window_days=window_days, exceptions=exceptions).calendar))


@pytest.mark.parametrize("day", ["2027-11-24", "2028-02-10", "2028-10-30"])
def test_the_first_page_shows_the_first_free_day_however_far(gil: Browser, day: str) -> None:
    page = gil.open(address(day))
    assert page.form("at").choices["at"][0].startswith(day)
    assert "No free times" not in page.words


def test_a_month_begun_at_the_end_of_a_year_of_looking_is_shown_whole(gil: Browser) -> None:
    page = gil.open(address("2027-11-23", "2027-11-29"))
    shown = {link.partition("day=")[2][:10] for link in page.links if "day=" in link}
    assert shown >= {"2027-11-23", "2027-11-29"}


@pytest.mark.parametrize(("asked", "found"), [("2026-12", "2028-02-10"), ("2028-09", "2028-02-10")])
def test_any_month_leads_to_the_nearest_free_day(gil: Browser, asked: str, found: str) -> None:
    page = gil.open(f"{address('2028-02-10')}?month={asked}")
    assert "Next free: Thu 10 February 2028" in page.words
    assert any(found in link for link in page.links)


def test_what_the_window_does_not_reach_is_not_promised(gil: Browser) -> None:
    page = gil.open(address("2028-02-10", window_days=400))
    assert "No free times before Wed 29 December 2027." in page.words
    page = gil.open(address("2028-12-10"))
    assert "No free times before Thu 2 November 2028." in page.words, "two years are looked at, and no more"
