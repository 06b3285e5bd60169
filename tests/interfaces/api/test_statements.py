"""How many statements a call costs: counted, so that nobody adds one unseen."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.interfaces.api.conftest import Mint, Program, address_of, asked

TRANSACTION = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


def statements(call: Any) -> list[str]:
    """What the second such call asks: the first notes the key's use and that the link was opened."""
    call()
    with CaptureQueriesContext(
        connection,
    ) as asked_for:
        call()
    return [query["sql"] for query in asked_for if not query["sql"].startswith(TRANSACTION)]


def test_looking(program: Program, guest: Program, minted: Mint) -> None:
    link = minted(recipient={"email": "gil@example.net"})
    for who, path, most in (
        (guest, address_of(link), 1),
        (guest, f"{address_of(link)}/slots", 3),
        (program, "/me", 1),
        (program, "/calendars/intro-call", 3),
        (program, "/calendars/intro-call/slots", 4),
        (program, f"/links/{link['id']}", 4),
        (program, f"/links/{link['id']}/trail", 3),
    ):
        counted = statements(lambda who=who, path=path: who.get(path))
        assert len(counted) <= most, (path, counted)


def test_lists_cost_the_same_however_long(program: Program, minted: Mint, hana: make.Team) -> None:
    for number in range(12):
        link = minted(label=str(number))
        program.post("/bookings", asked(make.slots(hana.calendar)[0], link=link["id"]))
        program.post("/calendars", {"name": str(number)})
    for path, most in {"/links": 4, "/bookings": 2, "/calendars": 3}.items():
        counted = statements(lambda path=path: program.get(path))
        assert len(counted) <= most, (path, counted)


@pytest.mark.parametrize("key", ["", "a key"])
def test_booking(guest: Program, minted: Mint, key: str) -> None:
    """With an Idempotency-Key it is looked up, and held by one statement more (on SQLite by none)."""
    address = [address_of(minted()) for _ in range(2)]
    slots = guest.get(f"{address[0]}/slots").json()["data"]
    tries = iter(zip(address, (slots[0], slots[9]), strict=True))

    def book() -> None:
        where, slot = next(tries)
        headers = {"Idempotency_Key": key} if key else {}
        assert guest.post(f"{where}/bookings", asked(slot["starts_at"]), **headers).status_code == 201

    counted = statements(book)
    # SQLite inserts row by row, and its rows meet the guards one by one.
    most = 7 if connection.vendor == "postgresql" else 11
    if key:
        most += 2 if connection.vendor == "postgresql" else 1
    assert len(counted) <= most, counted


def test_a_late_try(guest: Program, minted: Mint) -> None:
    """A dead link costs one look: a storm of late tries must never wait for the writer."""
    link = minted()
    at = guest.get(f"{address_of(link)}/slots").json()["data"][0]["starts_at"]
    guest.post(f"{address_of(link)}/bookings", asked(at))
    counted = statements(lambda: guest.post(f"{address_of(link)}/bookings", asked(at)))
    assert len(counted) <= 1, counted
    assert not [sql for sql in counted if not sql.lstrip().startswith("SELECT")]
