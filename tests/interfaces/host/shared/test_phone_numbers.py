"""Numbers at the desk: typed as the owner has them, kept in one form, shown and found in every form."""

from __future__ import annotations

import pytest
from django.test import Client

from bookonce.domain.bookings.guest_details import Guest
from bookonce.domain.bookings.models import Booking
from bookonce.domain.links.models import Link
from bookonce.foundation import tokens
from bookonce.interfaces.host.links.forms import parse_recipient, recipient_doubts
from tests import make
from tests.interfaces.host.calendars.test_calendar_form import address as form_of
from tests.interfaces.host.calendars.test_calendar_form import opened
from tests.interfaces.host.links.test_share import mint

pytestmark = pytest.mark.django_db

KEPT, SHOWN = "+4930123456", "+49 30 123456"


@pytest.mark.parametrize(
    ("text", "name", "phone"),
    [
        ("Gil Guest 030\u00a0123\u2011456", "Gil Guest", "030 123\u2011456"),
        ("Gil Guest, tel:+49-30-123456", "Gil Guest", "tel:+49-30-123456"),
        ("Gil \u202a+49 30 123456\u202c", "Gil", "+49 30 123456"),
        ("Gil 212 555 0100 ext. 12", "Gil", "212 555 0100 ext. 12"),
        ("Gil Guest, 030 / 12 34 56", "Gil Guest", "030 / 12 34 56"),
    ],
)
def test_a_number_is_told_from_a_name_as_it_is_copied(text: str, name: str, phone: str) -> None:
    assert parse_recipient(text) == {"name": name, "email": "", "phone": phone}
    assert not list(recipient_doubts(text))


def test_share_keeps_one_form_and_shows_it_for_abroad(desk: Client, hana: make.Team) -> None:
    answer = mint(desk, hana, **{"for": "Gil, 030\u00a0123\u2011456"})
    link = Link.objects.get()
    assert (link.recipient_name, link.recipient_phone) == ("Gil", KEPT)
    assert f"sms:{KEPT}" in desk.get(answer.headers["Location"]).content.decode()
    page = f"/links/{tokens.public_id('lnk', link.pk)}"
    assert SHOWN in desk.get(page).content.decode()
    assert f'value="{SHOWN}"' in desk.get(f"{page}/edit").content.decode()


def test_share_names_the_mend_at_the_field(desk: Client, hana: make.Team) -> None:
    page = mint(desk, hana, **{"for": "Gil, 030 123456 ext. 12"}).content.decode()
    assert "Leave the extension out, and enter the number alone, like +49 30 123456." in page
    assert not Link.objects.exists()


@pytest.mark.parametrize("typed", ["030 123456", "+49 30 123456", "0049 30 12", "30/1234", KEPT, "123456"])
def test_a_link_is_found_by_its_number_however_it_is_typed(desk: Client, hana: make.Team, typed: str) -> None:
    make.link(hana.calendar, recipient_phone=KEPT, label="The one")
    make.link(hana.calendar, recipient_phone="+4940999999", label="Another")
    page = desk.get(f"{form_of(hana.calendar)}/links", {"q": typed}).content.decode()
    assert SHOWN in page
    assert "+49 40 999999" not in page


def test_a_calendars_numbers(desk: Client, hana: make.Team) -> None:
    path = form_of(hana.calendar)
    typed = opened(desk, path) | {
        "place": "phone",
        "place_value": "030 123456",
        "contact_phone": "030/123456",
    }
    assert desk.post(path, typed).status_code == 303
    hana.calendar.refresh_from_db()
    assert hana.calendar.location["value"] == hana.calendar.contact["phone"] == KEPT
    shown = opened(desk, path)
    assert (shown["place_value"], shown["contact_phone"]) == ([SHOWN], [SHOWN])
    assert desk.post(path, shown).status_code == 303


def test_a_booking_shows_the_number_to_press(desk: Client, hana: make.Team) -> None:
    make.booking(hana.calendar, guest=Guest("Gil Guest", "gil@example.net", "030 123456"))
    booking = Booking.objects.get()
    assert booking.guest_phone == KEPT
    page = desk.get(f"/bookings/{tokens.public_id('bkg', booking.pk)}").content.decode()
    assert f'href="tel:{KEPT}" dir="ltr">{SHOWN}</a>' in page
    Booking.objects.update(guest_phone="12 34, ask for Gil")
    assert (
        "12 34, ask for Gil" in desk.get(f"/bookings/{tokens.public_id('bkg', booking.pk)}").content.decode()
    )
