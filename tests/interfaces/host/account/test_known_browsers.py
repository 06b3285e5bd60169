"""Whoever types wrong passwords for somebody's address keeps them out of no browser that knows them."""

from __future__ import annotations

from pathlib import Path

import pyotp
import pytest
from django.conf import settings
from django.test import Client

from bookonce.domain.accounts import authenticator
from bookonce.foundation import clock
from bookonce.interfaces.host.shared.session import PROVED
from tests import make
from tests.interfaces.host.account.test_passkeys import add, enter
from tests.interfaces.host.conftest import sat_down
from tests.interfaces.host.device import Device

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
COOKIE = settings.KNOWN_BROWSER_COOKIE_NAME


@pytest.fixture(autouse=True)
def _counted_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATA", tmp_path)


@pytest.fixture
def known(hana: make.Team) -> Client:
    """Hana's browser: she has signed in there, and out again."""
    hana.owner.person.set_password(PASSWORD)
    hana.owner.person.save()
    browser = Client()
    assert _tries(browser, hana) == 303
    browser.post("/sign-out")
    return browser


def _tries(browser: Client, team: make.Team, password: str = PASSWORD) -> int:
    return browser.post("/sign-in", {"email": team.owner.person.email, "password": password}).status_code


def _somebody_guesses(team: make.Team) -> None:
    guesser = Client()
    assert {_tries(guesser, team, f"guess {number}") for number in range(12)} == {422, 429}
    assert _tries(guesser, team) == 429


def test_a_known_browser_stays_open_while_somebody_guesses(known: Client, hana: make.Team) -> None:
    _somebody_guesses(hana)
    assert _tries(Client(), hana) == 429, "any other browser at this place waits"
    assert _tries(known, hana, "a slip") == 422
    assert _tries(known, hana) == 303
    session = known.session
    session[PROVED] = 0
    session.save()
    proof = {"password": PASSWORD, "next": "/settings/account/email"}
    assert known.post("/settings/account/prove", proof).headers["Location"] == "/settings/account/email"


def test_one_place_full_of_guesses_keeps_no_known_browser_out(
    known: Client, hana: make.Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.RATES, "sign_in_place", (3, 60))
    guesser = Client()
    for number in range(4):
        guesser.post("/sign-in", {"email": f"a{number}@example.org", "password": "x"})
    assert _tries(Client(), hana) == 429
    assert _tries(known, hana) == 303


def test_a_known_browser_guesses_no_faster(known: Client, hana: make.Team) -> None:
    assert [_tries(known, hana, "not this one") for _ in range(11)] == [422] * 10 + [429]
    assert _tries(known, hana) == 429
    copy = Client()
    copy.cookies[COOKIE] = known.cookies[COOKIE].value
    assert _tries(copy, hana) == 429, "a copy of the cookie counts with it"
    assert _tries(Client(), hana) == 303


def test_signing_in_again_gives_no_second_number(known: Client, hana: make.Team) -> None:
    def number() -> str:
        return known.cookies[COOKIE].value.partition(":")[0]

    first = number()
    assert _tries(known, hana) == 303
    assert number() == first
    assert number() != _another(hana).cookies[COOKIE].value.partition(":")[0]


def _another(team: make.Team) -> Client:
    browser = Client()
    assert _tries(browser, team) == 303
    return browser


def test_it_is_known_for_one_account_and_by_our_own_hand(
    known: Client, hana: make.Team, sam: make.Team
) -> None:
    sam.owner.person.set_password(PASSWORD)
    sam.owner.person.save()
    _somebody_guesses(sam)
    assert _tries(known, sam) == 429, "hers is no key to another account"
    _somebody_guesses(hana)
    number, *sealed = known.cookies[COOKIE].value.split(":")
    for forged in ("", "x", f"{number[:-1]}0:{':'.join(sealed)}", f"{number}:{sealed[0]}:x", "é" * 999):
        browser = Client()
        browser.cookies[COOKIE] = forged
        assert _tries(browser, hana) == 429, forged


def test_a_new_address_is_not_known_yet(known: Client, hana: make.Team) -> None:
    person = hana.owner.person
    person.email = "new@example.org"
    person.save(update_fields=["email"])
    _somebody_guesses(hana)
    assert _tries(known, hana) == 429


def test_its_cookie_opens_nothing_and_names_nobody(known: Client, hana: make.Team) -> None:
    cookie = known.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    assert hana.owner.person.email not in cookie.value
    assert str(hana.owner.person.pk) not in cookie.value
    other = Client()
    other.cookies[COOKIE] = cookie.value
    assert other.get("/settings/calendars").status_code == 303
    assert "hana" not in other.get("/sign-in").content.decode().lower()


def test_half_a_sign_in_makes_nobody_known(hana: make.Team) -> None:
    person, now = hana.owner.person, clock.now()
    person.set_password(PASSWORD)
    person.save()
    totp = pyotp.TOTP(authenticator.begin_setup(person, now=now))
    codes = authenticator.confirm_setup(person, totp.at(clock.seconds_of_instant(now)), now=now)
    browser = Client()
    assert _tries(browser, hana, "wrong") == 422
    assert _tries(browser, hana) == 303
    assert COOKIE not in browser.cookies, "the password alone is half of it"
    assert browser.post("/sign-in/code", {"code": "000000"}).status_code == 422
    assert COOKIE not in browser.cookies
    assert codes
    assert browser.post("/sign-in/code", {"code": codes[0]}).status_code == 303
    assert COOKIE in browser.cookies
    thief = Client()
    assert _tries(thief, hana) == 303
    assert {thief.post("/sign-in/code", {"code": "000000"}).status_code for _ in range(11)} == {422, 429}
    browser.post("/sign-out")
    assert _tries(browser, hana) == 303
    assert browser.post("/sign-in/code", {"code": codes[1]}).headers["Location"] == "/settings/calendars"


def test_guesses_keep_no_passkey_out(hana: make.Team, monkeypatch: pytest.MonkeyPatch) -> None:
    device = Device(origin=settings.BASE_URL)
    desk = sat_down(Client(), hana)
    add(desk, device)
    monkeypatch.setitem(settings.RATES, "sign_in_place", (15, 60))
    _somebody_guesses(hana)
    Client().post("/sign-in", {"email": "a@example.org", "password": "x"})
    assert _tries(Client(), hana) == 429
    assert enter(Client(), device).status_code == 303
    session = desk.session
    session[PROVED] = 0
    session.save()
    answer = device.answers(desk.post("/settings/account/prove/passkey/begin").json())
    assert desk.post("/settings/account/prove/passkey", {"credential": answer}).status_code == 303


def test_steps_with_a_passkey_are_counted_too(hana: make.Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.RATES, "sign_in_passkey", (3, 60))
    browser = Client()
    steps = [browser.post("/sign-in/passkey/begin").status_code for _ in range(4)]
    assert steps == [200] * 3 + [429]
    assert browser.post("/sign-in/passkey", {"credential": "{}"}).status_code == 429
