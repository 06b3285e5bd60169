"""Too many looks, guesses or tries in vain are refused for a while; dead links and winners never are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from bookonce.domain.bookings.models import Booking
from tests import make
from tests.interfaces.guest.conftest import Time, address_of
from tests.interfaces.guest.reading import Browser, Page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def strict(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.RATES = settings.RATES | {"guest": (8, 60), "unknown_token": (3, 60), "booking_tries": (2, 600)}


def test_guessing_is_slowed_down(time: Time) -> None:
    answers = [Client().get(f"/{room}/{number}") for number in range(2) for room in "oc"]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert "Please wait a moment" in answers[-1].content.decode()
    time.passes(66)
    assert Client().get("/o/again").status_code == 404


def test_looking_too_often_is_refused_for_a_while(hana: make.Team, gil: Browser) -> None:
    address = address_of(make.link(hana.calendar))
    assert [gil.open(address).status for _ in range(9)] == [200] * 8 + [429]


def test_tries_in_vain_are_counted_and_the_link_stays_good(hana: make.Team, gil: Browser, time: Time) -> None:
    page = gil.open(address_of(make.link(hana.calendar)))
    time.passes(5)
    page = gil.pick(page)
    assert [gil.book(page, email="nobody").status for _ in range(3)] == [422, 422, 429]
    time.passes(660)
    assert gil.book(page).heading == "You're booked"


def test_choosing_nothing_again_and_again_is_a_try(hana: make.Team, gil: Browser) -> None:
    form = gil.open(address_of(make.link(hana.calendar))).form("at")
    told = [gil.send(form, button=("at", "")).status for _ in range(3)]
    assert told == [422, 422, 429]


def test_the_winner_and_the_late_are_never_limited(
    hana: make.Team, gil: Browser, mara: Browser, books: Callable[..., Page]
) -> None:
    address = address_of(make.link(hana.calendar))
    late = mara.pick(mara.open(address), number=4)
    books(gil, address)
    assert {gil.open(address).status for _ in range(12)} == {200}
    assert {mara.book(late).status for _ in range(12)} == {410}
    assert Booking.objects.count() == 1
