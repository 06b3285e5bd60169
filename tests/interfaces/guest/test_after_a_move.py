"""Whoever has moved their booking reads that it worked, and what is left to do."""

from __future__ import annotations

from typing import Any

import pytest

from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.bookings import changes
from bookonce.domain.bookings.models import Booking
from tests import make
from tests.interfaces.guest.conftest import Time, manage_of
from tests.interfaces.guest.reading import Browser, Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking(hana: make.Team) -> Booking:
    return make.booking(hana.calendar, make.later(24 * 60))


def moved(browser: Browser, booking: Booking, time: Time) -> Page:
    page = browser.pick(browser.open(f"{manage_of(booking)}/move?day=2026-11-25"), number=4)
    time.passes(3)
    return browser.send(page.form("pick"))


def test_it_is_said_with_the_new_time_and_a_tick(booking: Booking, gil: Browser, time: Time) -> None:
    page = moved(gil, booking, time)
    assert (page.heading, page.address) == (
        "Your appointment has been moved",
        f"{manage_of(booking)}?moved=1",
    )
    assert page.title.startswith("Your appointment has been moved")
    assert "tick-mark" in page.html
    assert "Wed 25 November, 02:00–02:30" in page.words
    assert "You're booked" not in page.html


def test_where_mail_is_sent_it_says_to_whom(
    booking: Booking, gil: Browser, time: Time, settings: Any
) -> None:
    settings.EMAIL_URL = "smtp://localhost:1"
    page = moved(gil, booking, time)
    assert "We are sending the new time to g•••@example.net." in page.words
    assert "the details" not in page.words
    Delivery.objects.filter(event__kind="booking.moved").update(state="done")
    assert "We sent the new time to g•••@example.net." in gil.open(page.address).words


def test_where_none_is_sent_it_says_what_to_do(
    booking: Booking, gil: Browser, time: Time, settings: Any
) -> None:
    settings.EMAIL_URL = ""
    page = moved(gil, booking, time)
    kept = "No mail was sent. Put the new time into your own calendar: the old one may still stand there."
    assert kept in page.words
    assert f"{manage_of(booking)}/booking.ics" in page.links


def test_it_is_a_word_about_a_booking_that_stands(booking: Booking, gil: Browser, time: Time) -> None:
    address = moved(gil, booking, time).address
    now = changes.move(Booking.objects.get(), starts_at=make.later(72 * 60), by="host", now=make.NOW)
    assert "Thu 26 November, 07:00–07:30" in gil.open(address).words
    changes.cancel(now, reason="", by="host", now=make.NOW)
    assert gil.open(address).heading == "This appointment has been cancelled."
    other = make.booking(booking.calendar, make.later(24 * 60))
    assert gil.open(f"{manage_of(other)}?moved=1").heading == "Your appointment", "it was never moved"
    time.passes(4 * 86400)
    assert gil.open(f"{manage_of(other)}?moved=1").heading == "This appointment is over."


def test_a_request_that_was_moved_is_still_a_request(booking: Booking, gil: Browser, time: Time) -> None:
    address = moved(gil, booking, time).address
    Booking.objects.update(state="pending")
    page = gil.open(address)
    assert page.heading == "Your request has been moved."
    assert "tick-mark" not in page.html
