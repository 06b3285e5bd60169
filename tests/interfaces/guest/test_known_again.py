"""The winner who presses twice, reloads, goes back or lost the answer reads their confirmation."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from bookonce.domain.bookings import changes
from bookonce.domain.bookings.models import Booking
from bookonce.domain.links.models import Observation
from bookonce.interfaces.guest.guest_request import COOKIE
from tests import make
from tests.interfaces.guest.conftest import Time, address_of
from tests.interfaces.guest.reading import Browser, Page

pytestmark = pytest.mark.django_db


def test_the_key_of_a_browser_comes_with_the_page(hana: make.Team) -> None:
    address = address_of(make.link(hana.calendar))
    morsel = Client().get(address).cookies[COOKIE]
    assert len(morsel.value) == 43
    assert (morsel["path"], morsel["samesite"], morsel["httponly"]) == ("/o/", "Lax", True)
    assert not Client().head(address).cookies


def test_a_second_press_makes_no_second_booking(hana: make.Team, gil: Browser, time: Time) -> None:
    page = gil.open(address_of(make.link(hana.calendar)))
    time.passes(5)
    details = gil.pick(page)
    assert gil.book(details).heading == gil.book(details).heading == "You're booked"
    assert Booking.objects.count() == 1


def test_opening_the_link_again_shows_the_winner_what_they_booked(
    hana: make.Team, gil: Browser, books: Callable[..., Page]
) -> None:
    address = address_of(make.link(hana.calendar))
    books(gil, address)
    page = gil.open(address)
    assert (page.status, page.heading) == (200, "You're booked")


@pytest.mark.parametrize("on", ["times", "details"])
def test_another_tab_of_the_same_guest_leads_to_what_they_booked(
    hana: make.Team, gil: Browser, books: Callable[..., Page], on: str
) -> None:
    address = address_of(make.link(hana.calendar))
    other = gil.open(address)
    if on == "details":
        other = gil.pick(other, number=7)
    books(gil, address)
    late = gil.book(other) if on == "details" else gil.pick(other, number=5)
    assert (late.status, late.heading, late.address) == (200, "You're booked", address)
    assert Booking.objects.count() == 1


def test_without_cookies_the_form_itself_is_known_again(hana: make.Team, time: Time) -> None:
    address = address_of(make.link(hana.calendar))

    def reader() -> Browser:
        return Browser()  # a new one each time: it never brings a cookie back

    page = reader().open(address)
    time.passes(5)
    details = reader().pick(page)
    assert reader().book(details).heading == "You're booked"
    again = reader().book(details)
    assert (again.status, again.heading) == (200, "You're booked")
    assert reader().open(address).status == 410
    assert Booking.objects.count() == 1


def test_another_form_in_another_browser_is_nobody_known(
    hana: make.Team, gil: Browser, mara: Browser, books: Callable[..., Page]
) -> None:
    address = address_of(make.link(hana.calendar))
    details = mara.pick(mara.open(address), number=6)
    books(gil, address)
    assert mara.book(details, name="Gil Guest", email="gil@example.net").status == 410


def test_the_winner_reads_the_state_as_it_is_now(
    hana: make.Team, gil: Browser, books: Callable[..., Page]
) -> None:
    address = address_of(make.link(hana.calendar))
    books(gil, address)
    changes.cancel(Booking.objects.get(), by="host", now=make.later(10))
    page = gil.open(address)
    assert page.heading == "This appointment has been cancelled."
    assert "We sent the details" not in page.words


def test_a_link_that_opened_again_can_be_booked_again_by_a_new_form_only(
    hana: make.Team, gil: Browser, time: Time
) -> None:
    link = make.link(hana.calendar, on_cancel="reopen")
    page = gil.open(address_of(link))
    time.passes(5)
    details = gil.pick(page)
    gil.book(details)
    changes.cancel(Booking.objects.get(), by="guest", now=make.later(1))
    assert gil.book(details).heading == "This appointment has been cancelled."
    assert gil.open(address_of(link)).heading == "Intro call"
    assert Booking.objects.count() == 1


def test_looking_leaves_an_observation_and_a_question_about_the_page_none(hana: make.Team) -> None:
    address = address_of(make.link(hana.calendar))
    Client().head(address)
    Client().options(address)
    Client().get(address, headers={"Sec-Purpose": "prefetch"})
    assert not Observation.objects.exists()
    Client().get(address, headers={"User-Agent": "Mozilla/5.0 (iPhone)"})
    assert [(seen.kind, seen.visitor) for seen in Observation.objects.all()] == [("opened", "person")]


@pytest.mark.parametrize("with_link", [True, False])
def test_an_address_passed_on_shows_nobody_elses_booking(
    with_link: bool, hana: make.Team, gil: Browser, mara: Browser, time: Time
) -> None:
    page = gil.open(address_of(make.link(hana.calendar)) if with_link else "/c/acme/intro-call")
    time.passes(5)
    details = gil.pick(page)
    copied = mara.open(details.address)
    assert gil.book(details).heading == "You're booked"
    late = mara.book(copied)
    assert late.status == (410 if with_link else 409)
    assert late.heading != "You're booked"
    assert Booking.objects.count() == 1
