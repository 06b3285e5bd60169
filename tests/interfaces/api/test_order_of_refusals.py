"""Refusals come in one order: 401, 403 scope, 404, 410, 403 paused, 403 not open, 422, 409."""

from __future__ import annotations

import pytest

from bookonce.domain.accounts.operations import make_key
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.links.pausing import pause_links
from tests import make
from tests.interfaces.api.conftest import Mint, Program, address_of, asked, pointers

NONSENSE = {"nonsense": True}


def code(answer: object) -> tuple[int, str]:
    body = answer.json()  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/problem+json"  # type: ignore[index]
    assert body["status"] == answer.status_code  # type: ignore[attr-defined]
    assert {"type", "title", "detail"} <= body.keys()
    return body["status"], body["code"]


@pytest.mark.parametrize("key", [None, "bko_wrong", "bko_" + "0" * 43, "x" * 500])
def test_without_a_good_key_nothing_else_matters(key: str | None, hana: make.Team) -> None:
    answer = Program(key).post("/links/lnk_nothing/revoke", NONSENSE)
    assert code(answer) == (401, "unauthorized")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_key_that_is_over_is_none(hana: make.Team) -> None:
    _, key = make_key(hana.owner, name="old", expires_at=make.NOW, by="test", now=make.NOW)
    assert code(Program(key).get("/me")) == (401, "unauthorized")


def test_scope_comes_before_the_thing(hana: make.Team) -> None:
    _, key = make_key(hana.owner, name="reader", scopes=("links:read",), by="test", now=make.NOW)
    assert code(Program(key).post("/links/lnk_nothing/revoke", NONSENSE)) == (403, "forbidden")
    assert code(Program(key).get("/links/lnk_nothing")) == (404, "link_unknown")


def test_the_thing_comes_before_the_input(program: Program, guest: Program) -> None:
    assert code(program.post("/links/lnk_nothing/revoke", NONSENSE)) == (404, "link_unknown")
    assert code(program.post("/links", {"calendar": "nothing"} | NONSENSE)) == (404, "not_found")
    assert code(program.patch("/calendars/nothing", NONSENSE)) == (404, "not_found")
    assert code(guest.post("/public/links/nothing/bookings", NONSENSE)) == (404, "link_unknown")
    assert code(program.post("/bookings", {"link": "lnk_nothing"} | NONSENSE)) == (404, "link_unknown")


def test_a_dead_link_comes_before_the_input(program: Program, guest: Program, minted: Mint) -> None:
    link = minted()
    program.post(f"/links/{link['id']}/revoke")
    for path in ("/bookings", "/holds"):
        answer = guest.post(address_of(link) + path, b"{not json")
        assert code(answer) == (410, "link_revoked")
        assert set(answer.json()["contact"]) == {"name", "email", "phone", "text"}
    assert code(guest.get(address_of(link))) == (410, "link_revoked")
    assert code(guest.get(address_of(link) + "/slots?from=nonsense")) == (410, "link_revoked")
    assert code(program.post("/bookings", {"link": link["id"]} | NONSENSE)) == (410, "link_revoked")


def test_an_expired_link_says_since_when(guest: Program, hana: make.Team) -> None:
    from bookonce.domain.links.queries import url_of

    link = make.link(hana.calendar, expires_at=make.NOW)
    answer = guest.get(address_of({"url": url_of(link)}))
    assert code(answer) == (410, "link_expired")
    assert answer.json()["expires_at"] == "2026-11-23T06:00:00Z"
    assert "Hana" in answer.json()["detail"]
    assert "23 November" in answer.json()["detail"]
    assert "{" not in answer.json()["detail"] + answer.json()["title"]


def test_not_open_comes_before_the_input(guest: Program, minted: Mint) -> None:
    link = minted(opens_at="2026-12-01T09:00:00+01:00")
    answer = guest.post(f"{address_of(link)}/bookings", NONSENSE)
    assert code(answer) == (403, "link_not_open")
    assert answer.json()["opens_at"] == "2026-12-01T08:00:00Z"


def test_paused_comes_before_not_open_and_the_input(program: Program, guest: Program, minted: Mint) -> None:
    link = minted(opens_at="2026-12-01T09:00:00+01:00")
    pause_links(by="test", now=make.NOW)
    for path in ("/bookings", "/holds"):
        answer = guest.post(address_of(link) + path, b"{not json")
        assert code(answer) == (403, "link_paused")
        assert answer.json()["contact"]["name"] == "Hana"
        assert answer.json()["detail"] == "Please contact Hana, or come back later today."
    assert code(guest.get(address_of(link))) == (403, "link_paused")
    assert code(guest.get(address_of(link) + "/slots?from=nonsense")) == (403, "link_paused")
    assert code(program.post("/bookings", {"link": link["id"]} | NONSENSE)) == (403, "link_paused")


def test_a_link_only_calendar_needs_a_link_before_the_input(program: Program, hana: make.Team) -> None:
    calendars.change_calendar(hana.calendar, visibility="link_only", by="test", now=make.NOW)
    answer = program.post("/bookings", {"calendar": hana.calendar.slug} | NONSENSE)
    assert code(answer) == (403, "link_required")


def test_the_input_comes_before_the_time(guest: Program, minted: Mint) -> None:
    address = f"{address_of(minted())}/bookings"
    assert pointers(guest.post(address, asked("2020-01-01T00:00:00Z", guest={"name": "Gil"}))) == [
        "/guest/email"
    ]


@pytest.mark.parametrize(
    "at", ["2020-01-01T00:00:00Z", "2026-11-24T09:00:01Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"]
)
def test_a_time_that_is_not_on_offer_is_taken_whatever_the_reason(
    guest: Program, minted: Mint, at: str
) -> None:
    answer = guest.post(f"{address_of(minted())}/bookings", asked(at))
    assert code(answer) == (409, "slot_taken")
    fresh = answer.json()["open"]
    assert 0 < len(fresh) <= 20
    assert set(fresh[0]) == {"starts_at", "ends_at"}


def test_other_methods_are_refused_and_the_right_ones_named(program: Program) -> None:
    answer = program("PUT", "/me")
    assert code(answer) == (405, "method_not_allowed")
    assert answer["Allow"] == "GET, HEAD, OPTIONS"
    assert program("OPTIONS", "/links")["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert program("HEAD", "/me").status_code == 200


def test_no_address_is_redirected(program: Program, minted: Mint) -> None:
    link = minted()
    for path in ("/me/", "/links/", f"/links/{link['id']}/", f"{address_of(link)}/"):
        assert code(program.get(path)) == (404, "not_found")
