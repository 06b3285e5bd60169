"""The guest's side shows enough to book, little of the recipient, and nothing of the owner's notes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bookonce.domain.calendars import operations as calendars
from bookonce.domain.links.models import Observation
from bookonce.foundation import clock
from tests import make
from tests.interfaces.api.conftest import Mint, Program, address_of, asked, pointers

PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SECRET = {
    "label": "SECRET-label",
    "note": "SECRET-note",
    "metadata": {"k": "SECRET-data"},
    "recipient": {"name": "Gil Lastname", "email": "gil@example.net", "phone": "+49 30 123456"},
}


def test_it_shows_little_of_the_recipient(guest: Program, minted: Mint) -> None:
    answer = guest.get(address_of(minted(**SECRET, message="Hello!")))
    assert answer.json()["prefill"] == {"name": "Gil", "email": "g•••@example.net", "phone": "••• 56"}
    assert answer.json()["message"] == "Hello!"
    text = answer.content.decode()
    for hidden in ("SECRET", "Lastname", "gil@", "123456"):
        assert hidden not in text


def test_what_is_kept_is_used_and_stays_masked_in_the_answer(
    program: Program, guest: Program, minted: Mint
) -> None:
    link = minted(**SECRET)
    at = guest.get(f"{address_of(link)}/slots").json()["data"][0]["starts_at"]
    body = asked(at, guest={"name": "Gil", "email": "g•••@example.net"})
    booked = guest.post(f"{address_of(link)}/bookings", body, Idempotency_Key="k")
    assert booked.status_code == 201, booked.content
    for answer in (booked, guest.post(f"{address_of(link)}/bookings", body, Idempotency_Key="k")):
        text = answer.content.decode()
        for hidden in ("SECRET", "Lastname", "gil@", "123456"):
            assert hidden not in text
    kept = program.get(f"/bookings/{booked.json()['id']}").json()
    assert kept["guest"]["email"] == "gil@example.net"
    assert kept["guest"]["name"] == "Gil Lastname"
    assert kept["metadata"] == {"k": "SECRET-data"}


def test_a_dead_link_tells_nothing_of_its_booking(guest: Program, minted: Mint) -> None:
    link = minted(**SECRET)
    at = guest.get(f"{address_of(link)}/slots").json()["data"][0]["starts_at"]
    guest.post(
        f"{address_of(link)}/bookings", asked(at, guest={"name": "Zed Zulu", "email": "zed@example.net"})
    )
    for answer in (guest.get(address_of(link)), guest.post(f"{address_of(link)}/bookings", asked(at))):
        assert answer.status_code == 410
        text = answer.content.decode()
        for hidden in ("SECRET", "Gil", "Zed", "zed@", at, "bkg_", "lnk_"):
            assert hidden not in text


def test_a_hidden_contact_is_not_told(guest: Program, minted: Mint, hana: make.Team) -> None:
    link = minted()
    calendars.change_calendar(hana.calendar, contact={"name": "Desk", "email": ""}, by="test", now=make.NOW)
    calendars.archive_calendar(hana.calendar, by="test", now=make.NOW)
    problem = guest.get(address_of(link)).json()
    assert problem["contact"] == {"name": "Desk", "email": "", "phone": "", "text": ""}
    assert "Desk" in problem["detail"]
    assert hana.owner.person.email not in str(problem)


def test_the_links_own_terms_are_shown_and_kept(guest: Program, minted: Mint) -> None:
    link = minted(minutes=45, window={"from": "2026-12-01", "to": "2026-12-01"})
    seen = guest.get(address_of(link)).json()
    assert seen["calendar"]["minutes"] == 45
    slots = guest.get(f"{address_of(link)}/slots").json()["data"]
    assert slots[0] == {"starts_at": "2026-11-30T23:00:00Z", "ends_at": "2026-11-30T23:45:00Z"}
    assert max(slot["starts_at"] for slot in slots) < "2026-12-01T23:00:00Z"
    other = asked(slots[0]["starts_at"], minutes=30)
    assert pointers(guest.post(f"{address_of(link)}/bookings", other)) == ["/minutes"]


def test_a_hold_keeps_the_time_from_others_and_not_from_its_link(guest: Program, minted: Mint) -> None:
    mine, yours = address_of(minted()), address_of(minted())
    at = guest.get(f"{mine}/slots").json()["data"][2]["starts_at"]
    held = guest.post(f"{mine}/holds", {"starts_at": at})
    assert (held.status_code, held.json()["until"]) == (201, "2026-11-23T06:10:00Z")
    assert at not in [slot["starts_at"] for slot in guest.get(f"{yours}/slots").json()["data"]]
    taken = guest.post(f"{yours}/bookings", asked(at))
    assert (taken.status_code, taken.json()["code"]) == (409, "slot_taken")
    assert guest.post(f"{yours}/holds", {"starts_at": at}).status_code == 409
    assert guest.post(f"{mine}/bookings", asked(at)).status_code == 201


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"starts_at": "2026-11-24T10:00:00"}, "/starts_at"),
        ({"starts_at": "tomorrow"}, "/starts_at"),
        ({"starts_at": 5}, "/starts_at"),
        ({"guest": {"name": "G", "email": "gil@example.net", "zone": "Mars"}}, "/guest/zone"),
        ({"guest": {"name": "G", "email": "gil@example.net", "age": 5}}, "/guest/age"),
        ({"guest": "Gil"}, "/guest"),
        ({"guest": {}}, "/guest/name"),
        ({"minutes": 31}, "/minutes"),
        ({"answers": {"x": "y"}}, "/answers/x"),
        ({"answers": []}, "/answers"),
        ({"link": "lnk_x"}, "/link"),
    ],
)
def test_bad_input_names_the_field_and_leaves_the_link_good(
    guest: Program, minted: Mint, wrong: dict[str, Any], pointer: str
) -> None:
    link = minted()
    answer = guest.post(f"{address_of(link)}/bookings", asked("2026-11-24T09:00:00Z") | wrong)
    assert pointer in pointers(answer)
    assert guest.get(address_of(link)).json()["state"] == "active"


def test_nobody_looked_before_the_link_was_there(
    program: Program, guest: Program, minted: Mint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: make.NOW + timedelta(minutes=7))
    link = minted()
    guest.get(address_of(link), User_Agent=PERSON)
    opened = program.get(f"/links/{link['id']}").json()["opened"]
    assert opened["first_at"] == opened["last_at"] == link["created_at"] == "2026-11-23T06:07:00Z"


def test_looking_is_observed_sparsely_and_changes_nothing(
    program: Program, guest: Program, minted: Mint
) -> None:
    link = minted()
    for _ in range(3):
        guest.get(address_of(link), User_Agent=PERSON)
    guest.get(address_of(link), User_Agent="Slackbot-LinkExpanding 1.0")
    guest("HEAD", address_of(link), User_Agent="WhatsApp/2.0")
    seen = program.get(f"/links/{link['id']}")
    assert seen.json()["opened"] == {
        "people": 1,
        "robots": 1,
        "first_at": "2026-11-23T06:00:00Z",
        "last_at": "2026-11-23T06:00:00Z",
    }
    assert seen.json() | {"opened": link["opened"]} == link
    program.post(f"/links/{link['id']}/revoke")
    guest.get(address_of(link), User_Agent=PERSON)
    guest.post(f"{address_of(link)}/bookings", asked("2026-11-24T09:00:00Z"), User_Agent=PERSON)
    refused = Observation.objects.filter(kind="refused")
    assert [(one.visitor, one.reason) for one in refused] == [("person", "link_revoked")]
