"""The zone that a guest has chosen goes with them, from the first page to the last."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from bookonce.domain.bookings.models import Booking
from bookonce.domain.diary.models import Hold
from bookonce.interfaces.guest.booking_flow import chosen_instant
from tests import make
from tests.interfaces.guest.conftest import Time, address_of, manage_of
from tests.interfaces.guest.reading import Browser

pytestmark = pytest.mark.django_db

TOKYO = "?zone=Asia/Tokyo"


@pytest.fixture
def booking(hana: make.Team) -> Booking:
    return make.booking(hana.calendar, make.later(24 * 60), link=make.link(hana.calendar))


def zone_in(address: str) -> str:
    return parse_qs(urlsplit(address).query).get("zone", [""])[0]


def test_the_confirmation_is_shown_by_the_clock_of_the_choice(
    hana: make.Team, gil: Browser, time: Time
) -> None:
    address = address_of(make.link(hana.calendar))
    page = gil.open(address + TOKYO)
    time.passes(5)
    details = gil.pick(page)
    assert "Tokyo, UTC+9" in details.words
    page = gil.book(details)
    assert page.heading == "You're booked"
    assert "Tokyo, UTC+9" in page.words
    assert Booking.objects.get().guest_zone == "Asia/Tokyo"
    for again in (gil.open(address), gil.open(page.address), gil.book(details)):
        assert again.heading == "You're booked"
        assert "Tokyo, UTC+9" in again.words
    assert "New York" in gil.open(f"{address}?zone=America/New_York").words


def test_a_lost_time_and_a_wrong_form_keep_the_zone(hana: make.Team, gil: Browser, time: Time) -> None:
    page = gil.open(address_of(make.link(hana.calendar)) + TOKYO)
    details = gil.pick(page)
    hasty = gil.book(details)
    assert (hasty.status, "Tokyo, UTC+9" in hasty.words) == (422, True)
    time.passes(5)
    wrong = gil.book(details, email="nobody")
    assert (wrong.status, "Tokyo, UTC+9" in wrong.words) == (422, True)
    Hold.objects.all().delete()
    make.booking(hana.calendar, chosen_instant(page.form("at").choices["at"][2]))
    lost = gil.book(details)
    assert (lost.status, "Tokyo, UTC+9" in lost.words) == (409, True)
    assert {zone_in(link) for link in lost.links} == {"Asia/Tokyo"}


def test_moving_and_cancelling_keep_the_zone_that_was_asked_for(
    booking: Booking, gil: Browser, time: Time
) -> None:
    page = gil.open(manage_of(booking) + TOKYO)
    moving, cancelling = (link for link in page.links if "/move" in link or "/cancel" in link)
    page = gil.pick(gil.open(moving), number=4)
    assert "Tokyo, UTC+9" in page.words
    time.passes(3)
    page = gil.send(page.form("pick"))
    assert (page.heading, "Tokyo, UTC+9" in page.words) == ("Your appointment has been moved", True)
    page = gil.open(cancelling)
    time.passes(3)
    page = gil.send(page.form("reason"), reason="none")
    assert page.heading == "This appointment has been cancelled."
    assert "Tokyo, UTC+9" in page.words


def test_a_guest_from_afar_can_ask_for_the_zone_of_the_calendar(booking: Booking, gil: Browser) -> None:
    Booking.objects.update(guest_zone="Asia/Tokyo")
    page = gil.open(f"{manage_of(booking)}/move?zone=Europe/Berlin")
    assert "Berlin, UTC+1" in page.words
    assert {zone_in(link) for link in page.links} == {"Europe/Berlin"}
