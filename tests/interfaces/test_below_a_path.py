"""Served below a path, no answer names an address outside it: of all pages of the URL map, and of the API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from bookonce.delivery.mail.delivering import deliver
from bookonce.delivery.outbox import worker
from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.accounts import authenticator, first_run, mailed_tokens
from bookonce.domain.accounts.models import ApiKey, MailedLink, Passkey
from bookonce.domain.links import link_requests
from bookonce.domain.links.models import Ask
from bookonce.foundation import base_path, clock, tokens
from bookonce.foundation.base_url import OWN_NAMES
from bookonce.foundation.database.transactions import transaction
from bookonce.interfaces.api import openapi
from bookonce.interfaces.pages import assets
from tests import make
from tests.interfaces.api.conftest import Program
from tests.interfaces.guest.conftest import address_of, manage_of
from tests.interfaces.host.conftest import sat_down
from tests.interfaces.host.device import Device

HOST = "http://localhost:8000"
BELOW = "/termine"
ROUTES = [str(one.pattern) for one in get_resolver().url_patterns if isinstance(one, URLPattern)]
PAGES = sorted(one for one in ROUTES if not one.startswith(("api/v1/", "^", "(")))
"""What is no page is a call of the API, or a pattern of unknown addresses."""
ATTRIBUTE = re.compile(r'\s([a-z-]+)="([^"]*)"')
TYPED = ("value", "content")
"""Attributes whose text is sent back as it is, or shown: no address that a browser follows."""


@pytest.fixture(autouse=True)
def _below(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.BASE_URL, settings.BASE_PATH = HOST + BELOW, BELOW
    settings.SESSION_COOKIE_PATH = settings.CSRF_COOKIE_PATH = BELOW
    settings.DATA = tmp_path
    monkeypatch.setattr(clock, "now_precise", make.NOW.timestamp)
    openapi.openapi_document.cache_clear()
    yield
    openapi.openapi_document.cache_clear()


def is_outside(address: str) -> bool:
    """Whether a browser would leave the path by this address, and stay on the host."""
    path = address.removeprefix(HOST)
    return path.startswith("/") and not path.startswith("//") and not f"{path}/".startswith(f"{BELOW}/")


def texts(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        told = [one for name, one in told.items() if name != "pointer"]
    if isinstance(told, list):
        for one in told:
            yield from texts(one)
    elif isinstance(told, str):
        yield told


def addresses_outside(answer: Any) -> list[str]:
    """Every address of an answer that leaves the path: of its headers, attributes, styles, JSON, text."""
    headers = [answer.headers.get(name, "") for name in ("Location", "Content-Location", "Link")]
    paths = [cookie["path"] for cookie in answer.cookies.values()]
    text, kind = b"".join(answer).decode("latin-1"), answer.headers.get("Content-Type", "")
    named = re.findall(rf"{re.escape(HOST)}[^\s\"'<>&]*", text)
    if "html" in kind:
        named += [unescape(value) for name, value in ATTRIBUTE.findall(text) if name not in TYPED]
    if "json" in kind:
        named += list(texts(json.loads(text)))
    named += re.findall(r"url\([\"']?([^\"')]*)", text)
    return [address for address in (*headers, *paths, *named) if is_outside(address)]


def test_addresses_that_leave_the_path_are_found() -> None:
    """It can fail: each kind of address is looked at."""

    class Told:
        cookies = {"a": {"path": "/"}}  # noqa: RUF012 - as a response has them

        def __init__(self, kind: str, text: str, **headers: str) -> None:
            self.headers, self.text = {"Content-Type": kind, **headers}, text

        def __iter__(self) -> Iterator[bytes]:
            yield self.text.encode()

    page = f'<a href="/x"><p data-any="/y" value="/z">{HOST}/w url(/v) <a href="{BELOW}/x?a=b"><a href="#u">'
    assert set(addresses_outside(Told("text/html", page, Location="/l"))) == {
        "/l",
        "/",
        "/x",
        "/y",
        HOST + "/w",
        "/v",
    }
    assert addresses_outside(Told("application/json", '{"a": [{"b": "/x"}]}')) == ["/", "/x"]


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("/termine/o/x", "/o/x"),
        ("/o/x", "/o/x"),
        ("/termine", "/"),
        ("/termine/", "/"),
        ("/", "/"),
        ("/terminex", "/terminex"),
        ("/termine/termine/x", "/termine/x"),
        ("/Termine/x", "/Termine/x"),
    ],
)
def test_a_path_is_known_whether_or_not_a_proxy_has_cut_it(asked: str, known: str) -> None:
    assert base_path.without_base_path(asked) == known


def test_addresses_of_others_stay() -> None:
    others = ("https://example.org/x", "//example.org/x", "mailto:a@example.org", "#top", "?part=past", "")
    assert [base_path.with_base_path(one) for one in others] == list(others)
    others_too = '<a href="//example.org/x"><a href="https://example.org/"><p title="/x"> href=/x ?'
    assert base_path.page_with_base_path(others_too) == others_too
    ours = '<a href="/x"><form action="/" data-begin="/y">'
    assert base_path.page_with_base_path(ours) == ours.replace('"/', '"/termine/')


def test_no_page_of_ours_has_a_name_that_the_path_may_begin_with() -> None:
    """Else a proxy that has cut the path off could not be told from one that has not."""
    firsts = {re.split(r"[/<]", route)[0] for route in PAGES if route} | {
        "api",
        "static",
        "healthz",
        "readyz",
        "metrics",
    }
    assert firsts | {"p"} == OWN_NAMES


def names_of(team: make.Team) -> dict[str, str]:
    """What stands for the names in each route, by how the route begins."""
    link = make.link(team.calendar, recipient_name="Gil Guest", recipient_email="gil@example.net")
    booking = make.booking(team.calendar, link=(used := make.link(team.calendar)))
    link_requests.request_new_link(used, name="Gil", reach="ring", message="Please!", now=make.NOW)
    person = team.owner.person
    for purpose in MailedLink.Purpose:
        with transaction():
            mailed_tokens.mail_link(person, purpose, to=person.email, now=make.NOW)
    mailed = {
        one.purpose: (mailed_tokens.mailed_link_url(one) or "").rpartition("/")[2]
        for one in MailedLink.objects.all()
    }
    while worker.deliver_one({"email": deliver}):
        pass
    guests = Delivery.objects.get(recipient="guest")
    authenticator.begin_setup(person, now=make.NOW)
    public = tokens.public_id
    return {
        "o": address_of(link).rpartition("/")[2],
        "b": manage_of(booking).rpartition("/")[2],
        "accent": "3b5bdb",
        "setup": first_run.create_setup_secret().rpartition("/")[2],
        "password": mailed[MailedLink.Purpose.PASSWORD],
        "email": mailed[MailedLink.Purpose.EMAIL],
        "asks": public("ask", Ask.objects.get().pk),
        "links": public("lnk", link.pk),
        "bookings": public("bkg", booking.pk),
        "outbox": public("dlv", guests.pk),
        "settings/calendars": public("cal", team.calendar.pk),
        "settings/keys": public("key", ApiKey.objects.get().pk),
        "settings/account/passkeys": ", ".join(public("psk", key.pk) for key in Passkey.objects.all()),
    }


def filled(route: str, team: make.Team, names: dict[str, str]) -> str:
    """The route with a name of something that is there, where its page has one."""
    begins = [name for name in names if f"{route}/".startswith(f"{name}/")]
    slugs = route.replace("<str:workspace>", team.workspace.slug).replace(
        "<str:calendar>", team.calendar.slug
    )
    named = slugs.replace("<str:kind>", "svg")
    return "/" + re.sub(r"<str:\w+>", names[max(begins, key=len)] if begins else "none", named)


@pytest.mark.one_database
@pytest.mark.django_db
def test_no_page_leaves_the_path(hana: make.Team) -> None:
    """Every page of the URL map, as whoever is signed in sees it and as a stranger does."""
    desk, device = sat_down(Client(), hana), Device(origin=HOST)
    begun = desk.post("/settings/account/passkeys/begin")
    made = desk.post(
        "/settings/account/passkeys/new", {"credential": device.creates(begun.json()), "name": "Phone"}
    )
    assert made.headers["Location"] == f"{BELOW}/settings/account"
    names = names_of(hana)
    found, unknown = dict[str, list[str]](), set[str]()
    for route in PAGES:
        path = filled(route, hana, names)
        for browser in (desk, Client()):
            answer = browser.get(path)
            found[path] = found.get(path, []) + addresses_outside(answer)
            unknown |= {route} if browser is desk and answer.status_code == 404 else set()
    assert {path: addresses for path, addresses in found.items() if addresses} == {}
    # The page of all parts is hidden by a setting.
    assert unknown == {"style"}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/nothing", "/o/none", "/api/v1/none", "/sign-in/none"])
def test_no_refusal_leaves_the_path(client: Client, path: str) -> None:
    answers = [client.get(path), client.put(path), client.get(path, headers={"host": "other.example"})]
    assert [addresses_outside(answer) for answer in answers] == [[], [], []]


@pytest.mark.django_db
def test_no_form_leads_out_of_the_path(hana: make.Team) -> None:
    desk = sat_down(Client(), hana)
    calendar = f"/settings/calendars/{tokens.public_id('cal', hana.calendar.pk)}"
    pressed = {
        "/sign-in": {"email": "nobody@example.org", "password": "x", "next": "/outbox"},
        calendar: {"name": ""},
        f"{calendar}/duplicate": {},
        f"{calendar}/share": {"for": "Gil Guest"},
        "/settings/workspace": {"name": "Acme"},
        "/password/forgotten": {"email": "nobody@example.org"},
        "/sign-out": {},
        "/outbox/resend": {},
    }
    answers = {path: desk.post(path, typed) for path, typed in pressed.items()}
    assert {path: addresses_outside(answer) for path, answer in answers.items()} == {
        path: [] for path in pressed
    }
    assert sum("Location" in answer.headers for answer in answers.values()) > 0
    # A form whose session has ended leads back to its page, which the browser names with the path.
    before = {"referer": f"{HOST}{BELOW}/settings/keys?a=b", "host": "localhost:8000"}
    assert b"next=/settings/keys%3Fa%3Db" in Client().post("/settings/keys/new", headers=before).content


@pytest.mark.django_db
def test_no_call_of_the_api_leaves_the_path(hana: make.Team) -> None:
    program, names = Program(hana.api_key), names_of(hana)
    document = program.get("/openapi.json").json()
    assert document["servers"] == [{"url": f"{BELOW}/"}]
    minted = program.post("/links", {"calendar": "intro-call"}).json()
    assert minted["url"].startswith(f"{HOST}{BELOW}/o/")
    shown = program.get(f"/links/{minted['id']}").json()
    assert shown["url"] == minted["url"]
    of = {"calendars": "settings/calendars", "links": "links", "bookings": "bookings", "public": "o"}
    for path, calls in document["paths"].items():
        rest = path.removeprefix("/api/v1")
        key = names.get(of.get(rest.split("/")[1], ""), "")
        asked = re.sub(r"\{\w+\}", key, rest)
        for method in (one.upper() for one in calls):
            answer = program(method, asked, {} if method != "GET" else None)
            assert addresses_outside(answer) == [], f"{method} {asked}"


@pytest.mark.django_db
def test_no_mail_leaves_the_path(hana: make.Team, tmp_path: Path) -> None:
    names_of(hana)
    mails = [file.read_text().replace("=\n", "") for file in (tmp_path / "outbox").glob("*.eml")]
    named = [address for mail in mails for address in re.findall(rf"{HOST}[^\s\"<>]*", mail)]
    assert len(mails) > 4
    assert len(named) > 7
    assert [address for address in named if is_outside(address)] == []


def test_no_script_or_style_names_an_address() -> None:
    """Scripts take addresses from the page: one that is written down would leave the path."""
    written = re.compile(r"""["'`(]/[a-z][\w-]*(?=[/"'`?)])""")
    for file in [*assets.FOLDER.glob("js/*.js"), *assets.FOLDER.glob("css/*.css")]:
        found = [name for name in written.findall(file.read_text()) if name[2:] in OWN_NAMES]
        assert found == (['"/sign-out'] if file.name == "sheet.js" else []), file.name
