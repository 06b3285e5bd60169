"""Sam's program meets nothing of Hana's: it reads, writes, counts and infers nothing, on every address."""

from __future__ import annotations

import re

from bookonce.domain.links.models import Link
from bookonce.foundation import tokens
from bookonce.interfaces.api.endpoints import api
from tests import make
from tests.interfaces.api.conftest import Mint, Program, address_of, asked

BODIES = {
    "/links": {"calendar": "{calendar}"},
    "/links/batch": {"calendar": "{calendar}", "recipients": [{"name": "Gil"}]},
    "/bookings": {"calendar": "{calendar}", "starts_at": "2026-11-24T09:00:00Z"},
    "/bookings/{id}/move": {"starts_at": "2026-11-24T09:00:00Z"},
}
OWN = {("GET", "/me"), ("GET", "/calendars"), ("POST", "/calendars"), ("GET", "/links"), ("GET", "/bookings")}
OWN |= {("POST", "/links/release")}


def test_every_address_answers_404_to_a_stranger(
    program: Program, stranger: Program, minted: Mint, hana: make.Team
) -> None:
    link = minted()
    calendar = tokens.public_id("cal", hana.calendar.pk)
    booked = program.post("/bookings", asked(make.slots(hana.calendar)[0], calendar=calendar))
    names = {"calendars": calendar, "links": link["id"], "bookings": booked.json()["id"]}
    before = program.get(f"/links/{link['id']}").json()
    tried = 0
    for path, methods in api.known.items():
        for method, endpoint in methods.items():
            if endpoint.open or (method, path) in OWN:
                continue
            room = path.split("/")[1].removesuffix(".ics")
            body = {
                name: calendar if value == "{calendar}" else value
                for name, value in BODIES.get(path, {}).items()
            }
            answer = stranger(method, re.sub(r"\{id\}", names[room], path), body or None)
            assert answer.status_code == 404, (method, path, answer.content)
            unknown = {name: value[:6] + "0" * 20 for name, value in names.items()}
            other = {
                name: unknown["calendars"] if value == calendar else value for name, value in body.items()
            }
            nothing = stranger(method, re.sub(r"\{id\}", unknown[room], path), other or None)
            assert nothing.json() == answer.json(), (method, path)
            tried += 1
    assert tried >= 17
    assert program.get(f"/links/{link['id']}").json() == before


def test_a_strangers_lists_are_empty(stranger: Program, minted: Mint, hana: make.Team) -> None:
    link = minted(recipient={"name": "Gil", "email": "gil@example.net"})
    calendar = tokens.public_id("cal", hana.calendar.pk)
    assert stranger.get("/links").json() == {"data": [], "next_cursor": None}
    assert stranger.get(f"/links?calendar={calendar}").json()["data"] == []
    assert stranger.get(f"/links?contact={link['contact']}").json()["data"] == []
    assert stranger.get(f"/bookings?link={link['id']}").json()["data"] == []
    assert [one["id"] for one in stranger.get("/calendars").json()["data"]] != [calendar]


def test_a_stranger_cannot_use_hanas_contact_host_or_link(
    stranger: Program, minted: Mint, hana: make.Team, sam: make.Team
) -> None:
    link = minted(recipient={"name": "Gil", "email": "gil@example.net"})
    slug = sam.calendar.slug
    assert stranger.post("/links", {"calendar": slug, "contact": link["contact"]}).status_code == 404
    host = tokens.public_id("mem", hana.owner.pk)
    assert stranger.post("/calendars", {"name": "Mine", "hosts": [host]}).status_code == 404
    assert stranger.patch(f"/calendars/{slug}", {"hosts": [host]}).status_code == 404
    at = make.slots(sam.calendar)[0]
    assert stranger.post("/bookings", asked(at, link=link["id"])).status_code == 404


def test_the_same_idempotency_key_of_two_workspaces_are_two(
    program: Program, stranger: Program, hana: make.Team, sam: make.Team
) -> None:
    body = {"calendar": "intro-call"}
    ours = program.post("/links", body, Idempotency_Key="k").json()
    theirs = stranger.post("/links", body, Idempotency_Key="k").json()
    assert ours["id"] != theirs["id"]
    assert Link.objects.get(pk=tokens.parse_public_id("lnk", theirs["id"])).workspace_id == sam.workspace.pk


def test_a_key_opens_no_link_and_a_link_no_key(minted: Mint, hana: make.Team) -> None:
    link = minted()
    token = address_of(link).rsplit("/", 1)[1]
    assert Program(token).get("/me").status_code == 401
    assert Program(f"bko_{token}").get("/me").status_code == 401
    assert Program().get(f"/public/links/{hana.api_key}").status_code == 404
    assert Program().get(f"/public/links/{link['id']}").status_code == 404
    assert Program().get(f"/public/links/{token.swapcase()}").status_code == 404
    assert Program().get(f"/public/links/{token}x").status_code == 404
