"""Times by the guest's own clock: chosen, named by place and offset, and told apart where it turns back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from bookonce.domain.bookings.models import Booking
from tests import make
from tests.interfaces.guest.conftest import Time, address_of
from tests.interfaces.guest.reading import Browser

pytestmark = pytest.mark.django_db

BACK = datetime(2026, 10, 24, 6, 0, tzinfo=UTC)


def test_the_guest_chooses_a_zone_and_it_is_kept_to_the_end(
    hana: make.Team, gil: Browser, time: Time
) -> None:
    page = gil.open(address_of(make.link(hana.calendar)))
    assert "Times shown for Berlin, UTC+1" in page.words
    page = gil.open(next(link for link in page.links if "zones=1" in link))
    assert "Berlin Germany UTC+1" in page.words
    page = gil.send(page.form("q"), q="new york")
    page = gil.open(next(link for link in page.links if "zone=America%2FNew_York" in link))
    assert "Times shown for New York, UTC−5" in page.words
    assert "01:00" in page.words
    time.passes(5)
    details = gil.pick(page, number=3)
    assert "Mon 23 November, 02:30" in details.words
    assert "New York, UTC−5" in details.words
    page = gil.book(details)
    assert Booking.objects.get().guest_zone == "America/New_York"
    booking = gil.open(next(link for link in page.links if link.count("/") == 2))
    assert "Mon 23 November, 02:30–03:00 New York, UTC−5" in booking.words


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("munich germany", "Berlin"),
        ("zz", ""),
        ("San Francisco", "Los Angeles San Francisco, United States"),
        ("germany", "Berlin"),
        ("UTC-5", "Bogotá"),
        ("sao paulo", "São Paulo"),
        ("reunion", "Réunion"),
        ("tokyo", "Tokyo"),
    ],
)
def test_a_zone_is_found_by_city_country_or_offset(
    hana: make.Team, gil: Browser, text: str, city: str
) -> None:
    page = gil.open(f"{address_of(make.link(hana.calendar))}?zones=1&day=2026-11-25&q={quote(text)}")
    assert (city or "No place is called") in page.words
    places = [link for link in page.links if "zone=" in link and "day=2026-11-25" in link]
    assert bool(places) == bool(city)


def test_the_clock_can_be_changed_and_is_kept(hana: make.Team, gil: Browser, time: Time) -> None:
    page = gil.open(address_of(make.link(hana.calendar)))
    page = gil.open(next(link for link in page.links if "clock=12" in link))
    assert "7:30 AM" in page.words
    assert any("clock=24" in link for link in page.links)
    details = gil.pick(page, number=3)
    assert "Mon 23 November, 8:30 AM" in details.words
    time.passes(5)
    assert "8:30 AM–9:00 AM" in gil.book(details).words


def test_weeks_begin_and_end_with_days_of_other_months(hana: make.Team, gil: Browser) -> None:
    page = gil.open(address_of(make.link(hana.calendar)))
    assert any("day=2026-12-06" in link for link in page.links)
    page = gil.open(f"{address_of(make.link(hana.calendar))}?month=2026-12")
    assert "Tue 1 December" in page.words, "the month begins with its own first free day"
    assert any("day=2026-11-30" in link for link in page.links)


def test_turning_the_weeks_goes_on_into_the_next_month_and_back(time: Time, db: None) -> None:
    last = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
    time.at = last.timestamp()
    address = address_of(make.link(make.team(now=last).calendar, now=last))
    page = Browser().open(address)
    assert "Mon 30 November" in page.words
    after = page.ways["week-after"]
    page = Browser().open(f"{address}?month=2026-12&day=2026-12-30")
    page = Browser().open(page.ways["week-after"])
    assert "Mon 4 January" in page.words, "the first of January was in the week before"
    before = page.ways["week-before"]
    assert "Mon 28 December" in Browser().open(before).words, "the week before, not the month's first"
    assert "Mon 7 December" in Browser().open(after).words, "the first of December was in the week before"


@pytest.mark.parametrize("zone", ["Nowhere/Else", "../../etc/passwd", "x" * 200, "localtime", ""])
def test_a_zone_that_is_none_is_the_calendars(hana: make.Team, gil: Browser, zone: str) -> None:
    page = gil.client.get(address_of(make.link(hana.calendar)), {"zone": zone})
    assert page.status_code == 200
    assert "Times shown for Berlin, UTC+1" in " ".join(page.content.decode().split())


def test_a_night_with_an_hour_twice_tells_its_times_apart(time: Time, db: None) -> None:
    time.at = BACK.timestamp()
    team = make.team(now=BACK)
    page = Browser().open(f"{address_of(make.link(team.calendar, now=BACK))}?day=2026-10-25")
    assert "Times shown for Berlin, UTC+2, later UTC+1" in page.words
    assert "02:00 (UTC+2) 02:30 (UTC+2) 02:00 (UTC+1) 02:30 (UTC+1) 03:00 (UTC+1)" in page.words
    assert len(page.form("at").choices["at"]) == 50


def test_the_second_of_two_equal_times_is_booked_as_itself(time: Time, db: None) -> None:
    time.at = BACK.timestamp()
    team, gil = make.team(now=BACK), Browser()
    page = gil.open(f"{address_of(make.link(team.calendar, now=BACK))}?day=2026-10-25")
    time.passes(5)
    page = gil.book(gil.pick(page, number=6))
    assert "Sun 25 October, 02:00–02:30 Berlin, UTC+1" in page.words
    assert Booking.objects.get().starts_at == datetime(2026, 10, 25, 1, 0, tzinfo=UTC)


def test_the_second_of_two_equal_times_is_told_where_the_first_is_taken(time: Time, db: None) -> None:
    time.at = BACK.timestamp()
    night = [{"on": "2026-10-25", "hours": [["02:30", "03:30"]]}]
    team = make.team(now=BACK, hours={}, exceptions=night)
    make.booking(team.calendar, datetime(2026, 10, 25, 0, 30, tzinfo=UTC), now=BACK)
    page = Browser().open(f"{address_of(make.link(team.calendar, now=BACK))}?day=2026-10-25")
    assert "02:30 (UTC+1) 03:00 (UTC+1)" in page.words


def test_each_day_carries_its_own_offset(time: Time, db: None) -> None:
    time.at = BACK.timestamp()
    address = address_of(make.link(make.team(now=BACK).calendar, now=BACK))
    assert "Times shown for Berlin, UTC+2 " in Browser().open(address).words
    assert "Times shown for Berlin, UTC+1 " in Browser().open(f"{address}?day=2026-10-26").words


@pytest.mark.parametrize(
    ("languages", "words"),
    [
        ("en", "08:30"),
        ("en-GB,en;q=0.9", "08:30"),
        ("en-US,en;q=0.9", "8:30 AM"),
        ("de-DE,de;q=0.9,en;q=0.8", "08:30"),
        ("xx-QQ, ;q=,,,", "08:30"),
    ],
)
def test_the_clock_is_that_of_the_readers_country(
    hana: make.Team, time: Time, languages: str, words: str
) -> None:
    page = Browser(accept_language=languages).open(address_of(make.link(hana.calendar)))
    assert words in page.words


@pytest.mark.parametrize(
    "query",
    [
        {"day": "2026-02-31"},
        {"day": "1999-01-01"},
        {"day": "9999-12-31"},
        {"month": "2026-13"},
        {"month": "2099-01"},
        {"minutes": "45"},
        {"minutes": "٣٠"},
        {"pick": "x.y.z"},
    ],
)
def test_a_strange_query_shows_the_page(hana: make.Team, gil: Browser, query: dict[str, Any]) -> None:
    answer = gil.client.get(address_of(make.link(hana.calendar)), query)
    assert answer.status_code == 200
    assert "Mon 23 November" in answer.content.decode()
