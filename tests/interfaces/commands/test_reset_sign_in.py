"""Whoever has lost their way in gets a new one from a shell, and what they had works until then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.conf import settings
from django.test import Client

from bookonce import cli
from bookonce.delivery.outbox.models import Event
from bookonce.domain.accounts import authenticator, passwords
from bookonce.domain.accounts.models import Passkey
from bookonce.foundation import clock
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "a quiet new password"


def _reset(capsys: Any, *words: str) -> tuple[int, str, str]:
    code = cli.main(["reset-sign-in", *words])
    out, err = capsys.readouterr()
    return code, out.strip(), err


def test_an_address_that_sets_a_password_once(hana: make.Team, capsys: Any) -> None:
    person = hana.owner.person
    person.set_password("the old password")
    person.save()
    other = Client()
    other.force_login(person)
    code, address, said = _reset(capsys, f" {person.email.upper()} ")
    assert code == 0
    assert "Until then the old one works." in said
    path = address.removeprefix(settings.BASE_URL)
    person.refresh_from_db()
    assert person.check_password("the old password")
    client = Client()
    assert client.post(path, {"password": NEW}).headers["Location"] == "/settings/calendars"
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert client.get("/settings/calendars").status_code == 200
    assert other.get("/settings/calendars").status_code == 303, "signed out"
    assert Client().get(path).status_code == 410
    assert Event.objects.filter(kind="account.password_changed").count() == 1
    home = client.get("/settings/calendars").content.decode()
    assert "All is ready." not in home


def test_it_lives_an_hour_and_no_longer_than_the_next_password(hana: make.Team, capsys: Any) -> None:
    person = hana.owner.person
    _, first, said = _reset(capsys, person.email)
    assert "within 60 minutes" in said
    person.refresh_from_db()
    left = person.setup_expires_at - clock.now()
    assert timedelta(minutes=59) < left <= timedelta(hours=1)
    _, second, _ = _reset(capsys, person.email)
    first, second = (address.removeprefix(settings.BASE_URL) for address in (first, second))
    assert Client().get(first).status_code == 404, "a newer one ends an older one"
    assert "Choose your password" in Client().get(second).content.decode()
    passwords.change_password(person, NEW, session="", now=clock.now())
    assert Client().get(second).status_code == 410
    _, third, _ = _reset(capsys, person.email)
    page = Client().get(third.removeprefix(settings.BASE_URL)).content.decode()
    assert "Choose a new password" in page
    assert "Wherever this account is signed in, it is signed out." in page
    person.refresh_from_db()
    person.setup_expires_at = clock.now()
    person.save()
    assert Client().get(third.removeprefix(settings.BASE_URL)).status_code == 410


@pytest.mark.parametrize("without", [True, False])
def test_the_authenticator_stays_unless_said(hana: make.Team, capsys: Any, without: bool) -> None:
    person = hana.owner.person
    totp = pyotp.TOTP(authenticator.begin_setup(person, now=clock.now()))
    assert authenticator.confirm_setup(person, totp.now(), now=clock.now())
    _, address, said = _reset(capsys, person.email, *(["--without-authenticator"] if without else []))
    assert ("--without-authenticator" in said) is not without
    assert authenticator.is_on(person) is not without
    client = Client()
    answer = client.post(address.removeprefix(settings.BASE_URL), {"password": NEW})
    assert answer.headers["Location"] == ("/settings/calendars" if without else "/sign-in")
    assert client.get("/settings/calendars").status_code == (200 if without else 303)


@pytest.mark.parametrize("passkeys", [0, 1, 2])
def test_of_whoever_has_no_password_no_old_one_is_told(hana: make.Team, capsys: Any, passkeys: int) -> None:
    person = hana.owner.person
    for number in range(passkeys):
        Passkey.objects.create(
            person=person, name="P", credential_id=bytes([number]), credential=b"", created_at=make.NOW
        )
    _, address, said = _reset(capsys, person.email)
    assert "old one" not in said
    assert "new password" not in said
    assert f"There {person.name} sets a password, their first, " in said
    assert ("or makes a passkey" in said, "Nothing else lets them in" in said) == (not passkeys, not passkeys)
    assert ("Their passkey goes on working." in said) is (passkeys == 1)
    assert ("Their passkeys go on working." in said) is (passkeys == 2)
    page = Client().get(address.removeprefix(settings.BASE_URL)).content.decode()
    assert "Choose a new password" not in page
    assert ("Set a password" in page) is (passkeys > 0)


def test_of_a_password_beside_a_passkey_both_are_told(hana: make.Team, capsys: Any) -> None:
    person = hana.owner.person
    person.set_password("the old password")
    person.save()
    Passkey.objects.create(person=person, name="P", credential_id=b"1", credential=b"", created_at=make.NOW)
    said = _reset(capsys, person.email)[2]
    assert "sets a new password, once, within 60 minutes." in said
    assert "Until then the old one works.\nTheir passkey goes on working." in said


def test_nobody_has_this_address(hana: make.Team, capsys: Any) -> None:
    code, address, said = _reset(capsys, "nobody@example.org")
    assert (code, address) == (1, "")
    assert "Nobody signs in with this e-mail address." in said
