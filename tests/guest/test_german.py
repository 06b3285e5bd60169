"""A guest whose browser asks for German reads German: pages, refusals, and the letters afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from bookonce.bookings import letters
from bookonce.outbox.models import Delivery
from tests import make
from tests.guest.conftest import Time, address_of
from tests.guest.reading import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def greta(time: Time) -> Browser:
    return Browser(accept_language="de-DE,de;q=0.9,en;q=0.5")


def test_from_the_times_to_the_letter(hana: make.Team, greta: Browser, time: Time) -> None:
    address = address_of(make.link(hana.calendar))
    page = greta.open(address)
    assert '<html lang="de"' in page.html
    assert "Dieser Link gilt einmal." in page.words
    assert "Mo, 23. November" in page.words
    time.passes(5)
    details = greta.pick(page)
    wrong = greta.book(details, email="niemand")
    assert wrong.status == 422
    assert "Das ist keine E-Mail-Adresse." in wrong.words
    booked = greta.book(wrong, name="Greta Gast", email="greta@example.net")
    assert booked.heading == "Ihr Termin steht"
    letter = letter_to("greta@example.net")
    assert letter["Subject"].startswith("Gebucht: ")
    assert letter["Content-Language"] == "de-DE"
    text = letter.get_body(("plain",)).get_content()
    assert "Guten Tag Greta Gast," in text
    assert "Verschieben oder absagen: http" in text


def test_a_dead_link(hana: make.Team, greta: Browser, mara: Browser, books: Any) -> None:
    address = address_of(make.link(hana.calendar))
    books(mara, address)
    page = greta.open(address)
    assert page.heading == "Dieser Link ist schon eingelöst."
    assert "Für einen weiteren Termin wenden Sie sich bitte an Hana." in page.words
    assert greta.open("/o/unknown").heading == "Wir kennen diesen Link nicht."


def letter_to(address: str) -> Any:
    delivery = Delivery.objects.select_related("event").get(to=address)
    return letters.compose(
        delivery.event, audience="guest", to=address, manage_url="http://x/b/y", now=make.NOW
    )
