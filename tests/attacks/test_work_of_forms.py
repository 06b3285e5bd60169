"""No form makes more work than its size allows, and no field is longer than its limit (promise 25)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern

from bookonce.domain.bookings.guest_details import plain_name
from bookonce.domain.bookings.queries import manage_url
from bookonce.domain.links.queries import token_of
from bookonce.domain.schemas.calendars import repeated_questions
from bookonce.foundation import clock, tokens
from bookonce.foundation.email_addresses import email_problem
from bookonce.foundation.log_redaction import redact
from bookonce.foundation.phones import search_digits
from bookonce.foundation.text import clean_lines, single_line
from bookonce.interfaces.guest.urls import urlpatterns as guest_patterns
from bookonce.interfaces.host.calendars.hours import range_of, ranges_of
from bookonce.interfaces.host.links.forms import parse_recipient, recipient_doubts
from bookonce.interfaces.host.shared.session import PROVED
from bookonce.interfaces.host.urls import urlpatterns as host_patterns
from bookonce.interfaces.http_server.body_limits import largest_body
from bookonce.interfaces.pages import human_delay
from bookonce.interfaces.pages.language import ReaderLanguage
from tests import make
from tests.attacks.conftest import IN_FULL
from tests.attacks.test_work_grows_with_size import unlimited as unlimited
from tests.attacks.work import SIGNS, assert_steady, run_of, some_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.usefixtures("unlimited")]

ENGLISH = ReaderLanguage("en", "UTC", make.NOW)
FORM = "application/x-www-form-urlencoded"
LONGEST_QUERY = 7_000
_NAMED = re.compile(rb'name="([a-z_0-9-]+)"')
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')
_AT = re.compile(r'<input[^>]*name="at"[^>]*value="([^"]+)"')
_PLACE = re.compile(r"<(?:str:)?(\w+)>")

ROUTES = [str(one.pattern) for one in (*guest_patterns, *host_patterns) if isinstance(one, URLPattern)]
"""Every address of a page, as the map of addresses has it: a new one is attacked without being named here."""
HELD = {
    "for",
    "name",
    "email",
    "phone",
    "message",
    "words",
    "description",
    "exceptions-0-hours",
    "hours-mon-0-from",
    "questions-0-label",
    "questions-0-options",
    "place_value",
    "zone",
}
"""Fields that are sent to every address, whether or not its page shows them."""
FEW = {
    "settings/calendars/<str:name>/share": ("for", "message"),
    "settings/calendars/<str:name>": ("zone", "exceptions-0-hours"),
    "o/<str:token>": ("name", "unknown"),
    "sign-in": ("email", "next"),
}
"""The addresses that the short run measures, and their fields."""
TOO_LONG = ("unknown", "seal", "name", "preview_zone", "exceptions-7-hours")


class Forms:
    """Sends forms as somebody who is signed in, and takes back what they have changed."""

    def __init__(self, team: make.Team) -> None:
        link, used = make.link(team.calendar), make.link(team.calendar)
        booking = make.booking(team.calendar, link=used)
        calendar = tokens.public_id("cal", team.calendar.pk)
        manage = manage_url(booking) or ""
        self.values = {
            "asks": "ask_none",
            "b": manage.rsplit("/", 1)[1],
            "bookings": tokens.public_id("bkg", booking.pk),
            "calendars": calendar,
            "links": tokens.public_id("lnk", link.pk),
            "o": token_of(link),
            "outbox": "dlv_none",
        }
        self.client = Client(headers={"Sec-Fetch-Site": "same-origin"}, raise_request_exception=False)
        self.client.force_login(team.owner.person)
        session = self.client.session
        session[PROVED] = clock.seconds_of_instant(clock.now())
        session.save()
        self.cookie = self.client.cookies[django_settings.SESSION_COOKIE_NAME].value
        self.workspace, self.calendar = team.workspace.slug, team.calendar.slug

    def path(self, route: str) -> str:
        if route.startswith("c/"):
            return f"/c/{self.workspace}/{self.calendar}"
        rooms = [part for part in route.split("/") if part in self.values]
        found = self.values[rooms[-1]] if rooms else "nobody"
        return "/" + _PLACE.sub(lambda place: "png" if place[1] == "kind" else found, route)

    def kept(self, route: str) -> str:
        """The hidden fields of the page, without which a form is read no further than to them."""
        shown = _HIDDEN.findall(self.open(route).content.decode())
        return urlencode([(name, unescape(value)) for name, value in shown if name != "next"])

    def send(self, route: str, form: str | bytes, kind: str = FORM) -> Any:
        return self._asked(lambda: self.client.post(self.path(route), form, content_type=kind))

    def open(self, route: str, query: str = "") -> Any:
        return self._asked(lambda: self.client.get(f"{self.path(route)}?{query}"))

    def _asked(self, ask: Callable[[], Any]) -> Any:
        # A form may sign out: the next one is sent by the same session again.
        self.client.cookies[django_settings.SESSION_COOKIE_NAME] = self.cookie
        with transaction.atomic():
            answer = ask()
            transaction.set_rollback(True)
        assert answer.status_code < 500, answer.content[-500:]
        return answer

    def takes_forms(self, route: str) -> bool:
        return self.send(route, "").status_code not in (404, 405)

    def fields(self, route: str) -> list[str]:
        """The fields that the page shows, and others that the form may take."""
        shown = {name.decode() for name in _NAMED.findall(self.open(route).content)}
        return sorted(HELD | shown | {"unknown"})


@pytest.fixture
def forms(hana: make.Team) -> Forms:
    return Forms(hana)


def _routes() -> Iterator[str]:
    yield from (route for route in ROUTES if not route.startswith("(?s)") and "kind" not in route)


def test_every_form_refuses_a_field_that_is_too_long(forms: Forms) -> None:
    """Whatever its name: what a form does not know has a limit, too."""
    taken, sent = [], 0
    for route in _routes():
        if IN_FULL and not forms.takes_forms(route):
            continue
        for name in TOO_LONG if IN_FULL else TOO_LONG[:1]:
            sent += 1
            answer = forms.send(route, urlencode({name: "x" * 30_000}))
            if answer.status_code not in (404, 405, 410, 422):
                taken.append(f"/{route}: {name} → {answer.status_code}")
    assert sent > 30
    assert not taken, "\n".join(taken)


def _cases(forms: Forms, route: str) -> dict[str, Callable[[int], object]]:
    kept = forms.kept(route)

    def with_text(name: str, sign: str) -> Callable[[int], object]:
        return lambda size: forms.send(route, f"{kept}&{name}={run_of(sign, size)}")

    cases = {
        f"{name} of {what}": with_text(name, sign)
        for number, name in enumerate(forms.fields(route) if IN_FULL else FEW[route])
        for what, sign in some_of(SIGNS, number)
    }
    cases["many fields"] = lambda size: forms.send(
        route, "&".join(f"n{n}=1" for n in range(min(size // 9, 4_990)))
    )
    for sign in ("%", "%41", "%C3%9F", "%ff", "+", ";"):
        cases[f"encoded as {sign}"] = lambda size, sign=sign: forms.send(
            route, f"a={sign * (size // len(sign))}"
        )  # type: ignore[misc]
    cases["nothing but separators"] = lambda size: forms.send(route, "&" * size)
    cases["one field again and again"] = lambda size: forms.send(
        route, "&".join(["minutes=1"] * min(size // 10, 4_990))
    )
    return cases


@pytest.mark.parametrize("route", list(_routes()) if IN_FULL else list(FEW))
def test_long_fields(forms: Forms, route: str) -> None:
    if IN_FULL and not forms.takes_forms(route):
        return
    most = largest_body(forms.path(route)) - 1_000 if IN_FULL else 40_000
    assert_steady(_cases(forms, route), min(most, 400_000))


GUEST = "o/<str:token>"
ASKED = {"key": "why", "label": "Why?", "kind": "text", "required": False, "options": [], "help": ""}


def test_details_of_a_guest_who_has_picked_a_time(
    forms: Forms, hana: make.Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside a time that was chosen every field is read, up to the booking itself."""
    monkeypatch.setattr(human_delay, "HUMAN_DELAY", 0.0)
    type(hana.calendar).objects.update(questions=[ASKED])
    [at, *_] = _AT.findall(forms.open(GUEST).content.decode())
    picked = forms.send(GUEST, f"{forms.kept(GUEST)}&{urlencode({'at': unescape(at)})}")
    details = forms.open(GUEST, urlsplit(picked["Location"]).query).content.decode()
    kept = urlencode([(name, unescape(value)) for name, value in _HIDDEN.findall(details)])
    right = {"step": "book", "name": "Gil", "email": "gil@example.net", "q-why": "Because"}
    # Where the right values book, each of the wrong ones is read.
    assert forms.send(GUEST, f"{kept}&{urlencode(right)}").status_code == 303

    def with_text(name: str, sign: str) -> Callable[[int], object]:
        others = urlencode({other: value for other, value in right.items() if other != name})
        return lambda size: forms.send(GUEST, f"{kept}&{others}&{name}={run_of(sign, size)}")

    names = ("name", "email", "phone", "q-why", "q-unknown", "zone", "pick", "seal", "unknown")
    signs = [*SIGNS.items()]
    cases = {
        f"{name} of {what}": with_text(name, sign)
        for number, name in enumerate(names)
        for what, sign in (signs if IN_FULL else [signs[number]])
    }
    assert_steady(cases, 95_000 if IN_FULL else 40_000)


