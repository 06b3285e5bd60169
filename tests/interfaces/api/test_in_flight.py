"""The same call while the first is still running is told so at once; it never waits (promise 9)."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections

from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.operations import RequestIdentity
from bookonce.foundation.errors import InFlight
from bookonce.foundation.idempotency import in_flight
from tests import make
from tests.interfaces.api.conftest import Mint, Program, address_of, asked
from tests.races.crowd import stopped_at

pytestmark = pytest.mark.django_db(transaction=True)

Call = Callable[[], Any]
Sent = Callable[[str], tuple[Program, str, dict[str, Any]]]


@contextmanager
def running(call: Call, *, until: str) -> Iterator[list[Any]]:
    """This call, stopped at a point; it goes on to its answer as the block ends."""
    answers: list[Any] = []

    def run() -> None:
        try:
            answers.append(call())
        finally:
            connections.close_all()

    with stopped_at(until) as (arrived, _):
        first = threading.Thread(target=run)
        first.start()
        assert arrived.wait(30), f"{until} was never reached"
        yield answers
        assert not answers
    first.join(30)


def told(answer: Any) -> tuple[int, str, str]:
    return answer.status_code, answer.json().get("code", ""), answer.get("Retry-After", "")


@pytest.fixture
def sent(program: Program, guest: Program, minted: Mint, hana: make.Team) -> Sent:
    """A call of this kind: who makes it, where, with what."""
    slots = make.slots(hana.calendar)
    at = asked(slots[0])["starts_at"]

    def of(kind: str) -> tuple[Program, str, dict[str, Any]]:
        link = minted()
        if kind == "move":
            booking = program.post("/bookings", asked(slots[5], link=link["id"])).json()
            return program, f"/bookings/{booking['id']}/move", {"starts_at": at}
        return {
            "link": (guest, f"{address_of(link)}/bookings", asked(slots[0])),
            "calendar": (program, "/bookings", asked(slots[0], calendar=hana.calendar.slug)),
            "mint": (program, "/links", {"calendar": hana.calendar.slug}),
            "revoke": (program, f"/links/{link['id']}/revoke", {}),
            "hold": (guest, f"{address_of(link)}/holds", {"starts_at": at}),
        }[kind]

    return of


@pytest.mark.parametrize(
    ("kind", "point"),
    [
        ("link", "book.redeemed"),
        ("link", "book.written"),
        ("calendar", "book.locked"),
        ("mint", "once.begun"),
        ("move", "move.written"),
        ("revoke", "revoke.written"),
        ("hold", "once.begun"),
    ],
)
def test_it_is_told_at_once_and_replayed_afterwards(sent: Sent, kind: str, point: str) -> None:
    who, path, body = sent(kind)
    other = {"starts_at": "2026-12-01T09:00:00Z"} if "starts_at" in body else {"label": "other"}

    def call(**more: str) -> Any:
        return Program(who.key).post(path, body | more, Idempotency_Key="k")

    with running(call, until=point) as answers:
        assert told(call()) == (409, "in_flight", "1")
        if kind != "revoke":
            # What the first has sent is known once it has committed; till then a twin is a twin.
            assert told(call(**other)) == (409, "in_flight", "1")
    [first] = answers
    assert first.status_code in (200, 201), first.content
    assert call().json() == first.json()
    assert told(call(**other))[:2] == (422, "idempotency_mismatch")


def test_also_where_the_first_waits_itself(program: Program, minted: Mint, hana: make.Team) -> None:
    """It stands behind another booking of the same host (or in the queue of the one writer)."""
    slots = make.slots(hana.calendar)
    body, before = asked(slots[4], link=minted()["id"]), asked(slots[0], link=minted()["id"])
    key = RequestIdentity(f"workspace:{hana.workspace.pk}", "k").key_hash
    answers: list[Any] = []

    def wait() -> None:
        try:
            answers.append(Program(hana.api_key).post("/bookings", body, Idempotency_Key="k"))
        finally:
            connections.close_all()

    with running(lambda: Program(hana.api_key).post("/bookings", before), until="book.locked"):
        second = threading.Thread(target=wait)
        second.start()
        until = time.monotonic() + 10
        while not in_flight.is_in_flight(key):
            assert time.monotonic() < until
            time.sleep(0.01)
        assert told(program.post("/bookings", body, Idempotency_Key="k")) == (409, "in_flight", "1")
        assert not answers
    second.join(30)
    assert [answer.status_code for answer in answers] == [201]
    assert program.post("/bookings", body, Idempotency_Key="k").json() == answers[0].json()


def test_a_killed_process_holds_nothing(hana: make.Team) -> None:
    link, [at] = make.link(hana.calendar), make.slots(hana.calendar, 1)
    attempt = RequestIdentity("a program", "k", b"body", alone=True)
    wish = json.dumps([str(link.pk), at.isoformat(), "book.written"])
    stuck = subprocess.Popen(
        [sys.executable, "-m", "tests.races.stuck", wish], stdout=subprocess.PIPE, text=True
    )
    try:
        assert stuck.stdout is not None
        assert stuck.stdout.readline() == "stuck\n"
        with pytest.raises(InFlight):
            make.booking(hana.calendar, at, link=link, attempt=attempt)
    finally:
        stuck.kill()
        stuck.communicate()
    until = time.monotonic() + 10
    while in_flight.is_in_flight(attempt.key_hash):
        assert time.monotonic() < until, "the key of a dead process is still held"
        time.sleep(0.01)
    booked = make.booking(hana.calendar, at, link=link, attempt=attempt)
    assert Booking.objects.get() == booked


def test_a_refusal_leaves_the_key_free(program: Program, minted: Mint, hana: make.Team) -> None:
    slots, link = make.slots(hana.calendar), minted()
    program.post("/bookings", asked(slots[0], calendar=hana.calendar.slug))
    lost = program.post("/bookings", asked(slots[0], link=link["id"]), Idempotency_Key="k")
    assert told(lost)[:2] == (409, "slot_taken")
    again = program.post("/bookings", asked(slots[1], link=link["id"]), Idempotency_Key="k")
    assert again.status_code == 201


@pytest.mark.parametrize("kind", ["link", "calendar"])
def test_it_is_neither_counted_nor_limited(sent: Sent, settings: Any, kind: str) -> None:
    who, path, body = sent(kind)
    rate = "api_key" if who.key else "guest"
    look = "/me" if who.key else path.removesuffix("/bookings")

    def call(key: str) -> str:
        return told(Program(who.key).post(path, body, Idempotency_Key=key))[1]

    def left() -> int:
        return int(who.get(look)["X-RateLimit-Remaining"])

    with running(lambda: Program(who.key).post(path, body, Idempotency_Key="k"), until="book.locked"):
        before = left()
        assert [call("k") for _ in range(5)] == ["in_flight"] * 5
        assert left() == before - 1
        settings.RATES = settings.RATES | {rate: (1, 60)}
        assert call("k") == "in_flight"
        assert call("another") == "rate_limited"


def test_the_server_ends_what_a_vanished_machine_has_begun(hana: make.Team) -> None:
    """SQLite's kernel needs no such thing: its processes vanish with the machine."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW idle_in_transaction_session_timeout")
        else:
            cursor.execute("SELECT '1min'")
        assert cursor.fetchone() == ("1min",)
