"""Showing once more who one is, also where there is nothing yet to show."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.accounts.models import MailedLink, Person
from bookonce.foundation import clock
from bookonce.interfaces.host.account import urls
from bookonce.interfaces.host.shared.session import PROVED
from tests import make
from tests.interfaces.host.conftest import Mails, link_in

pytestmark = pytest.mark.django_db

PROVE = "/settings/account/prove"
PASSWORD = "correct horse battery"


@pytest.fixture
def old(desk: Client) -> Client:
    """Hana's browser, long after she has signed in; she has neither a password nor a passkey."""
    session = desk.session
    session[PROVED] = 0
    session.save()
    return desk


def test_with_neither_password_nor_passkey_a_mail_is_the_way(
    old: Client, hana: make.Team, mails: Mails
) -> None:
    asked = old.get("/settings/account/password").headers["Location"]
    page = old.get(asked).content.decode()
    assert "You have neither a password nor a passkey yet." in page
    assert 'type="password"' not in page
    told = old.post(f"{PROVE}/letter").content.decode()
    assert f"A link for a new password is on its way to {hana.owner.person.email}." in told
    [mail] = mails()
    link = link_in(mail)
    assert "This page works once, until" in old.get(link).content.decode()
    assert old.post(link, {"password": PASSWORD}).headers["Location"] == "/sign-in"
    assert old.get("/settings/calendars").status_code == 303, "one signs in with it"
    said = {"email": hana.owner.person.email, "password": PASSWORD}
    assert old.post("/sign-in", said).status_code == 303
    assert old.get("/settings/account/password").status_code == 200


def test_without_mail_it_names_the_command(old: Client, hana: make.Team) -> None:
    told = old.post(f"{PROVE}/letter").content.decode()
    assert f"bookonce reset-sign-in {hana.owner.person.email}" in told


def test_a_few_mails_an_hour(old: Client, hana: make.Team) -> None:
    answers = [old.post(f"{PROVE}/letter") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert "Several mails went out already." in answers[-1].content.decode()
    assert Delivery.objects.count() == 3
    assert old.get(f"{PROVE}/letter").status_code == 405


ADDRESSES = [
    "/" + re.sub(r"<.*?>", "x", str(each.pattern))
    for each in urls.urlpatterns
    if str(each.pattern).startswith("settings/")
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_has_proved_it_again_is_led_to_a_page(old: Client, address: str) -> None:
    asked = urlsplit(old.post(address).headers.get("Location", ""))
    if asked.path != PROVE:
        return
    session = old.session
    session[PROVED] = clock.seconds_of_instant(clock.now())
    session.save()
    [back] = parse_qs(asked.query)["next"]
    assert old.get(back).status_code != 405


def test_an_old_proof_leads_back_to_where_the_passkey_is_added(old: Client) -> None:
    asked = old.post("/settings/account/passkeys/begin")
    assert asked.headers["Location"] == f"{PROVE}?next=/settings/account/passkeys/new"


def test_a_password_ends_a_link_that_waits_in_another_mailbox(
    desk: Client, hana: make.Team, mails: Mails
) -> None:
    """Whoever had the session for a while may have asked for it."""
    desk.post("/settings/account/email", {"email": "thief@example.org"})
    link = link_in(mails()[0])
    desk.post("/settings/account/password", {"password": PASSWORD})
    answer = Client().post(link)
    assert answer.status_code == 404
    assert "Get a new link" in answer.content.decode()
    assert Person.objects.get(pk=hana.owner.person_id).email == hana.owner.person.email
    assert not MailedLink.objects.filter(used_at=None).exists()
