"""The contract is published as OpenAPI 3.1, and as a page that loads nothing from elsewhere."""

from __future__ import annotations

import re

from tests.api.conftest import Program


def test_openapi_names_every_address(guest: Program) -> None:
    answer = guest.get("/openapi.json")
    assert answer.status_code == 200
    document = answer.json()
    assert document["openapi"].startswith("3.1")
    for path in ("/me", "/calendars/{id}/slots", "/links/batch", "/public/links/{token}/bookings"):
        assert f"/api/v1{path}" in document["paths"]


def test_every_refusal_of_openapi_is_a_problem(guest: Program) -> None:
    for path, methods in guest.get("/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], (method, path)


def test_the_page_names_every_address_and_code_and_loads_nothing(guest: Program) -> None:
    answer = guest.get("/docs")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "GET /api/v1/links/{id}/trail" in page
    assert 'id="link_used"' in page
    assert not re.search(r"<(script|link|img|iframe|style)\b", page)


def test_elsewhere_is_nothing(guest: Program) -> None:
    for path in ("/nothing", "/me/", "/links/", "", "/"):
        answer = guest.get(path)
        assert answer.status_code == 404, path
        assert answer.json()["code"] == "not_found"
