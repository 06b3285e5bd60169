"""A link is minted, looked at, booked once, and dead: over the API alone."""

from __future__ import annotations

from tests import make
from tests.interfaces.api.conftest import Mint, Program, address_of, asked


def test_minted_booked_once_and_dead(program: Program, guest: Program, minted: Mint, hana: make.Team) -> None:
    link = minted(label="Deal 7", metadata={"deal": 7})
    assert link["state"] == "active"
    assert link["calendar"].startswith("cal_")
    address = address_of(link)

    seen = guest.get(address)
    assert seen.status_code == 200, seen.content
    assert seen.json()["host"] == {"name": "Hana"}
    slots = guest.get(f"{address}/slots").json()["data"]

    booked = guest.post(f"{address}/bookings", asked(slots[3]["starts_at"]))
    assert booked.status_code == 201, booked.content
    booking = booked.json()
    assert booking["starts_at"] == slots[3]["starts_at"]
    assert "/b/" in booking["manage_url"]
    assert "metadata" not in booking

    late = guest.post(f"{address}/bookings", asked(slots[5]["starts_at"]))
    assert late.status_code == 410
    assert late["Content-Type"] == "application/problem+json"
    problem = late.json()
    assert problem["code"] == "link_used"
    assert problem["contact"]["name"] == "Hana"
    assert "Hana" in problem["detail"]

    owners = program.get(f"/links/{link['id']}").json()
    assert owners["state"] == "used"
    assert owners["booking"] == booking["id"]
    assert program.get(f"/bookings/{booking['id']}").json()["metadata"] == {"deal": 7}
    kinds = [event["kind"] for event in program.get(f"/links/{link['id']}/trail").json()["data"]]
    assert kinds == ["link.minted", "booking.made"]


def test_by_key_on_a_public_calendar_then_moved_and_cancelled(program: Program, hana: make.Team) -> None:
    slots = program.get(f"/calendars/{hana.calendar.slug}/slots").json()["data"]
    booked = program.post("/bookings", asked(slots[0]["starts_at"], calendar=hana.calendar.slug))
    assert booked.status_code == 201, booked.content
    address = f"/bookings/{booked.json()['id']}"
    moved = program.post(f"{address}/move", {"starts_at": slots[9]["starts_at"]})
    assert moved.status_code == 200, moved.content
    assert moved.json()["starts_at"] == slots[9]["starts_at"]
    cancelled = program.post(f"{address}/cancel", {"reason": "ill"})
    assert cancelled.status_code == 200
    assert cancelled.json()["state"] == "cancelled"
    assert program.post(f"{address}/cancel").json() == cancelled.json()
    file = program.get(f"{address}.ics")
    assert file["Content-Type"].startswith("text/calendar")
    assert b"BEGIN:VEVENT" in file.content
