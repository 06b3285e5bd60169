"""A scheduling link: the same pages without a link to spend, for public calendars only."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from bookonce.domain.bookings import changes
from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars import operations as calendars
from tests import make
from tests.interfaces.guest.conftest import Time, manage_of
from tests.interfaces.guest.reading import Browser

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


def test_the_confirmation_has_an_address_of_its_own(
    address: str, gil: Browser, time: Time, settings: Any
) -> None:
    page = gil.open(f"{address}?zone=Asia/Tokyo&clock=12")
    time.passes(5)
    booked = gil.book(gil.pick(page))
    own = manage_of(Booking.objects.get())
    assert booked.address.partition("?")[0] == own
    kept = "No mail was sent. Add the appointment to your calendar, and keep the address of this page:"
    for _ in range(2):
        assert (booked.status, booked.heading) == (200, "You're booked")
        assert booked.html.count('class="tick-mark"') == 1
        assert "Tokyo, UTC+9" in booked.words
        assert kept in booked.words
        assert f"{own}/booking.ics" in booked.links
        booked = gil.open(booked.address)
    settings.EMAIL_URL = "smtp://localhost"
    assert "We are sending the details to g•••@example.net." in gil.open(booked.address).words
    Booking.objects.update(state="pending")
    settings.EMAIL_URL = ""
    asked = gil.open(booked.address)
    assert asked.heading == "Your request is in."
    assert "No mail is sent. Keep the address of this page:" in asked.words
    Booking.objects.update(state="confirmed")
    change = next(link for link in booked.links if link.startswith(f"{own}?"))
    assert gil.open(change).heading == "Your appointment"
    changes.cancel(Booking.objects.get(), by="guest", now=make.NOW)
    assert gil.open(booked.address).heading == "This appointment has been cancelled."


def test_the_same_form_again_is_the_same_booking(address: str, gil: Browser, time: Time) -> None:
    page = gil.open(address)
    time.passes(5)
    details = gil.pick(page)
    first, again = gil.book(details), gil.book(details)
    assert first.heading == again.heading == "You're booked"
    assert first.address == again.address
    assert Booking.objects.count() == 1


def test_a_taken_time_offers_fresh_ones(address: str, hana: make.Team, gil: Browser, time: Time) -> None:
    page = gil.open(address)
    time.passes(5)
    details = gil.pick(page, number=3)
    make.booking(hana.calendar, make.later(90))
    page = gil.book(details)
    assert page.status == 409
    assert "That time has just gone. What you typed is kept. Here are the next free times." in page.words
    assert gil.pick(gil.open(address), number=3).heading == "Intro call"


def test_a_calendar_that_becomes_link_only_is_unknown_at_once(
    address: str, hana: make.Team, gil: Browser, time: Time
) -> None:
    page = gil.open(address)
    time.passes(5)
    details = gil.pick(page)
    calendars.change_calendar(hana.calendar, by="test", now=make.NOW, visibility="link_only")
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
