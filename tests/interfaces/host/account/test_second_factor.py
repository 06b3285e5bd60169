"""A password, and then a code: of the app, each once; or of the paper, each once."""

from __future__ import annotations

import pyotp
import pytest
from django.test import Client

from bookonce.domain.accounts import authenticator
from bookonce.domain.accounts.models import Authenticator, RecoveryCode
from bookonce.foundation import clock
from tests import make
from tests.interfaces.guest.conftest import Time

PASSWORD = "correct horse battery"

pytestmark = pytest.mark.django_db


class Phone:
    """Hana's authenticator app."""

    def __init__(self, team: make.Team, time: Time) -> None:
        person = team.owner.person
        person.set_password(PASSWORD)
        person.save()
        self.time, self.person = time, person
        self.totp = pyotp.TOTP(authenticator.begin_setup(person, now=clock.now()))
        self.papers = authenticator.confirm_setup(person, self.code, now=clock.now()) or []
        time.passes(60)

    @property
    def code(self) -> str:
        return self.totp.at(int(self.time.at))

    def gives_password(self, client: Client, **more: str):
        return client.post("/sign-in", {"email": self.person.email, "password": PASSWORD} | more)


@pytest.fixture
def phone(hana: make.Team, time: Time) -> Phone:
    return Phone(hana, time)


def _is_in(client: Client) -> bool:
    return client.get("/settings/calendars").status_code == 200


def test_a_password_alone_does_not_open_the_desk(client: Client, phone: Phone) -> None:
    answer = phone.gives_password(client, next="/settings/account")
    assert answer.headers["Location"] == "/sign-in/code"
    assert not _is_in(client)
    assert client.get("/sign-in/code").status_code == 200
    before = client.session.session_key
    answer = client.post("/sign-in/code", {"code": phone.code})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/account")
    assert _is_in(client)
    assert client.session.session_key != before


def test_a_code_is_taken_once(client: Client, phone: Phone) -> None:
    phone.gives_password(client)
    code = phone.code
    assert client.post("/sign-in/code", {"code": code}).status_code == 303
    other = Client()
    phone.gives_password(other)
    assert other.post("/sign-in/code", {"code": code}).status_code == 422
    phone.time.passes(30)
    assert other.post("/sign-in/code", {"code": f"{phone.code[:3]} {phone.code[3:]}"}).status_code == 303


@pytest.mark.parametrize("code", ["", "000", "12345a", "abcde-fghjk", "0" * 200])
def test_no_other_code_is_taken(client: Client, phone: Phone, code: str) -> None:
    phone.gives_password(client)
    answer = client.post("/sign-in/code", {"code": code})
    assert answer.status_code == 422
    assert "This code is not the one." in answer.content.decode()
    assert not _is_in(client)


def test_a_recovery_code_is_taken_once_however_it_is_typed(client: Client, phone: Phone) -> None:
    phone.gives_password(client)
    paper = phone.papers[3]
    assert client.post("/sign-in/code", {"code": f" {paper.upper()} "}).status_code == 303
    assert _is_in(client)
    other = Client()
    phone.gives_password(other)
    assert other.post("/sign-in/code", {"code": paper}).status_code == 422
    assert authenticator.codes_left(phone.person) == len(phone.papers) - 1


def test_whoever_comes_in_by_a_recovery_code_reads_how_many_are_left(client: Client, phone: Phone) -> None:
    def comes_in(code: str) -> str:
        browser = Client()
        phone.gives_password(browser)
        browser.post("/sign-in/code", {"code": code})
        return browser.get("/settings/calendars").content.decode()

    assert "recovery code" not in comes_in(phone.code)
    assert "You have used a recovery code; 9 are left." in comes_in(phone.papers[0])
    for paper in phone.papers[1:8]:
        assert authenticator.accept_code(phone.person, paper, now=clock.now())
    assert "You have used a recovery code; 1 is left." in comes_in(phone.papers[8])
    assert "That was your last recovery code." in comes_in(phone.papers[9])


def test_the_code_must_follow_soon(client: Client, phone: Phone) -> None:
    phone.gives_password(client)
    phone.time.passes(601)
    assert client.post("/sign-in/code", {"code": phone.code}).headers["Location"] == "/sign-in"
    assert not _is_in(client)


def test_codes_without_a_password_lead_back(client: Client, phone: Phone) -> None:
    assert client.post("/sign-in/code", {"code": phone.code}).headers["Location"] == "/sign-in"


def test_codes_cannot_be_tried_for_long(client: Client, phone: Phone, tmp_path, settings) -> None:
    settings.DATA = tmp_path
    phone.gives_password(client)
    tries = [client.post("/sign-in/code", {"code": "000000"}).status_code for _ in range(11)]
    assert tries == [422] * 10 + [429]
    refused = client.post("/sign-in/code", {"code": phone.code})
    assert refused.status_code == 429
    assert "Too many tries. Please try again in 10 minutes." in refused.content.decode()


def test_one_persons_code_opens_nobody_elses_desk(phone: Phone, sam: make.Team, client: Client) -> None:
    other = Phone(sam, phone.time)
    phone.gives_password(client)
    assert client.post("/sign-in/code", {"code": other.papers[0]}).status_code == 422
    assert client.post("/sign-in/code", {"code": phone.papers[0]}).status_code == 303


def test_the_rows_open_nothing(phone: Phone) -> None:
    """Promise 21: neither the secret nor a code stands in the database."""
    rows = str([*Authenticator.objects.values(), *RecoveryCode.objects.values()])
    assert phone.totp.secret not in rows
    assert not any(paper in rows or paper.replace("-", "") in rows for paper in phone.papers)


OFF = "/settings/account/authenticator/off"
PROVE = "/settings/account/prove"


def test_to_turn_it_off_takes_more_than_the_password(client: Client, phone: Phone) -> None:
    phone.gives_password(client)
    client.post("/sign-in/code", {"code": phone.code})
    phone.time.passes(301)
    assert client.post(OFF).headers["Location"].startswith(PROVE)
    assert 'name="code"' in client.get(PROVE).content.decode()
    for said in ({}, {"code": "000000"}):
        answer = client.post(PROVE, {"password": PASSWORD, "next": OFF} | said)
        assert answer.status_code == 422
        assert "This code is not the one." in answer.content.decode()
        assert client.post(OFF).headers["Location"].startswith(PROVE)
    paper = phone.papers[0]
    assert client.post(PROVE, {"password": "not this one", "code": paper}).status_code == 422
    answer = client.post(PROVE, {"password": PASSWORD, "code": paper, "next": OFF})
    assert (answer.status_code, answer.headers["Location"]) == (303, OFF), "the slip has not spent the code"
    assert client.post(OFF).status_code == 303
    assert not authenticator.is_on(phone.person)


def test_who_has_none_is_asked_for_no_code(desk: Client) -> None:
    assert 'name="code"' not in desk.get(PROVE).content.decode()


def test_codes_cannot_be_tried_there_either(client: Client, phone: Phone, tmp_path, settings) -> None:
    settings.DATA = tmp_path
    settings.RATES = settings.RATES | {"sign_in": (100, 60)}
    client.force_login(phone.person)
    said = {"password": PASSWORD, "code": "000000"}
    assert [client.post(PROVE, said).status_code for _ in range(11)] == [422] * 10 + [429]
