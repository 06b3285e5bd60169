"""Bookings by key: on a public calendar or with a link, listed, filed, moved and cancelled."""

from __future__ import annotations

import pytest

from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars import operations as calendars
from tests import make
from tests.interfaces.api.conftest import Mint, Program, address_of, asked, pointers


def test_with_a_link_it_is_spent(program: Program, minted: Mint, hana: make.Team) -> None:
    calendars.change_calendar(hana.calendar, visibility="link_only", by="test", now=make.NOW)
    link = minted(metadata={"deal": 7})
    at = make.slots(hana.calendar)[0]
    booking = program.post("/bookings", asked(at, link=link["id"], calendar="intro-call"))
    assert booking.status_code == 201, booking.content
    assert (booking.json()["link"], booking.json()["metadata"]) == (link["id"], {"deal": 7})
    late = program.post("/bookings", asked(at, link=link["id"]))
    assert (late.status_code, late.json()["code"]) == (410, "link_used")


def test_somebody_must_be_named(program: Program) -> None:
    assert pointers(program.post("/bookings", asked("2026-11-24T09:00:00Z"))) == ["/link"]


def test_lists_are_filtered(program: Program, minted: Mint, hana: make.Team) -> None:
    link, slots = minted(), make.slots(hana.calendar, 60)
    first = program.post("/bookings", asked(slots[0], calendar="intro-call")).json()["id"]
    second = program.post("/bookings", asked(slots[50], link=link["id"])).json()["id"]
    program.post(f"/bookings/{first}/cancel")

    def ids(query: str) -> list[str]:
        return [booking["id"] for booking in program.get(f"/bookings?{query}").json()["data"]]

    assert ids("") == [second, first]
    assert ids("state=cancelled") == [first]
    assert ids(f"link={link['id']}") == [second]
    assert ids("calendar=intro-call") == [second, first]
    assert ids(f"from={slots[50]:%Y-%m-%dT%H:%M:%SZ}") == [second]
    assert ids(f"to={slots[50]:%Y-%m-%dT%H:%M:%SZ}") == [first]
    assert pointers(program.get("/bookings?state=gone")) == ["/state"]


def test_a_move_is_refused_in_the_right_words(program: Program, hana: make.Team) -> None:
    slots = make.slots(hana.calendar)
    one = program.post("/bookings", asked(slots[0], calendar="intro-call")).json()
    program.post("/bookings", asked(slots[1], calendar="intro-call"))
    path = f"/bookings/{one['id']}/move"
    taken = program.post(path, {"starts_at": f"{slots[1]:%Y-%m-%dT%H:%M:%SZ}"})
    assert (taken.status_code, taken.json()["code"]) == (409, "slot_taken")
    assert taken.json()["open"]
    assert program.post(path, {"starts_at": one["starts_at"]}).json()["sequence"] == 0
    assert pointers(program.post(path)) == ["/starts_at"]
    program.post(f"/bookings/{one['id']}/cancel")
    late = program.post(path, {"starts_at": f"{slots[3]:%Y-%m-%dT%H:%M:%SZ}"})
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")


def test_a_cancelled_booking_gives_the_link_back_where_its_owner_chose_so(
    program: Program, guest: Program, minted: Mint, hana: make.Team
) -> None:
    link = minted(on_cancel="reopen")
    at = make.slots(hana.calendar)[0]
    booking = program.post("/bookings", asked(at, link=link["id"])).json()
    cancelled = program.post(f"/bookings/{booking['id']}/cancel", {"reason": "ill\r\nBcc: x"}).json()
    assert (cancelled["state"], cancelled["cancel_reason"]) == ("cancelled", "ill Bcc: x")
    assert guest.get(address_of(link)).json()["state"] == "active"


def test_the_file_by_name_and_by_accept(program: Program, hana: make.Team) -> None:
    booking = program.post("/bookings", asked(make.slots(hana.calendar)[0], calendar="intro-call")).json()
    path = f"/bookings/{booking['id']}"
    for file in (program.get(f"{path}.ics"), program.get(path, Accept="text/calendar")):
        assert file.status_code == 200
        assert file["Content-Type"].startswith("text/calendar")
        assert booking["uid"].encode() in file.content.replace(b"\r\n ", b"")
    assert program.get("/bookings/bkg_nothing.ics").status_code == 404


@pytest.mark.parametrize(
    ("accepted", "is_file"),
    [
        ("text/calendar; method=PUBLISH", True),
        ("text/calendar, application/json", True),
        ("application/json;q=0.5, text/calendar", True),
        ("text/calendar;q=0.5, application/json", False),
        ("text/calendar; method=PUBLISH; q=0.5, text/html", False),
        ("text/calendar;q=0", False),
        # Django's own reading of the header raises at this.
        ("text/calendar;q*=0utf-8''1", True),
        ("text/calendar; q=0, */*", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_the_file_is_sent_where_it_is_preferred(
    program: Program, hana: make.Team, accepted: str, is_file: bool
) -> None:
    booking = program.post("/bookings", asked(make.slots(hana.calendar)[0], calendar="intro-call")).json()
    answer = program.get(f"/bookings/{booking['id']}", Accept=accepted)
    assert answer["Content-Type"].startswith("text/calendar") == is_file


def test_a_key_that_cancels_is_named_in_the_trail(program: Program, hana: make.Team, minted: Mint) -> None:
    link = minted(on_cancel="reopen")
    at = make.slots(hana.calendar)[0]
    made = program.post("/bookings", asked(at, link=link["id"])).json()
    program.post(f"/bookings/{made['id']}/cancel")
    key = program.get("/me").json()["key"]["id"]
    trail = program.get(f"/links/{link['id']}/trail").json()["data"]
    assert {event["kind"]: event["by"] for event in trail[-2:]} == {
        "booking.cancelled": key,
        "link.reopened": key,
    }
    assert Booking.objects.get().cancelled_by == "host"


def test_who_is_to_be_called_leaves_a_number(program: Program, guest: Program, hana: make.Team) -> None:
    calendars.change_calendar(hana.calendar, location={"kind": "ask", "value": ""}, by="test", now=make.NOW)
    at = make.slots(hana.calendar)[0]
    link = program.post("/links", {"calendar": "intro-call"}).json()
    by_key, public = asked(at, link=link["id"]), asked(at)
    assert pointers(program.post("/bookings", by_key)) == ["/guest/phone"]
    assert pointers(guest.post(f"{address_of(link)}/bookings", public)) == ["/guest/phone"]
    assert guest.get(address_of(link)).json()["state"] == "active"
    public["guest"] = public["guest"] | {"phone": "+49 30 123456"}
    assert guest.post(f"{address_of(link)}/bookings", public).status_code == 201
