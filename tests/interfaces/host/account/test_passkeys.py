"""Passkeys: added by whoever has shown who they are; they let in their owner, once for each challenge."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from bookonce.domain.accounts import webauthn
from bookonce.domain.accounts.models import Passkey
from bookonce.foundation import tokens
from bookonce.interfaces.host.shared.session import PROVED
from bookonce.interfaces.middleware import _known
from tests import make
from tests.interfaces.host.conftest import sat_down
from tests.interfaces.host.device import PRESENT, Device

pytestmark = pytest.mark.django_db

NEW, BEGIN = "/settings/account/passkeys/new", "/settings/account/passkeys/begin"


@pytest.fixture
def device() -> Device:
    return Device(origin=settings.BASE_URL)


def add(desk: Client, device: Device, name: str = "Phone"):
    answer = device.creates(desk.post(BEGIN).json())
    return desk.post(NEW, {"credential": answer, "name": name})


def enter(client: Client, device: Device):
    answer = device.answers(client.post("/sign-in/passkey/begin").json())
    return client.post("/sign-in/passkey", {"credential": answer})


def is_in(client: Client) -> bool:
    return client.get("/settings/calendars").status_code == 200


def test_it_is_added_and_lets_in(desk: Client, device: Device, hana: make.Team) -> None:
    assert add(desk, device).headers["Location"] == "/settings/account"
    assert "Phone" in desk.get("/settings/account").content.decode()
    other = Client()
    assert enter(other, device).headers["Location"] == "/settings/calendars"
    assert is_in(other)
    key = Passkey.objects.get()
    assert (key.person, key.counter) == (hana.owner.person, device.counter)
    assert key.used_at is not None


@pytest.mark.parametrize(
    ("host", "is_there"), [("book.example.org:443", False), ("book.example.org:80", True)]
)
def test_a_proxy_may_write_the_usual_port_into_host(
    client: Client, settings: Any, host: str, is_there: bool
) -> None:
    settings.BASE_URL, settings.ALLOWED_HOSTS = "https://book.example.org", ["book.example.org"]
    _known.cache_clear()
    page = client.get("/sign-in", headers={"host": host}).content.decode()
    _known.cache_clear()
    assert ("https://book.example.org/sign-in" in page) == is_there
    assert ("data-passkey" in page) != is_there


def test_a_challenge_is_answered_once(desk: Client, device: Device) -> None:
    add(desk, device)
    other, again = Client(), Client()
    answer = device.answers(other.post("/sign-in/passkey/begin").json())
    assert other.post("/sign-in/passkey", {"credential": answer}).status_code == 303
    other.post("/sign-out")
    assert other.post("/sign-in/passkey", {"credential": answer}).status_code == 422
    again.post("/sign-in/passkey/begin")
    assert again.post("/sign-in/passkey", {"credential": answer}).status_code == 422
    assert not is_in(other)
    assert not is_in(again)


@pytest.mark.parametrize(
    "wrong",
    [
        Device(origin="https://evil.example"),
        Device(origin="http://sub.localhost:8000"),
        Device(flags=PRESENT),
    ],
    ids=["another site", "a site below", "without finger or PIN"],
)
def test_what_does_not_prove_it_is_not_kept(desk: Client, wrong: Device) -> None:
    answer = add(desk, wrong)
    assert answer.status_code == 422
    assert "not accepted" in answer.content.decode()
    assert not Passkey.objects.exists()


@pytest.mark.parametrize("sent", ["", "null", "[]", "{}", '{"id": 1}', '{"rawId": "%%"}', "\x00"])
def test_rubbish_is_refused(client: Client, desk: Client, db: None, sent: str) -> None:
    desk.post(BEGIN)
    assert desk.post(NEW, {"credential": sent, "name": "x"}).status_code == 422
    other = Client()
    other.post("/sign-in/passkey/begin")
    assert other.post("/sign-in/passkey", {"credential": sent}).status_code == 422


def test_a_copy_that_counts_backwards_is_refused(desk: Client, device: Device) -> None:
    add(desk, device)
    device.counter = 50
    assert enter(Client(), device).status_code == 303
    device.counter = 10
    assert enter(Client(), device).status_code == 422


def test_one_that_counts_no_more_is_refused(desk: Client, device: Device) -> None:
    """WebAuthn, section 7.2: where either count is above zero, the new one has to be the greater."""
    add(desk, device)
    device.counter = -1
    assert enter(Client(), device).status_code == 422
    assert Passkey.objects.get().counter == 1


def test_one_that_never_counts_lets_in_again_and_again(desk: Client, device: Device) -> None:
    device.counter = 0
    add(desk, device)
    for _ in range(2):
        device.counter = -1
        assert enter(Client(), device).status_code == 303


def test_one_that_is_removed_meanwhile_lets_in_nobody(
    desk: Client, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(desk, device)
    complete = webauthn.complete_authentication

    def removed(*args: Any) -> int:
        Passkey.objects.all().delete()
        return complete(*args)

    monkeypatch.setattr(webauthn, "complete_authentication", removed)
    assert enter(Client(), device).status_code == 422


def test_a_stranger_with_the_right_number_is_refused(desk: Client, device: Device) -> None:
    add(desk, device)
    assert enter(Client(), Device(origin=settings.BASE_URL, id=device.id)).status_code == 422
    assert enter(Client(), Device(origin=settings.BASE_URL)).status_code == 422


def test_it_lets_in_its_owner_alone(desk: Client, device: Device, sam: make.Team) -> None:
    add(desk, device)
    mine = Device(origin=settings.BASE_URL)
    sams = sat_down(Client(), sam)
    add(sams, mine, "Sam's")
    assert add(sams, device).status_code == 422, "a passkey is one person's"
    assert Passkey.objects.count() == 2
    other = Client()
    enter(other, mine)
    assert "Sam" in other.get("/settings/account").content.decode()
    name = tokens.public_id("psk", Passkey.objects.get(person=sam.owner.person).pk)
    for ask in (desk.get, desk.post):
        assert ask(f"/settings/account/passkeys/{name}").status_code == 404


def test_it_is_called_otherwise_and_removed(desk: Client, device: Device, hana: make.Team) -> None:
    person = hana.owner.person
    person.set_password("a quiet password")
    person.save()
    desk = sat_down(Client(), hana)
    add(desk, device)
    page = f"/settings/account/passkeys/{tokens.public_id('psk', Passkey.objects.get().pk)}"
    desk.post(page, {"name": "Work\nphone"})
    assert Passkey.objects.get().name == "Work phone"
    assert desk.get(page).status_code == 200
    desk.post(page, {"do": "remove"})
    assert not Passkey.objects.exists()
    assert enter(Client(), device).status_code == 422


def test_the_last_way_in_stays(desk: Client, device: Device) -> None:
    add(desk, device)
    page = f"/settings/account/passkeys/{tokens.public_id('psk', Passkey.objects.get().pk)}"
    answer = desk.post(page, {"do": "remove"})
    assert answer.status_code == 409
    assert Passkey.objects.exists()


def test_long_ago_signed_in_one_is_asked_again_and_a_passkey_will_do(desk: Client, device: Device) -> None:
    add(desk, device)
    session = desk.session
    session[PROVED] -= 16 * 60
    session.save()
    assert desk.get(NEW).headers["Location"] == f"/settings/account/prove?next={NEW}"
    answer = device.answers(desk.post("/settings/account/prove/passkey/begin").json())
    back = desk.post("/settings/account/prove/passkey", {"credential": answer, "next": NEW})
    assert back.headers["Location"] == NEW
    assert desk.get(NEW).status_code == 200


def test_somebody_elses_passkey_proves_nothing(desk: Client, device: Device, sam: make.Team) -> None:
    add(sat_down(Client(), sam), device)
    session = desk.session
    session[PROVED] = 0
    session.save()
    answer = device.answers(desk.post("/settings/account/prove/passkey/begin").json())
    assert desk.post("/settings/account/prove/passkey", {"credential": answer}).status_code == 422
    assert desk.get(NEW).status_code == 303


def test_on_another_name_of_this_computer_the_page_says_where(client: Client, db: None) -> None:
    page = client.get("/sign-in?next=/outbox", headers={"host": "127.0.0.1:8000"}).content.decode()
    assert f"{settings.BASE_URL}/sign-in?next=/outbox" in page
    assert "data-passkey" not in page


def test_whoever_could_not_come_back_is_warned(client: Client, hana: make.Team) -> None:
    person = hana.owner.person
    person.set_unusable_password()
    person.save()
    client.force_login(person)
    page = client.get("/settings/account").content.decode()
    assert "Nothing lets you in again once you have signed out." in page
    assert "You sign in with a passkey." not in page
    german = client.get("/settings/account", headers={"Accept-Language": "de"}).content.decode()
    assert "Noch kein Passwort." in german
    assert "Noch kein Passkey." in german
    warned = client.post("/sign-out")
    assert warned.status_code == 409
    assert 'href="/settings/account/password"' in warned.content.decode()
    assert client.post("/sign-out", {"sure": "yes"}).headers["Location"] == "/sign-in"
    assert client.get("/settings/account").status_code == 303
