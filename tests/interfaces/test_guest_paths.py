"""What holds for one beginning of a guest's address holds for each, and for one that is yet to come."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from bookonce.foundation.guest_paths import GuestPath, booking_path, calendar_path, is_guest_path, link_path
from bookonce.foundation.log_redaction import redact
from bookonce.interfaces.guest.guest_request import COOKIE_PATH
from bookonce.interfaces.host.shared.middleware import is_without_session
from tests.house.house import name_of, product, tree

HOME = "bookonce/foundation/guest_paths.py"
SECRET = "not-of-a-tokens-shape"
LITERAL = re.compile(rf"(?:^|/|\^)(?:{'|'.join(GuestPath)})/")
SHOWN_TO_READERS = ("bookonce/interfaces/api/views/reference.py",)
"""Examples of whole addresses, for people to read."""


def test_addresses_that_were_given_out_stay() -> None:
    assert (link_path("T"), booking_path("T"), calendar_path("acme", "intro")) == (
        "/o/T",
        "/b/T",
        "/c/acme/intro",
    )
    assert COOKIE_PATH == "/o/"
    assert set(GuestPath) == {"o", "c", "b", "p"}, "a letter more is a contract: say it in docs/api.md, too"


@pytest.mark.parametrize("letter", GuestPath)
def test_it_is_one_letter_of_its_own(letter: GuestPath) -> None:
    assert re.fullmatch("[a-z]", letter)
    for path, guest in {"": True, "/": True, "/x": True, "/x/y": True, "x": False, "x/y": False}.items():
        assert is_guest_path(f"/{letter}{path}") is guest
        assert is_without_session(f"/{letter}{path}") is guest


@pytest.mark.parametrize("path", ["/", "/api/v1/me", "/settings/calendars", "/bookings", "/o.txt", "o/x", ""])
def test_other_addresses_are_no_guests(path: str) -> None:
    assert not is_guest_path(path)


@pytest.mark.django_db
@pytest.mark.parametrize("letter", GuestPath)
@pytest.mark.parametrize("rest", ["", "/", "/nobody-gave-this-out", "/a/b/c"])
def test_what_is_unknown_is_one_page_with_all_headers_and_no_session(
    client: Client, letter: GuestPath, rest: str
) -> None:
    answer = client.get(f"/{letter}{rest}")
    assert answer.status_code == 404
    assert answer.content == client.get("/o/unknown").content, "it tells nothing, not even which kind it is"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert not hasattr(answer.wsgi_request, "session")
    assert not answer.cookies
    # A form of no session is not asked for the session's token: the page says 404, not 403.
    assert Client(enforce_csrf_checks=True).post(f"/{letter}/nobody-gave-this-out").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("letter", GuestPath)
def test_what_is_unknown_may_not_be_asked_for_too_often(
    client: Client, settings: Any, tmp_path: Path, letter: GuestPath
) -> None:
    settings.DATA = tmp_path  # nothing is counted there yet
    settings.RATES = settings.RATES | {"unknown_token": (2, 60)}
    answers = [client.get(f"/{letter}/guess{number}").status_code for number in range(3)]
    assert answers == [404, 404, 429]


@pytest.mark.parametrize("letter", GuestPath)
def test_a_token_leaves_no_trace_in_a_log(letter: GuestPath) -> None:
    for line in (f"GET /{letter}/{SECRET} failed", f"https://book.example/{letter}/{SECRET}/move?x=1"):
        assert (SECRET not in redact(line)) is letter.carries_token


def test_they_are_written_in_one_place() -> None:
    """So that a new one needs to be added to that place alone."""
    found = []
    for path in product():
        if name_of(path) in (HOME, *SHOWN_TO_READERS):
            continue
        documented = {id(node.value) for node in ast.walk(tree(path)) if isinstance(node, ast.Expr)}
        found += [
            f"{name_of(path)}:{node.lineno} {node.value!r}"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented
            if LITERAL.search(node.value)
        ]
    assert not found, "\n".join(found)
