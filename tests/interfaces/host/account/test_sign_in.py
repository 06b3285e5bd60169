"""In by e-mail address and password, out by a form, and nothing in between for strangers."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from bookonce.domain.accounts.models import Session
from bookonce.foundation import tokens
from bookonce.interfaces.host import urls
from bookonce.interfaces.host.shared import frame
from bookonce.interfaces.host.shared.middleware import is_without_session
from tests import make

OPEN = ("sign-in", "sign-out", "password/", "email/new/", "setup/", "style")
PASSWORD = "correct horse battery"


@pytest.fixture
def known(hana: make.Team) -> make.Team:
    person = hana.owner.person
    person.set_password(PASSWORD)
    person.save()
    return hana


def _sign_in(client: Client, team: make.Team, password: str = PASSWORD, **more: str):
    said = {"email": team.owner.person.email.upper(), "password": password}
    return client.post("/sign-in", said | more)


@pytest.mark.django_db
def test_a_password_opens_the_desk(client: Client, known: make.Team) -> None:
    answer = _sign_in(client, known)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/calendars")
    page = client.get("/settings/calendars")
    assert page.status_code == 200
    assert "Intro call" in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_a_wrong_password_and_an_unknown_address_read_the_same(client: Client, known: make.Team) -> None:
    wrong = _sign_in(client, known, "not this one")
    unknown = client.post("/sign-in", {"email": "nobody@example.org", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 422
    assert "do not belong together" in wrong.content.decode()
    assert client.get("/settings/calendars").status_code == 303


@pytest.mark.django_db
def test_signing_in_takes_a_new_key(client: Client, known: make.Team) -> None:
    client.get("/sign-in")
    session = client.session
    session["something"] = 1
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = before = session.session_key
    _sign_in(client, known)
    assert client.session.session_key != before
    assert not Session.objects.filter(key_hash=tokens.hash_of(before)).exists()


@pytest.mark.django_db
def test_ten_tries_a_minute_for_one_account_at_one_place(
    client: Client, known: make.Team, sam: make.Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DATA", tmp_path)
    tries = [_sign_in(client, known, "not this one").status_code for _ in range(11)]
    assert tries == [422] * 10 + [429]
    refused = _sign_in(client, known)
    assert refused.status_code == 429
    assert "Too many tries. Please try again in 1 minute." in refused.content.decode()
    assert int(refused.headers["Retry-After"]) > 0
    assert _sign_in(client, sam).status_code == 422, "another account at this place"
    assert _sign_in(Client(REMOTE_ADDR="203.0.113.7"), known).status_code == 303, "this account elsewhere"


@pytest.mark.django_db
def test_one_place_cannot_try_every_account(
    client: Client, db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DATA", tmp_path)
    monkeypatch.setitem(settings.RATES, "sign_in_place", (3, 60))
    tries = [
        client.post("/sign-in", {"email": f"a{number}@example.org", "password": "x"}).status_code
        for number in range(4)
    ]
    assert tries == [422] * 3 + [429]


@pytest.mark.django_db
def test_a_password_of_an_earlier_kind_opens_and_is_hashed_anew(client: Client, known: make.Team) -> None:
    person = known.owner.person
    person.password = make_password(PASSWORD, hasher="pbkdf2_sha256")
    person.save()
    assert _sign_in(client, known).status_code == 303
    person.refresh_from_db()
    assert person.password.startswith("scrypt$")
    assert client.get("/settings/calendars").status_code == 200


@pytest.mark.django_db
def test_signing_out_ends_the_session(client: Client, known: make.Team) -> None:
    _sign_in(client, known)
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert client.get("/settings/calendars").status_code == 303
    assert not Session.objects.filter(person=known.owner.person).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_led_elsewhere(client: Client, known: make.Team, elsewhere: str) -> None:
    assert _sign_in(client, known, next=elsewhere).headers["Location"] == "/settings/calendars"


@pytest.mark.django_db
def test_a_row_does_not_open_its_session(client: Client, known: make.Team) -> None:
    """Promise 21: what the table holds is not what the cookie holds."""
    _sign_in(client, known)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    session = Session.objects.get(person=known.owner.person)
    assert bytes(session.key_hash) == tokens.hash_of(key)
    assert key not in session.data
    assert "example.org" not in session.data


@pytest.mark.django_db
def test_a_form_that_we_have_not_shown_is_refused(known: make.Team) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = _sign_in(strict, known)
    assert answer.status_code == 403
    assert "grown old" in answer.content.decode()
    assert 'href="/settings/calendars"' in answer.content.decode(), "there is a way on"


@pytest.mark.django_db
def test_every_page_of_the_desk_asks_who_is_there(client: Client, hana: make.Team) -> None:
    """Each address of the room, by method and without a session, leads to the sign-in page."""
    for pattern in urls.urlpatterns:
        route = str(pattern.pattern)
        if not route or route.startswith(OPEN):
            continue
        path = "/" + route.replace("<str:", "<").translate({ord("<"): "x", ord(">"): "x"})
        asked, sent = client.get(path), client.post(path)
        assert asked.status_code in (303, 405), path
        if asked.status_code == 303:
            assert asked.headers["Location"].startswith("/sign-in?next=/"), path
        assert sent.status_code in (401, 405), path
        for refused in (asked, sent):
            if refused.status_code == 405:
                assert "<h1>" in refused.content.decode(), path


def test_guests_and_programs_pass_by() -> None:
    assert is_without_session("/o/token")
    assert is_without_session("/api/v1/links")
    assert is_without_session("/c")
    assert not is_without_session("/bookings")
    assert not is_without_session("/outbox")
    assert not is_without_session("/")


@pytest.mark.django_db
def test_what_went_well_is_not_said_above_a_refusal(desk: Client) -> None:
    session = desk.session
    session[frame.SAID] = "Saved."
    session.save()
    refused = desk.get("/settings/calendars/cal_0000000000000000000000")
    assert refused.status_code == 404
    assert "Saved." not in refused.content.decode()
    assert "Saved." in desk.get("/bookings").content.decode()
    assert "Saved." not in desk.get("/bookings").content.decode(), "it is said once"


def test_the_front_page_leads_to_the_door(client: Client, hana: make.Team) -> None:
    assert 'href="/sign-in"' in client.get("/").content.decode()
