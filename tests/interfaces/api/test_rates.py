"""Rates stop a flood, say so in headers, and never touch a try on a dead link or the winner's repeat."""

from __future__ import annotations

from typing import Any

import pytest

from tests import make
from tests.interfaces.api.conftest import Mint, Program, address_of, asked


@pytest.fixture
def rate(settings: Any) -> Any:
    """Set one rate to so many a minute."""

    def to(name: str, count: int) -> None:
        settings.RATES = settings.RATES | {name: (count, 60)}

    return to


def limited(answer: Any) -> bool:
    if answer.status_code != 429:
        return False
    assert answer.json()["code"] == "rate_limited"
    assert int(answer["Retry-After"]) >= 1
    assert "headers" not in answer.json()
    return True


def test_a_key_is_stopped_and_told(program: Program, stranger: Program, rate: Any) -> None:
    rate("api_key", 3)
    first = program.get("/me")
    assert first["RateLimit-Policy"] == '"api_key";q=3;w=60'
    assert first["X-RateLimit-Remaining"] == "2"
    assert [program.get("/me").status_code for _ in range(2)] == [200, 200]
    assert limited(program.get("/me"))
    assert stranger.get("/me").status_code == 200


def test_unknown_tokens_are_stopped_and_good_ones_are_not(guest: Program, minted: Mint, rate: Any) -> None:
    rate("unknown_token", 2)
    link = minted()
    codes = [guest.get(f"/public/links/{'0' * 23}").status_code for _ in range(4)]
    assert codes == [404, 404, 429, 429]
    assert guest.get(address_of(link)).status_code == 200


def test_looking_is_stopped_and_a_dead_link_never_is(
    program: Program, guest: Program, minted: Mint, rate: Any
) -> None:
    rate("guest", 2)
    link, dead = minted(), minted()
    program.post(f"/links/{dead['id']}/revoke")
    assert [guest.get(address_of(link)).status_code for _ in range(3)] == [200, 200, 429]
    for _ in range(5):
        assert guest.get(address_of(dead)).status_code == 410
        assert guest.post(f"{address_of(dead)}/bookings", b"{}").status_code == 410
        assert guest.post(f"{address_of(dead)}/holds", b"{}").status_code == 410


def test_tries_that_fail_are_stopped_for_one_link(guest: Program, minted: Mint, rate: Any) -> None:
    rate("booking_tries", 3)
    address, other = address_of(minted()), address_of(minted())
    codes = [
        guest.post(f"{address}/bookings", body).status_code
        for body in ({}, asked("2020-01-01T00:00:00Z"), {}, asked("2026-11-24T09:00:00Z"))
    ]
    assert codes == [422, 409, 422, 429]
    assert guest.post(f"{other}/bookings", asked("2026-11-24T09:00:00Z")).status_code == 201


def test_holds_that_cannot_be_read_are_tries(guest: Program, minted: Mint, rate: Any) -> None:
    rate("booking_tries", 3)
    address = address_of(minted())
    wrong: list[Any] = [{}, b"[", {"starts_at": "soon"}]
    assert [guest.post(f"{address}/holds", body).status_code for body in wrong] == [422] * 3
    good = asked("2026-11-24T09:00:00Z")
    stopped = guest.post(f"{address}/holds", {"starts_at": good["starts_at"]})
    assert stopped.status_code == 429
    assert int(stopped["Retry-After"]) > 0
    assert guest.post(f"{address}/bookings", good).status_code == 429


def test_holds_that_come_too_late_are_no_tries(guest: Program, minted: Mint, rate: Any) -> None:
    rate("booking_tries", 1)
    address = address_of(minted())
    for _ in range(3):
        taken = guest.post(f"{address}/holds", {"starts_at": "2020-01-01T00:00:00Z"})
        assert (taken.status_code, taken.json()["code"]) == (409, "slot_taken")


def test_the_winner_may_repeat_and_the_late_may_ask_for_ever(
    program: Program, guest: Program, minted: Mint, rate: Any, hana: make.Team
) -> None:
    rate("guest", 3)
    rate("api_key", 5)
    link = minted()
    body = asked("2026-11-24T09:00:00Z")
    first = guest.post(f"{address_of(link)}/bookings", body, Idempotency_Key="k")
    for _ in range(8):
        again = guest.post(f"{address_of(link)}/bookings", body, Idempotency_Key="k")
        assert again.json() == first.json()
        assert guest.post(f"{address_of(link)}/bookings", body).status_code == 410
        assert program.post("/bookings", body | {"link": link["id"]}).status_code == 410
