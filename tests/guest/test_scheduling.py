"""A scheduling link: the same pages without a link to spend, for public calendars only."""

from __future__ import annotations

import pytest
from django.test import Client

from bookonce.bookings.models import Booking
from bookonce.calendars import operations as calendars
from tests import make
from tests.guest.conftest import Time
from tests.guest.reading import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(hana: make.Team) -> str:
    return f"/c/{hana.workspace.slug}/{hana.calendar.slug}"


def test_anybody_books_again_and_again(address: str, gil: Browser, time: Time) -> None:
    for _ in range(2):
        page = gil.open(address)
        assert "This link works once." not in page.words
        time.passes(5)
        details = gil.pick(page)
        assert "Kept for you" not in details.words
        page = gil.book(details)
        assert (page.status, page.heading) == (200, "You're booked")
        assert "used up" not in page.words
    assert Booking.objects.count() == 2


def test_the_same_form_again_is_the_same_booking(address: str, gil: Browser, time: Time) -> None:
    page = gil.open(address)
    time.passes(5)
    details = gil.pick(page)
    assert gil.book(details).heading == gil.book(details).heading == "You're booked"
    assert Booking.objects.count() == 1


def test_a_taken_time_offers_fresh_ones(address: str, hana: make.Team, gil: Browser, time: Time) -> None:
    page = gil.open(address)
    time.passes(5)
    details = gil.pick(page, number=3)
    make.booking(hana.calendar, make.later(90))
    page = gil.book(details)
    assert page.status == 409
    assert "That time has just gone. Here are the next free times." in page.words
    assert gil.pick(gil.open(address), number=3).heading == "Intro call"


def test_a_calendar_that_becomes_link_only_is_unknown_at_once(
    address: str, hana: make.Team, gil: Browser, time: Time
) -> None:
    page = gil.open(address)
    time.passes(5)
    details = gil.pick(page)
    calendars.change(hana.calendar, now=make.NOW, visibility="link_only")
    assert gil.book(details).heading == "We don't know this link."
    assert gil.open(address).status == 404
    assert not Booking.objects.exists()


def test_a_video_address_is_told_to_those_who_have_booked(db: None, gil: Browser, time: Time) -> None:
    team = make.team(location={"kind": "url", "value": "https://meet.example.org/room-77"})
    page = gil.open(f"/c/{team.workspace.slug}/{team.calendar.slug}")
    assert "Online" in page.words
    assert "room-77" not in page.html
    time.passes(5)
    assert "https://meet.example.org/room-77" in gil.book(gil.pick(page)).words


@pytest.mark.parametrize("method", ["put", "delete", "patch", "trace"])
def test_other_methods_are_not_allowed(address: str, method: str) -> None:
    answer = getattr(Client(), method)(address)
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD, POST, OPTIONS"
