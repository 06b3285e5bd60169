"""With If-Match a change acts only on what its caller has seen."""

from __future__ import annotations

from tests.interfaces.api.conftest import Mint, Program, address_of

PATHS = ("/calendars/intro-call", "/links/{id}")


def test_what_has_changed_meanwhile_is_left_alone(program: Program, minted: Mint) -> None:
    link = minted()
    for path, field in (("/calendars/intro-call", "description"), (f"/links/{link['id']}", "note")):
        etag = program.get(path)["ETag"]
        first = program.patch(path, {field: "first"}, If_Match=etag)
        assert first.status_code == 200
        assert first["ETag"] == program.get(path)["ETag"] != etag
        second = program.patch(path, {field: "second"}, If_Match=etag)
        assert (second.status_code, second.json()["code"]) == (412, "wrong_state")
        assert program.get(path).json()[field] == "first"
        assert program.patch(path, {field: "third"}, If_Match=f'"other", {first["ETag"]}').status_code == 200
        assert program.patch(path, {field: "fourth"}, If_Match="*").status_code == 200


def test_nothing_is_archived_that_has_changed(program: Program) -> None:
    path = "/calendars/intro-call"
    etag = program.get(path)["ETag"]
    program.patch(path, {"description": "new"})
    assert program.delete(path, If_Match=etag).status_code == 412
    assert program.delete(path, If_Match=program.get(path)["ETag"]).status_code == 204


def test_a_look_changes_no_etag(program: Program, guest: Program, minted: Mint) -> None:
    link = minted()
    etag = program.get(f"/links/{link['id']}")["ETag"]
    guest.get(address_of(link), User_Agent="Mozilla/5.0 Firefox/140.0")
    seen = program.get(f"/links/{link['id']}")
    assert seen.json()["opened"]["people"] == 1
    assert seen["ETag"] == etag


def test_minting_tells_the_etag_that_reading_tells(program: Program) -> None:
    """Also where the database keeps the names of the metadata in an order of its own."""
    body = {"calendar": "intro-call", "metadata": {"zz": 1, "a": 2}}
    made = program.post("/links", body)
    path = f"/links/{made.json()['id']}"
    assert made["ETag"] == program.get(path)["ETag"]
    assert program.patch(path, {"note": "x"}, If_Match=made["ETag"]).status_code == 200
