"""A form whose session has ended: nothing is done, nothing typed is lost, and it can be sent again."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

import pytest
from django.test import Client

from bookonce.domain.calendars.models import Calendar
from bookonce.interfaces.host import urls
from tests import make
from tests.interfaces.host.reading import hidden, read

PASSWORD = "correct horse battery"
HOST = "http://testserver"

pytestmark = pytest.mark.django_db


@pytest.fixture
def away(hana: make.Team) -> Client:
    """Hana's browser, which shows a page of the desk, and whose session is ended from elsewhere."""
    person = hana.owner.person
    person.set_password(PASSWORD)
    person.save()
    client = Client(enforce_csrf_checks=True)
    _sign_in(client, hana, client.get("/sign-in"))
    client.get("/settings/workspace")
    person.sessions.all().delete()
    return client


def _token(page) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    assert found
    return found[1]


def _sign_in(client: Client, team: make.Team, page, **more: str):
    said = {"email": team.owner.person.email, "password": PASSWORD, "csrfmiddlewaretoken": _token(page)}
    return client.post("/sign-in", said | more)


def test_what_was_typed_is_sent_again_once_signed_in(away: Client, hana: make.Team) -> None:
    typed = {"name": 'Höhe <b>&"', "zone": "Europe/Berlin", "language": "de"}
    before = away.get("/sign-in")  # any page has the token of this browser
    said = typed | {"password": "geheim", "csrfmiddlewaretoken": _token(before)}
    out = away.post("/settings/account", said, headers={"referer": f"{HOST}/settings/account?a=1"})
    assert out.status_code == 401
    assert "nothing that you typed is lost" in read(out)
    assert hidden(out) == typed
    assert "geheim" not in out.content.decode()
    [at] = re.findall(r'href="(/sign-in[^"]*)" target="_blank" rel="noopener"', out.content.decode())
    at = unescape(at)
    assert at == f"/sign-in?next={quote('/settings/account?a=1', safe='/')}"

    tab = away.get(at)
    inside = _sign_in(away, hana, tab, next=hidden(tab)["next"])
    assert inside.headers["Location"] == "/settings/account?a=1"
    page = away.get("/settings/account")
    assert "You are signed in again. Nothing was done before" in read(page)
    assert "signed in again" not in read(away.get("/settings/account"))

    again = away.post("/settings/account", hidden(out) | {"csrfmiddlewaretoken": _token(out)})
    assert again.status_code == 303
    hana.owner.person.refresh_from_db()
    assert hana.owner.person.name == typed["name"]


@pytest.mark.parametrize("referer", ["", "https://evil.example/x", "nonsense"])
def test_a_button_leads_to_no_button(client: Client, hana: make.Team, referer: str) -> None:
    out = client.post("/settings/calendars/x/duplicate", headers={"referer": referer})
    assert out.status_code == 401
    assert 'href="/sign-in?next=/settings/calendars"' in out.content.decode()
    assert Calendar.objects.filter(workspace=hana.workspace).count() == 1


def test_a_method_that_nothing_answers_is_told_so(desk: Client, client: Client) -> None:
    strict = Client(enforce_csrf_checks=True, cookies=desk.cookies)
    for pattern in urls.urlpatterns:
        path = "/" + str(pattern.pattern).replace("<str:", "<").translate({ord("<"): "x", ord(">"): "x"})
        if path == "/style":
            continue
        for method in ("PUT", "PATCH", "DELETE"):
            answer = strict.generic(method, path)
            assert answer.status_code == 405, (method, path)
            assert answer.headers["Allow"], path
            assert "<h1>" in answer.content.decode(), path


def test_the_address_of_a_button_says_so_and_leads_on(desk: Client) -> None:
    page = desk.get("/settings/calendars/x/duplicate")
    assert page.status_code == 405
    assert "This is not a page" in read(page)
    assert 'href="/settings/calendars"' in page.content.decode()
