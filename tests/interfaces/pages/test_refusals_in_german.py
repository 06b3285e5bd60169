"""What is refused is said in German to the letter as it was: sentences with numbers, lists and words in them.

``BOOKONCE_TEST_RECORD=1`` writes the record anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client, RequestFactory

from bookonce.delivery.outbox import operations as outbox
from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.accounts import access, passwords, profile
from bookonce.domain.bookings import guest_details
from bookonce.domain.bookings.operations import chosen_length
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.links import link_requests
from bookonce.domain.schemas import parsing
from bookonce.domain.schemas.calendars import CalendarChange
from bookonce.domain.schemas.link_options import link_options_of
from bookonce.domain.schemas.links import LinkFields, Row
from bookonce.domain.schemas.recipient_csv import parse_recipient_csv
from bookonce.domain.workspaces import operations as workspaces
from bookonce.foundation import email_addresses
from bookonce.foundation.errors import Invalid, Refused
from bookonce.interfaces import middleware
from bookonce.interfaces.pages.language import ReaderLanguage
from tests import make
from tests.interfaces.host.conftest import sat_down

pytestmark = pytest.mark.django_db

RECORD = Path(__file__).with_name("recorded") / "refusals_in_german.json"
GERMAN = ReaderLanguage("de", "Europe/Berlin", make.NOW)

QUESTION = {"key": "topic", "label": "Topic"}
CALENDARS: list[dict[str, Any]] = [
    {"name": "x" * 121},
    {"name": ""},
    {"name": 7},
    {"slug": "x" * 61},
    {"slug": "No Slug"},
    {"description": "x" * 4001},
    {"minutes": 0},
    {"minutes": []},
    {"minutes": ["a"]},
    {"minutes": list(range(1, 30))},
    {"slot_step": 0},
    {"slot_step": 5000},
    {"slot_step": "a"},
    {"slot_step": 1.5},
    {"buffer_before": -1},
    {"buffer_after": 2000},
    {"notice_minutes": 9_999_999},
    {"limit_per_day": 0},
    {"limit_per_week": 1001},
    {"hours": []},
    {"hours": {"mon": [["09:00"]]}},
    {"hours": {"mon": [["09:00", "10:00"]] * 97}},
    {"exceptions": [{"on": "2026-11-24", "hours": []}] * 1001},
    {"exceptions": 1},
    {"visibility": "open"},
    {"location": {"kind": "nowhere"}},
    {"location": {"kind": "address"}},
    {"location": {"kind": "url", "value": "x"}},
    {"location": {"kind": "text", "value": "x" * 501}},
    {"questions": [QUESTION] * 51},
    {"questions": [QUESTION | {"kind": "choice", "options": ["a"] * 101}]},
    {"questions": [QUESTION | {"kind": "guess"}]},
    {"questions": [QUESTION | {"key": "name"}]},
    {"contact": {"name": "x" * 201, "phone": "1" * 41}},
    {"approval": 1},
    {"window_days": 4000},
    {"hosts": ["x"] * 101},
    {"nothing": 1},
]
LINKS: list[dict[str, Any]] = [
    {"label": "x" * 201},
    {"note": "x" * 2001},
    {"message": "x" * 501},
    {"locked": ["x"] * 101},
    {"minutes": 1441},
    {"on_cancel": "never"},
    {"recipient": {"email": "x" * 255 + "@example.org"}},
    {"expires_at": "soon"},
    {"metadata": 1},
]
RULES: list[dict[str, Any]] = [
    {"slot_step": 9999},
    {"buffer_before": -5},
    {"notice_minutes": 999_999_999},
    {"window_days": -1},
    {"minutes": [0]},
    {"hours": {"mon": [["09:00", "09:01"]] * 97}},
    {"limit_per_day": 0},
]


def told(act: Callable[[], Any]) -> Iterator[str]:
    """What this is refused with, as the refusal carries it."""
    with pytest.raises(Refused) as refused:
        act()
    if "errors" in refused.value.data:
        yield from (error["detail"] for error in refused.value.data["errors"])
    else:
        yield refused.value.sentence


def of_schemas() -> Iterator[str]:
    for tree in CALENDARS:
        yield from (mend for _, mend in parsing.list_problems(CalendarChange, tree))
    for tree in LINKS:
        yield from (mend for _, mend in parsing.list_problems(LinkFields, tree))
    yield from (mend for _, mend in parsing.list_problems(Row, {"name": "x" * 201, "label": "x" * 300}))
    deep = "[" * 40 + "]" * 40
    yield from told(lambda: parsing.parse_json(deep.encode()))
    yield from told(lambda: parse_recipient_csv(b"city\nRome\n"))
    yield from told(lambda: parse_recipient_csv(b'name\n"a'))


def of_operations(team: make.Team) -> Iterator[str]:
    person, workspace, calendar = team.owner.person, team.workspace, team.calendar
    long: dict[str, Any] = {"zone": "UTC", "language": "", "clock": ""}
    yield from told(lambda: profile.change_profile(person, name="x" * 121, **long))
    wrong: dict[str, Any] = {"link_days": 9999, "slug": "A B", "accent": "?", "language": "xx", "by": "test"}
    yield from told(lambda: profile.change_workspace(workspace, name="x" * 121, now=make.NOW, **wrong))
    yield from told(lambda: passwords.reset_password("", "short", now=make.NOW))
    for terms in RULES:
        yield from told(
            lambda terms=terms: calendars.change_calendar(calendar, by="test", now=make.NOW, **terms)
        )
    yield from told(lambda: chosen_length(calendar, None, 7))
    person_wanted: dict[str, Any] = {"owner_name": "H", "owner_email": "no", "zone": "Mars", "language": "xx"}
    yield from told(lambda: workspaces.found_with_owner("W", password="x", now=make.NOW, **person_wanted))
    link = make.link(calendar, expires_at=make.later(5))
    said = {"name": "x" * 300, "reach": "x" * 300, "message": "x" * 3000}
    yield from told(lambda: link_requests.request_new_link(link, now=make.later(10), **said))
    prefill = parsing.validate(LinkFields, {"prefill": {"name": "x" * 300, "phone": "1" * 16, "email": "no"}})
    yield from told(lambda: link_options_of(prefill, calendar, now=make.NOW))
    asked = {"questions": [{"key": "a", "label": "A", "kind": "text"}]}
    other = calendars.change_calendar(calendar, by="test", now=make.NOW, **asked)
    guest = replace(make.GIL, name="x" * 201, email="x" * 300 + "@example.org", phone="1" * 30)
    yield from told(lambda: guest_details.validate_guest(guest, other, {"a": "x" * 4001, "b": ""}, None))
    make.booking(calendar)
    for state in Delivery.State.values:
        Delivery.objects.update(state=state)
        waiting = Delivery.objects.order_by("pk").first()
        assert waiting
        if state != Delivery.State.DEAD:
            yield from told(lambda waiting=waiting: outbox.resend(waiting, now=make.NOW))
    visitor = access.ApiPrincipal(SimpleNamespace(scopes=["links:read"]))  # type: ignore[arg-type]
    yield from told(lambda: visitor.need("links:write"))
    yield str(email_addresses.email_problem("x" * 255 + "@example.org"))


def in_german(team: make.Team) -> dict[str, str]:
    sentences = [*of_schemas(), *of_operations(team)]
    return {str(sentence): GERMAN.say(sentence) for sentence in sentences}


def pages(team: make.Team) -> dict[str, str]:
    """What is said where no refusal is carried: by the frame around all pages, and by one form."""
    request = RequestFactory().get("/x", headers={"Accept-Language": "de"})
    desk = sat_down(Client(headers={"accept-language": "de"}), team)
    shown = {
        "405": desk.put("/settings/calendars", headers={"accept-language": "de"}),
        "413": Client(headers={"accept-language": "de"}).post("/o/x", {"a": "x" * 3_000_000}),
        "keys": desk.post("/settings/keys/new", {"name": "x" * 300, "preset": "links", "lives": "90"}),
        "404": middleware.handle_404(request),
    }
    return {name: _words(answer.content.decode()) for name, answer in shown.items()}


def _words(html: str) -> str:
    found = [line.strip() for line in html.replace("<", "\n<").replace(">", ">\n").splitlines()]
    return " | ".join(line for line in found if len(line.split()) > 3 and not line.startswith("<"))


def test_every_refusal_is_said_as_it_was(hana: make.Team) -> None:
    said = {"refusals": in_german(hana), "pages": pages(hana)}
    if os.environ.get("BOOKONCE_TEST_RECORD"):
        RECORD.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert said == json.loads(RECORD.read_text(encoding="utf-8"))


def test_the_errors_of_a_refusal_stay_plain_text(hana: make.Team) -> None:
    """A program reads them as JSON, in English."""
    with pytest.raises(Invalid) as refused:
        chosen_length(hana.calendar, None, 7)
    assert json.loads(json.dumps(refused.value.data["errors"])) == [
        {"pointer": "/minutes", "detail": "Choose a length that is on offer: 30."}
    ]
