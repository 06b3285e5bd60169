"""Phone numbers that programs send: dialled where the calendar or the guest is, kept in E.164."""

from __future__ import annotations

from typing import Any

import pytest

from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.links.models import Link
from tests import make
from tests.interfaces.api.conftest import Mint, Program, address_of, asked

BERLIN = "+4930123456"


def faults(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.content
    return {error["pointer"]: error["detail"] for error in answer.json()["errors"]}


def test_a_recipients_number_is_dialled_where_the_calendar_is(program: Program, minted: Mint) -> None:
    link = minted(recipient={"name": "Gil", "phone": "030 12 34 56"}, prefill={"phone": "0049 (0)30 123456"})
    assert link["recipient"]["phone"] == BERLIN
    assert link["prefill"]["phone"] == BERLIN
    changed = program.patch(f"/links/{link['id']}", {"recipient": {"phone": "tel:+44-20-7946-0958"}})
    assert changed.json()["recipient"]["phone"] == "+442079460958"


def test_a_table_of_recipients(program: Program) -> None:
    table = b"name,phone\nGil,030 123456\nMara,+44 (0)20 7946 0958\n"
    made = program.post("/links/batch?calendar=intro-call", table, Content_Type="text/csv")
    numbers = [link["recipient"]["phone"] for link in made.json()["data"]]
    assert numbers == [BERLIN, "+442079460958"]
    wrong = program.post(
        "/links/batch", {"calendar": "intro-call", "recipients": [{"phone": BERLIN}, {"phone": "+49 30"}]}
    )
    assert faults(wrong) == {
        "/recipients/1/phone": "This number is too short. Enter it whole, like +49 30 123456."
    }


def test_a_calendar_whose_zone_lies_in_no_country_needs_the_countrys_code(program: Program) -> None:
    body = {"name": "Anywhere", "contact": {"phone": "030 123456"}, "location": {"kind": "phone"}}
    wanted = "Begin the number with + and its country's code, like +49 30 123456."
    assert faults(program.post("/calendars", body)) == {"/contact/phone": wanted}
    assert faults(program.post("/calendars", body | {"zone": "Atlantis"})) == {
        "/contact/phone": wanted,
        "/zone": "Choose a time zone like Europe/Berlin.",
    }
    made = program.post("/calendars", body | {"zone": "Europe/Berlin"})
    assert made.json()["contact"]["phone"] == BERLIN
    moved = program.patch(f"/calendars/{made.json()['id']}", {"contact": {"phone": "(030) 123456"}})
    assert moved.json()["contact"]["phone"] == BERLIN


def test_a_place_by_phone_is_a_number(program: Program) -> None:
    there = "/calendars/intro-call"
    made = program.patch(there, {"location": {"kind": "phone", "value": "030/123456"}})
    assert made.json()["location"] == {"kind": "phone", "value": BERLIN}
    wrong = program.patch(there, {"location": {"kind": "phone", "value": "030 123456 Durchwahl 7"}})
    assert faults(wrong) == {
        "/location/value": "Leave the extension out, and enter the number alone, like +49 30 123456."
    }
    assert program.patch(there, {"location": {"kind": "text", "value": "Room 7"}}).status_code == 200


def test_what_was_kept_before_may_be_sent_again_as_it_was_read(program: Program, hana: make.Team) -> None:
    old = {"location": {"kind": "phone", "value": "Ring twice"}, "contact": {"name": "", "phone": "1" * 16}}
    calendars.change_calendar(hana.calendar, **old, by="test", now=make.NOW)
    assert program.patch("/calendars/intro-call", old).status_code == 200
    assert program.get("/calendars/intro-call").json()["location"]["value"] == "Ring twice"
    link = make.link(hana.calendar, recipient_phone="12-34", location=old["location"])
    [read] = program.get("/links").json()["data"]
    again = {name: read[name] for name in ("recipient", "location")}
    assert program.patch(f"/links/{read['id']}", again).status_code == 200
    link.refresh_from_db()
    assert link.recipient_phone == "12-34"
    assert faults(program.patch(f"/links/{read['id']}", {"recipient": {"phone": "12-3"}}))


@pytest.mark.parametrize(
    ("zone", "phone", "kept"),
    [
        (None, "030 123456", BERLIN),
        ("America/New_York", "(212) 555-0100", "+12125550100"),
        ("UTC", "030 123456", BERLIN),
        ("UTC", "+33 6 12 34 56 78", "+33612345678"),
    ],
)
def test_a_guests_number_is_dialled_where_they_are(
    guest: Program, minted: Mint, zone: str | None, phone: str, kept: str
) -> None:
    there = address_of(minted())
    at = guest.get(f"{there}/slots").json()["data"][0]["starts_at"]
    who = {"name": "Zed Zulu", "email": "zed@example.net", "phone": phone, "zone": zone}
    booked = guest.post(f"{there}/bookings", asked(at, guest=who))
    assert booked.status_code == 201, booked.content
    assert booked.json()["guest"]["phone"] == kept, "who says it reads it whole"
    assert Booking.objects.get().guest_phone == kept


def test_what_the_link_knew_stays_masked(guest: Program, minted: Mint) -> None:
    there = address_of(minted(recipient={"name": "Gil", "email": "gil@example.net", "phone": BERLIN}))
    at = guest.get(f"{there}/slots").json()["data"][0]["starts_at"]
    booked = guest.post(f"{there}/bookings", asked(at, guest={"phone": "••• 56"}))
    assert booked.json()["guest"]["phone"] == "••• 56"
    assert Booking.objects.get().guest_phone == BERLIN
    assert Link.objects.get().recipient_phone == BERLIN
