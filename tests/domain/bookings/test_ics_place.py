"""Where an appointment is, in its file: also by phone, who calls whom and on which number."""

from __future__ import annotations

import pytest

from bookonce.domain.bookings.guest_details import Guest
from bookonce.domain.bookings.models import Booking
from tests import make
from tests.domain.bookings.test_ics import AT, both, file_of

pytestmark = pytest.mark.django_db

GIL = Guest("Gil Guest", "gil@example.net", phone="+49 30 123456")


def place_in(booking: Booking, method: str = "REQUEST", audience: str = "guest") -> str:
    one, other = both(file_of(booking, method, audience=audience))
    assert str(one["location"]) == other.location.value
    return str(one["location"])


def booked(kind: str, value: str = "", *, guest: Guest = GIL) -> Booking:
    return make.booking(make.team(location={"kind": kind, "value": value}).calendar, AT, guest=guest)


@pytest.mark.parametrize("method", ["PUBLISH", "REQUEST", "CANCEL"])
@pytest.mark.parametrize("kind", ["ask", "phone"])
def test_who_is_called_on_which_number(kind: str, method: str) -> None:
    booking = booked(kind)
    assert place_in(booking, method) == "By phone: Hana calls you on ••• 56", "the address is not proven"
    assert place_in(booking, method, "host") == "By phone: you call Gil Guest on +49 30 123456"


def test_a_number_to_call_is_called_one() -> None:
    for audience in ("guest", "host"):
        assert place_in(booked("phone", "+49 30 1, ext; 2"), audience=audience) == "Phone: +49 30 1, ext; 2"


def test_in_the_language_of_whom_it_is_for() -> None:
    german = Guest("Gil Gast", "gil@example.net", phone="+49 30 123456", language="de")
    assert place_in(booked("ask", guest=german)) == "Am Telefon: Hana ruft Sie unter ••• 56 an"
    assert place_in(booked("phone", "+49 30 1", guest=german)) == "Telefon: +49 30 1"
    assert place_in(booked("ask", guest=german), audience="host").startswith("By phone: you call Gil Gast")


def test_where_no_number_is_known_and_where_another_place_is_agreed() -> None:
    earlier = booked("ask")
    earlier.guest_phone = ""  # as programs could book it once
    assert place_in(earlier) == "By phone: Hana calls you"
    assert place_in(booked("in_person", "Main Street 1")) == "Main Street 1"
