"""Where an appointment came to nothing, whoever may book that calendar anyway is led to its times."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookonce.domain.bookings import changes
from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars import operations as calendars
from tests import make
from tests.interfaces.guest.conftest import Time, address_of, manage_of
from tests.interfaces.guest.reading import Browser

pytestmark = pytest.mark.django_db

WAY = "To make another appointment, choose a time or contact Hana."
ONLY_BY_CONTACT = "To make another appointment, please contact Hana."


@pytest.fixture
def booking(hana: make.Team) -> Booking:
    return make.booking(hana.calendar, make.later(24 * 60))


def public(team: make.Team) -> str:
    return f"/c/{team.workspace.slug}/{team.calendar.slug}"


@pytest.mark.parametrize("state", ["cancelled", "declined", "lapsed"])
def test_the_page_of_a_public_calendar_is_one_press_away(
    hana: make.Team, booking: Booking, gil: Browser, state: str
) -> None:
    Booking.objects.filter(pk=booking.pk).update(state=state)
    page = gil.open(f"{manage_of(booking)}?zone=Asia/Tokyo")
    assert WAY in page.words
    assert "Choose another time" in page.words
    there = next(link for link in page.links if link.startswith(public(hana)))
    assert "zone=Asia%2FTokyo" in there, "by the guest's own clock"
    assert gil.open(there).form("at").choices["at"]


def test_so_it_is_after_it_is_over(hana: make.Team, booking: Booking, gil: Browser, time: Time) -> None:
    time.passes(timedelta(days=2).total_seconds())
    page = gil.open(manage_of(booking))
    assert page.heading == "This appointment is over."
    assert public(hana) in page.links


def test_while_it_stands_it_is_moved_instead(hana: make.Team, booking: Booking, gil: Browser) -> None:
    assert not any(link.startswith("/c/") for link in gil.open(manage_of(booking)).links)


@pytest.mark.parametrize("gone", ["link_only", "archived"])
def test_a_calendar_that_nobody_may_book_is_not_shown(
    hana: make.Team, booking: Booking, gil: Browser, gone: str
) -> None:
    changes.cancel(booking, reason="", by="guest", now=make.NOW)
    if gone == "archived":
        calendars.archive_calendar(hana.calendar, by="test", now=make.NOW)
    else:
        calendars.change_calendar(hana.calendar, visibility="link_only", by="test", now=make.NOW)
    page = gil.open(manage_of(booking))
    assert ONLY_BY_CONTACT in page.words
    assert "/c/" not in page.html
    assert hana.calendar.slug not in page.html


def test_what_becomes_of_a_used_link_is_its_owners_choice(hana: make.Team, gil: Browser) -> None:
    booking = make.booking(hana.calendar, make.later(24 * 60), link=make.link(hana.calendar))
    changes.cancel(booking, reason="", by="guest", now=make.NOW)
    page = gil.open(manage_of(booking))
    assert ONLY_BY_CONTACT in page.words
    assert public(hana) not in page.html


def test_a_link_that_is_good_again_is_the_way_and_its_address_is_not_told(
    hana: make.Team, gil: Browser
) -> None:
    link = make.link(hana.calendar, on_cancel="reopen")
    booking = make.booking(hana.calendar, make.later(24 * 60), link=link)
    changes.cancel(booking, reason="", by="guest", now=make.NOW)
    page = gil.open(manage_of(booking))
    assert "Your link is good again: open it to choose another time." in page.words
    assert not page.links
    assert address_of(link) not in page.html
