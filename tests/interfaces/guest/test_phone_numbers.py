"""A guest types or pastes a number as they have it; pages show numbers as the world writes them."""

from __future__ import annotations

import pytest

from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars import operations as calendars
from tests import make
from tests.interfaces.guest.conftest import Time, address_of
from tests.interfaces.guest.reading import Browser

pytestmark = pytest.mark.django_db

MENDS = {
    "030 1": (
        "This number is too short. Enter it whole, like +49 30 123456.",
        "Diese Nummer ist zu kurz. Geben Sie sie ganz ein, etwa +49 30 123456.",
    ),
    "030 123456 ext. 7": (
        "Leave the extension out, and enter the number alone, like +49 30 123456.",
        "Lassen Sie die Durchwahl weg, und geben Sie nur die Nummer ein, etwa +49 30 123456.",
    ),
    "+999 123456": (
        "Begin the number with + and its country's code, like +49 30 123456.",
        "Beginnen Sie die Nummer mit + und der Landesvorwahl, etwa +49 30 123456.",
    ),
}


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_cannot_be_called_is_told_with_its_mend(hana: make.Team, time: Time, language: str) -> None:
    browser = Browser(accept_language=language)
    page = browser.open(address_of(make.link(hana.calendar)))
    time.passes(5)
    page = browser.pick(page)
    for text, mends in MENDS.items():
        page = browser.book(page, phone=text)
        assert page.status == 422
        assert page.words.count(mends[language == "de"]) == 2, page.words
    assert not Booking.objects.exists()


def test_a_number_is_kept_in_one_form(hana: make.Team, gil: Browser, time: Time) -> None:
    page = gil.open(address_of(make.link(hana.calendar)))
    time.passes(5)
    booked = gil.book(gil.pick(page), phone="\u202a0171\u00a012\u201134\u2011567\u202c")
    assert booked.heading == "You're booked"
    assert Booking.objects.get().guest_phone == "+491711234567"


def test_a_number_to_call_is_shown_for_abroad(db: None, gil: Browser, time: Time) -> None:
    team = make.team(location={"kind": "phone", "value": "+4930123456"})
    link = make.link(team.calendar)
    page = gil.open(address_of(link))
    assert "Phone: +49 30 123456" in page.words
    time.passes(5)
    booked = gil.book(gil.pick(page))
    assert "tel:+4930123456" in booked.links
    assert "Phone: +49 30 123456" in booked.words


def test_a_dead_link_shows_whom_to_call(hana: make.Team, gil: Browser) -> None:
    calendars.change_calendar(
        hana.calendar, contact={"name": "Desk", "phone": "+4930123456"}, by="test", now=make.NOW
    )
    page = gil.open(address_of(make.link(hana.calendar, expires_at=make.later(-60), now=make.later(-90))))
    assert page.status == 410
    assert "tel:+4930123456" in page.links
    assert "+49 30 123456" in page.words
