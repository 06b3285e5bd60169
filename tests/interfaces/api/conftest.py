"""How tests talk to the API: as Hana's program, as Sam's, and as a guest."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from bookonce.domain.links import observations
from bookonce.foundation import clock
from bookonce.interfaces.api import key_usage
from tests import make


class Program:
    """A program that shows this key (or none) and speaks JSON."""

    def __init__(self, key: str | None = None) -> None:
        self.client = Client(raise_request_exception=False)
        self.key = key

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Call ``/api/v1`` and give back the answer; ``answer.json()`` is what it says."""
        if self.key:
            headers.setdefault("Authorization", f"Bearer {self.key}")
        kind = headers.pop("Content_Type", "application/json")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent: dict[str, Any] = {}
        if body is not None:
            sent = {"data": encoded(body), "content_type": kind}
        return self.client.generic(method, f"/api/v1{path}", headers=named, **sent)

    def get(self, path: str, **headers: str) -> Any:
        return self("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self("DELETE", path, **headers)


def encoded(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    """The API's clock stands at the tests' now; nothing was noted or counted before."""
    monkeypatch.setattr(clock, "now", lambda: make.NOW)
    settings.DATA = tmp_path
    observations._seen.clear()
    key_usage._noted.clear()


@pytest.fixture
def program(hana: make.Team) -> Program:
    """Hana's program."""
    return Program(hana.api_key)


@pytest.fixture
def stranger(sam: make.Team) -> Program:
    """Sam's program, of another workspace."""
    return Program(sam.api_key)


@pytest.fixture
def guest(db: None) -> Program:
    """Somebody without a key."""
    return Program()


def address_of(link: dict[str, Any]) -> str:
    """The guest's side of a link that was just minted."""
    return f"/public/links/{link['url'].rsplit('/', 1)[1]}"


GIL = {"name": "Gil Guest", "email": "gil@example.net", "zone": "Europe/Berlin"}


def asked(starts_at: Any, **more: Any) -> dict[str, Any]:
    """A wish to book, by Gil."""
    text = starts_at if isinstance(starts_at, str) else f"{starts_at:%Y-%m-%dT%H:%M:%SZ}"
    return {"starts_at": text, "guest": GIL} | more


def pointers(answer: Any) -> list[str]:
    """What a 422 names."""
    assert answer.status_code == 422, answer.content
    assert answer.json()["code"] == "invalid"
    return [error["pointer"] for error in answer.json()["errors"]]


Mint = Callable[..., dict[str, Any]]


@pytest.fixture
def minted(program: Program, hana: make.Team) -> Mint:
    """Mint a link with these terms by the API."""

    def mint(**terms: Any) -> dict[str, Any]:
        answer: HttpResponse = program.post("/links", {"calendar": hana.calendar.slug} | terms)
        assert answer.status_code == 201, answer.content
        link: dict[str, Any] = answer.json()  # type: ignore[attr-defined]
        return link

    return mint