ROWS: dict[str, str] = {
    "exceptions of a year": "exceptions-{n}-from=2026-01-01&exceptions-{n}-to=2026-12-31",
    "exceptions of many hours": "exceptions-{n}-from=2026-01-01&exceptions-{n}-hours=" + "9-5," * 90,
    "exceptions of spaces": "exceptions-{n}-from=2026-01-01&exceptions-{n}-hours=" + "+" * 2_000,
    "questions of one name": "questions-{n}-label=What&questions-{n}-kind=text",
    "hours": "hours-mon-{n}-from=9&hours-mon-{n}-to=5",
    "hours of spaces": "hours-mon-{n}-from=9" + "+" * 36 + "7",
    "keys": "questions-{n}-label=a{n}&questions-{n}-key=k{n}&questions-{n}-options=" + "a%0A" * 50,
}
"""Rows of a calendar's form, numbered; each is a fault or not."""


EDITED = ["settings/calendars/<str:name>", "settings/calendars/new/preview"]


@pytest.mark.parametrize("route", EDITED if IN_FULL else EDITED[:1])
def test_many_rows(forms: Forms, route: str) -> None:
    def with_rows(row: str) -> Callable[[int], object]:
        count = row.count("=")
        return lambda size: forms.send(
            route,
            "name=A&minutes=30&zone=UTC&"
            + "&".join(row.replace("{n}", str(n)) for n in range(min(size // len(row), 4_900 // count))),
        )

    some = [*ROWS.items()][slice(None) if IN_FULL else slice(1, 3)]
    rows = {what: with_rows(row) for what, row in some}
    assert_steady(rows, 400_000 if IN_FULL else 40_000)


@pytest.mark.parametrize("route", ["c/<str:workspace>/<str:calendar>", "bookings", "settings/calendars"])
def test_long_queries(forms: Forms, route: str) -> None:
    def with_text(name: str, sign: str) -> Callable[[int], object]:
        return lambda size: forms.open(route, f"{name}={sign * (size // len(sign))}")

    names = ("q", "zone", "zones=1&q", "pick", "day", "after", "state", "calendar", "unknown")
    signs = ("a+", "%CC%95%CC%80")
    named = [*itertools.product(names if IN_FULL else names[:3], signs)]
    cases = {f"{name} of {sign}": with_text(name, sign) for name, sign in named}
    cases["many names"] = lambda size: forms.open(route, "&".join(f"n{n}=1" for n in range(size // 8)))
    cases["one name again and again"] = lambda size: forms.open(route, "q=1&" * (size // 4))
    cases["nothing but separators"] = lambda size: forms.open(route, "&" * size)
    assert_steady(cases, LONGEST_QUERY)


PARTS: dict[str, Callable[[int], bytes]] = {
    "parts": lambda size: b"".join(
        b'--b\r\nContent-Disposition: form-data; name="n%d"\r\n\r\n1\r\n' % n for n in range(size // 60)
    ),
    "parts of one name": lambda size: (
        b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" * (size // 55)
    ),
    "parts without a name": lambda size: b"--b\r\n\r\n" * (size // 7),
    "boundaries alone": lambda size: b"--b" * (size // 3),
    "what is almost a boundary": lambda size: b"\r\n--\r\n-b" * (size // 9),
    "files": lambda size: (
        b"--b\r\nContent-Disposition: form-data; name=a; filename=f\r\n\r\n1\r\n" * (size // 67)
    ),
    "headers of a part": lambda size: b"--b\r\n" + b"a: b\r\n" * (size // 6) + b"\r\n",
    "parameters of a part": lambda size: (
        b"--b\r\nContent-Disposition: form-data; name=a" + b"; a=b" * (size // 5) + b"\r\n\r\n1\r\n"
    ),
    "Base64": lambda size: (
        b"--b\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + b"A " * (size // 2)
        + b"\r\n"
    ),
    "text": lambda size: b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n" + b"-" * size + b"\r\n",
}
"""Forms as no page of ours sends them, but as anybody may: in parts, between boundaries."""


@pytest.mark.parametrize("route", ["sign-in", GUEST, EDITED[0]])
def test_forms_in_parts(forms: Forms, route: str) -> None:
    def with_parts(shape: Callable[[int], bytes]) -> Callable[[int], object]:
        return lambda size: forms.send(route, shape(size) + b"--b--\r\n", "multipart/form-data; boundary=b")

    most = largest_body(forms.path(route)) - 1_000 if IN_FULL else 40_000
    assert_steady({what: with_parts(shape) for what, shape in PARTS.items()}, most)


READERS: dict[str, Callable[[str], object]] = {
    "recipient": parse_recipient,
    "doubts": lambda text: list(recipient_doubts(text)),
    "hours": lambda text: range_of(text, "", ENGLISH),
    "ranges": lambda text: ranges_of(text, ENGLISH),
    "line": single_line,
    "lines": clean_lines,
    "e-mail": email_problem,
    "phone": search_digits,
    "name": plain_name,
    "log": redact,
    "labels": lambda text: repeated_questions(text.split(" ")),
}
"""What reads a text by patterns or loops. Fields are limited before; these hold without that, too."""


@pytest.mark.parametrize("what", READERS)
def test_patterns_by_themselves(what: str) -> None:
    read = READERS[what]
    cases = {
        name: (lambda size, sign=sign: read(run_of(sign, size)))  # type: ignore[misc]
        for name, sign in SIGNS.items()
    }
    assert_steady(cases, 40_000)
