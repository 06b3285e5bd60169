"""A forgotten password: a link by mail, once, for an hour; and nobody learns who has an account."""

from __future__ import annotations

import re
import time
from types import SimpleNamespace

import pytest
from django.test import Client

from bookonce.delivery.outbox.models import Delivery, Event
from bookonce.domain.accounts.models import MailedLink, Session
from bookonce.foundation import clock, tokens
from bookonce.interfaces.host.account import recovery
from tests import make
from tests.interfaces.guest.conftest import Time
from tests.interfaces.host.conftest import Mails, link_in, sat_down

pytestmark = pytest.mark.django_db

NEW = "a quiet new password"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "TAKES", 0)


def _ask(client: Client, email: str):
    return client.post("/password/forgotten", {"email": email})


def test_the_way_back_in(
    client: Client,
    hana: make.Team,
    mails: Mails,
    time: Time,
) -> None:
    hana.owner.person.set_password("the old password")
    hana.owner.person.save()
    elsewhere = sat_down(Client(), hana)
    assert _ask(client, hana.owner.person.email).status_code == 200
    [mail] = mails()
    assert mail["To"].addresses[0].addr_spec == hana.owner.person.email
    assert "Choose a new password" in mail["Subject"]
    link = link_in(mail)
    assert link.startswith("/password/new/")
    assert client.get(link).status_code == 200
    assert client.get(link).headers["Referrer-Policy"] == "same-origin"
    assert client.post(link, {"password": "short"}).status_code == 422
    answer = client.post(link, {"password": NEW})
    assert answer.headers["Location"] == "/sign-in"
    assert "Your password is set." in client.get("/sign-in").content.decode()
    assert client.post(link, {"password": "another one"}).status_code == 404
    assert elsewhere.get("/settings/calendars").status_code == 303, "every session has ended"
    assert not Session.objects.filter(person=hana.owner.person).exists()
    said = {"email": hana.owner.person.email, "password": NEW}
    assert client.post("/sign-in", said).status_code == 303
    assert [mail["Subject"] for mail in mails()][1:] == ["Your password was changed (Acme)"]


def test_who_set_a_new_password_signs_in_on_a_page_of_one_language(
    client: Client, hana: make.Team, mails: Mails, time: Time
) -> None:
    person = hana.owner.person
    person.language = "de"
    person.save()
    _ask(client, person.email)
    [mail] = mails()
    text = mail.get_body(("plain",)).get_content()
    assert text.count("Neues Passwort wählen") == 1, text
    english = {"accept-language": "en"}
    client.post(link_in(mail), {"password": NEW}, headers=english)
    page = client.get("/sign-in", headers=english).content.decode()
    assert '<html lang="de"' in page
    assert "Ihr Passwort ist gespeichert." in page
    assert re.search(rf'name="email"[^>]*value="{re.escape(person.email)}"', page)
    assert '<html lang="de"' in client.post("/sign-in", {"email": "x"}, headers=english).content.decode()
    time.passes(601)
    page = client.get("/sign-in", headers=english).content.decode()
    assert '<html lang="en"' in page
    assert person.email not in page


def test_the_page_says_the_same_to_everybody(client: Client, hana: make.Team) -> None:
    known, unknown = hana.owner.person.email, "x" * (len(hana.owner.person.email) - 12) + "@example.org"
    pages = [
        _ask(Client(), email).content.decode().replace(email, "…").partition("<main")[2]
        for email in (known, unknown)
    ]
    assert pages[0] == pages[1]
    assert Delivery.objects.count() == 1


def test_the_answer_takes_as_long_for_everybody(
    client: Client, hana: make.Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(recovery, "TAKES", 5)
    # Its own clock alone: other threads of this process may sleep, too.
    monkeypatch.setattr(recovery, "time", SimpleNamespace(sleep=slept.append, monotonic=time.monotonic))
    for email in (hana.owner.person.email, "nobody@example.org"):
        _ask(client, email)
    assert len(slept) == 2
    assert all(4 < seconds < 5 for seconds in slept)


def test_the_rows_hold_no_token(client: Client, hana: make.Team, mails: Mails) -> None:
    """Mission rule 10: the worker makes it as it sends."""
    _ask(client, hana.owner.person.email)
    token = link_in(mails()[0]).rpartition("/")[2]
    rows = [*Event.objects.values(), *Delivery.objects.values(), *MailedLink.objects.values()]
    assert token not in str(rows)
    assert bytes(MailedLink.objects.get().token_hash) == tokens.hash_of(token)


def test_a_newer_link_ends_an_older_one(client: Client, hana: make.Team, mails: Mails) -> None:
    _ask(client, hana.owner.person.email)
    old = link_in(mails()[0])
    _ask(client, hana.owner.person.email)
    new = link_in(mails()[1])
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200


def test_an_hour_later_it_is_dead(
    client: Client,
    hana: make.Team,
    mails: Mails,
    time: Time,
) -> None:
    _ask(client, hana.owner.person.email)
    link = link_in(mails()[0])
    time.passes(3600)
    assert client.get(link).status_code == 404
    assert client.post(link, {"password": NEW}).status_code == 404


def test_a_link_that_died_before_it_was_sent_is_not_sent(
    client: Client,
    hana: make.Team,
    mails: Mails,
    time: Time,
) -> None:
    _ask(client, hana.owner.person.email)
    time.passes(3601)
    assert mails() == []
    assert Delivery.objects.get().state == Delivery.State.DEAD


def test_a_few_an_hour_and_no_word_of_it(
    client: Client,
    hana: make.Team,
    mails: Mails,
    time: Time,
) -> None:
    for _ in range(5):
        assert "Look into your mail" in _ask(client, hana.owner.person.email).content.decode()
    assert Delivery.objects.count() == 3
    time.passes(3601)
    _ask(client, hana.owner.person.email)
    assert Delivery.objects.count() == 4


def test_looking_at_a_link_changes_nothing(client: Client, hana: make.Team, mails: Mails) -> None:
    _ask(client, hana.owner.person.email)
    link = link_in(mails()[0])
    for ask in (client.get, client.head, client.options):
        ask(link, {"password": NEW})
    assert MailedLink.objects.get().used_at is None
    assert Client(enforce_csrf_checks=True).post(link, {"password": NEW}).status_code == 403


def test_what_is_no_address_is_said(client: Client, db: None) -> None:
    answer = _ask(client, "hana")
    assert answer.status_code == 422
    assert 'value="hana"' in answer.content.decode()


def test_a_link_of_another_purpose_or_person_opens_nothing(
    client: Client, hana: make.Team, sam: make.Team, mails: Mails
) -> None:
    _ask(client, hana.owner.person.email)
    link = link_in(mails()[0])
    assert client.get(link.replace("/password/", "/email/")).status_code == 404
    client.post(link, {"password": NEW})
    sam.owner.person.refresh_from_db()
    assert not sam.owner.person.has_usable_password()
    assert clock.now()
