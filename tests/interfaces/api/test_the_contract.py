"""The contract is published as OpenAPI 3.1, and as a page that loads nothing from elsewhere."""

from __future__ import annotations

import re

from bookonce.interfaces.api import openapi
from bookonce.interfaces.api.problems import CODES
from tests.interfaces.api.conftest import Program

NAMES = {
    "GET /me": "me_me",
    "GET /links": "links_every",
    "POST /links": "links_mint",
    "POST /links/batch": "links_mint_batch",
    "GET /links/{id}": "links_get",
    "PATCH /links/{id}": "links_change",
    "POST /links/{id}/extend": "links_extend",
    "POST /links/{id}/reopen": "links_reopen",
    "POST /links/{id}/release": "links_release",
    "POST /links/release": "links_release_all",
    "POST /links/{id}/revoke": "links_revoke",
    "GET /links/{id}/trail": "links_trail",
    "GET /public/links/{token}": "public_get",
    "POST /public/links/{token}/bookings": "public_make",
    "POST /public/links/{token}/holds": "public_hold",
    "GET /public/links/{token}/slots": "public_slots",
    "GET /bookings": "bookings_every",
    "POST /bookings": "bookings_make",
    "GET /bookings/{id}": "bookings_get",
    "GET /bookings/{id}.ics": "bookings_calendar_file",
    "POST /bookings/{id}/cancel": "bookings_cancel",
    "POST /bookings/{id}/move": "bookings_move",
    "GET /calendars": "calendars_every",
    "POST /calendars": "calendars_create",
    "DELETE /calendars/{id}": "calendars_archive",
    "GET /calendars/{id}": "calendars_get",
    "PATCH /calendars/{id}": "calendars_change",
    "GET /calendars/{id}/slots": "calendars_slots",
}
"""What calls are named in the document, and by anchors of the page: clients made from it name methods so."""
SCHEMAS = set(
    [
        "Asked",
        "AskedByKey",
        "Booking",
        "Calendar",
        "CalendarChange",
        "Event",
        "Exception_",
        "Extension",
        "GuestSaid",
        "Held",
        "Hold",
        "Link",
        "LinkChange",
        "Location",
        "Me",
        "NewBatch",
        "NewBooking",
        "NewCalendar",
        "NewLink",
        "Nothing",
        "Problem",
        "PublicBooking",
        "PublicLink",
        "Question",
        "Reason",
        "Recipient",
        "Row",
        "ShownContact",
        "Released",
        "Slot",
        "Start",
        "Window",
    ]
)
"""What bodies and answers are named: clients made from the document name their types so."""


def test_openapi_names_every_address(guest: Program) -> None:
    answer = guest.get("/openapi.json")
    assert answer.status_code == 200
    document = answer.json()
    assert document["openapi"].startswith("3.1")
    for path in ("/me", "/calendars/{id}/slots", "/links/batch", "/public/links/{token}/bookings"):
        assert f"/api/v1{path}" in document["paths"]


def test_no_name_in_openapi_changes(guest: Program) -> None:
    document = guest.get("/openapi.json").json()
    named = {
        f"{method.upper()} {path.removeprefix(openapi.PREFIX)}": operation["operationId"]
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert named == NAMES
    assert set(document["components"]["schemas"]) == SCHEMAS


def test_every_refusal_of_openapi_is_a_problem(guest: Program) -> None:
    for path, methods in guest.get("/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], (method, path)


def test_the_page_names_every_call_field_and_code(guest: Program) -> None:
    answer = guest.get("/docs")
    assert answer.status_code == 200
    page, document = answer.content.decode(), openapi.openapi_document()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert f'<article id="{operation["operationId"]}"' in page
            assert f"<code>{path}</code>" in page
    for name, schema in document["components"]["schemas"].items():
        assert f'<article id="schema-{name}"' in page
        assert all(f"<code>{field}</code>" in page for field in schema.get("properties", ()))
    for refusal, _ in CODES:
        assert f'id="{refusal.code}"' in page


def test_every_anchor_of_the_page_leads_somewhere_once(guest: Program) -> None:
    page = guest.get("/docs").content.decode()
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_the_page_runs_nothing_and_loads_its_looks_alone(guest: Program) -> None:
    page = guest.get("/docs").content.decode()
    assert not re.search(r"<(script|img|iframe|style)\b", page)
    loaded = re.findall(r'<link rel="(\w+)" href="(/static/[^"]+)"', page)
    assert [kind for kind, _ in loaded] == ["stylesheet", "stylesheet"]


def test_elsewhere_is_nothing(guest: Program) -> None:
    for path in ("/nothing", "/me/", "/links/", "", "/"):
        answer = guest.get(path)
        assert answer.status_code == 404, path
        assert answer.json()["code"] == "not_found"
