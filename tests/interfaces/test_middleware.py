"""What every request passes and every answer wears."""

from __future__ import annotations

import io
import logging
import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from bookonce.foundation.database import patience
from bookonce.foundation.log_redaction import RedactingFormatter, redact
from bookonce.interfaces import middleware
from bookonce.interfaces.http_server.client_network import client_network
from bookonce.interfaces.http_server.wsgi_call import UNREAD
from bookonce.interfaces.pages.assets import asset_address

TOKEN = "Zx3kP0aa9QmV7tLw2RbYc51"


def broken(request: HttpRequest, token: str = "") -> HttpResponse:
    raise ValueError(f"no luck with {token} of {request.path}")


def echoed(request: HttpRequest, token: str = "") -> HttpResponse:
    return HttpResponse(f"{request.method} {request.META[middleware.CLIENT]}")


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=405, headers={"Allow": "GET"})


def filled_in(request: HttpRequest, token: str = "") -> HttpResponse:
    return HttpResponse(str(len(request.POST)))


def locked(request: HttpRequest, token: str = "") -> HttpResponse:
    raise OperationalError("database is locked")


urlpatterns = [
    path("o/busy/locked", locked),
    path("api/v1/locked", locked),
    path("o/<token>", broken),
    path("api/v1/public/links/<token>", broken),
    path("api/v1/bare", bare),
    path("c/a/b", echoed),
    path("form", filled_in),
    path("o/<token>/form", filled_in),
    path("seen", echoed),
]
handler400, handler404 = middleware.handle_400, middleware.handle_404


@pytest.fixture
def stub() -> Any:
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


@pytest.mark.parametrize(
    "address", ["/c/a/b", "/o/x", "/b/x", "/p/x", "/c/", "/o", "/c", "/b", "/p", "/setup/x"]
)
@pytest.mark.parametrize("method", ["get", "head", "options", "post", "delete"])
def test_pages_wear_their_headers_whatever_they_answer(stub: Client, address: str, method: str) -> None:
    headers = getattr(stub, method)(address).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_who_asks_for_the_head_gets_no_body(stub: Client) -> None:
    assert stub.get("/c/a/b").content == b"GET 127.0.0.1"
    assert stub.post("/c/a/b").content == b"POST 127.0.0.1"
    looked = stub.head("/c/a/b")
    assert (looked.status_code, looked.content) == (200, b"")


BOTH, LOOKING = "GET, HEAD, POST, OPTIONS", "GET, HEAD, OPTIONS"
ALLOWED = {
    "/": LOOKING,
    "/o/x": BOTH,
    "/c/a/b": BOTH,
    "/b/x": LOOKING,
    "/b/x/move": BOTH,
    "/b/x/cancel": BOTH,
    "/b/x/booking.ics": LOOKING,
    "/setup/x": BOTH,
    "/p/x": BOTH,
    "/o": BOTH,
}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ALLOWED)
def test_a_page_names_what_it_really_allows(client: Client, address: str) -> None:
    asked = client.options(address)
    assert (asked.status_code, asked["Allow"]) == (204, ALLOWED[address])
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "BREW"):
        refused = client.generic(method, address)
        assert (refused.status_code, refused["Allow"]) == (405, ALLOWED[address])


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000", "LOCALHOST"])
def test_our_names_are_served(stub: Client, host: str) -> None:
    assert stub.get("/seen", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:80:80", "a b", "@"])
def test_other_names_are_not(stub: Client, host: str) -> None:
    assert stub.get("/seen", headers={"host": host}).status_code == 400


@pytest.mark.parametrize(
    ("peer", "forwarded", "who"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "198.51.100.66, 198.51.100.1, 10.9.9.9", "198.51.100.1"),
        ("10.0.0.2", "10.0.0.3", "10.0.0.3"),
        ("10.0.0.2", "rubbish", "10.0.0.2"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "", "203.0.113.9"),
        ("", "", "unknown"),
    ],
)
def test_who_is_asking(settings: Any, peer: str, forwarded: str, who: str) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, trusted_proxies=("10.0.0.0/8",))
    client_network.cache_clear()
    assert client_network(peer, forwarded) == who
    client_network.cache_clear()


def test_too_much_is_refused(stub: Client) -> None:
    assert stub.get("/seen?" + "x" * 9000).status_code == 414
    refused = stub.post("/c/a/b", "x" * 100_001, content_type="text/plain")
    assert (refused.status_code, refused["Connection"]) == (413, "close")
    assert stub.generic("POST", "/c/a/b", headers={"content-length": "²"}).status_code == 413
    assert stub.post("/c/a/b", "x" * 100_000, content_type="text/plain").status_code == 200
    streamed = stub.generic("POST", "/c/a/b", headers={"transfer-encoding": "chunked"})
    assert streamed.status_code == 411
    assert stub.get("/seen", headers={"cookie": "a=b; " * 300}).status_code == 431
    assert stub.get("/seen", headers={"cookie": "a=b; " * 299}).status_code == 200


@pytest.mark.parametrize("status", [408, 431, 503])
def test_what_was_given_up_half_read_is_refused_on_a_page(stub: Client, status: int) -> None:
    """Reading on would take what is still coming for the next request, so the connection ends."""
    answer = stub.post("/c/a/b", "x", content_type="text/plain", **{UNREAD: status})
    assert (answer.status_code, answer["Connection"]) == (status, "close")
    assert "<h1>" in answer.content.decode()


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        (f"/o/{TOKEN}", "text/html; charset=utf-8"),
        (f"/api/v1/public/links/{TOKEN}", "application/problem+json"),
    ],
)
def test_a_mistake_of_ours_tells_nothing_and_is_logged_without_the_token(
    stub: Client, address: str, kind: str
) -> None:
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(RedactingFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    try:
        answer = stub.get(address)
    finally:
        logging.getLogger().removeHandler(handler)
    assert (answer.status_code, answer["Content-Type"]) == (500, kind)
    assert b"luck" not in answer.content
    assert "ValueError: no luck with … of" in lines.getvalue()
    assert TOKEN not in lines.getvalue()


@pytest.mark.parametrize(
    ("path", "status", "asked"),
    [
        ("public/links/x", 500, {}),
        ("nothing", 404, {}),
        ("bare", 405, {}),
        ("bare", 400, {"HTTP_HOST": "evil.example"}),
        ("bare?" + "x" * 9000, 414, {}),
        ("public/links/x", 431, {"HTTP_COOKIE": "a=b;" * 1000}),
        ("public/links/x", 413, {"CONTENT_LENGTH": "100001"}),
        ("public/links/x", 411, {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}),
        ("public/links/x", 408, {UNREAD: 408}),
        ("public/links/x", 431, {UNREAD: 431}),
        ("public/links/x", 503, {UNREAD: 503}),
    ],
)
def test_a_program_reads_the_code_that_the_docs_name(
    stub: Client, path: str, status: int, asked: dict[str, str]
) -> None:
    answer = stub.post(f"/api/v1/{path}", content_type="application/json", **asked)
    assert answer.status_code == status
    assert answer.json()["code"] in documented_codes(status)


def documented_codes(status: int) -> set[str]:
    """The codes that docs/api.md gives to this status."""
    page = (Path(__file__).parents[2] / "docs/api.md").read_text()
    rows = re.findall(r"^\| (`.*?) \| ([\d, ]+) \|", page, re.MULTILINE)
    return {
        code
        for codes, statuses in rows
        for code in re.findall(r"`(\w+)`", codes)
        if str(status) in re.findall(r"\d+", statuses)
    }


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "application/x-www-form-urlencoded; charset=utf-7",
    ],
)
def test_a_body_that_is_not_what_it_says_is_no_mistake_of_ours(stub: Client, kind: str) -> None:
    assert stub.generic("POST", "/form", "--b\r\nContent-Disp", content_type=kind).status_code == 400


def _parts(count: int) -> bytes:
    part = b'--b\r\nContent-Disposition: form-data; name="n%d"\r\n\r\n1\r\n'
    return b"".join(part % number for number in range(count)) + b"--b--\r\n"


@pytest.mark.parametrize("path", ["/form", f"/o/{TOKEN}/form"])
@pytest.mark.parametrize(
    ("kind", "form_of", "most"),
    [
        ("multipart/form-data; boundary=b", _parts, middleware.MOST_PARTS),
        (
            "application/x-www-form-urlencoded",
            lambda count: "&".join(f"n{n}=1" for n in range(count)).encode(),
            settings.DATA_UPLOAD_MAX_NUMBER_FIELDS,
        ),
    ],
    ids=["in parts", "by its address"],
)
def test_a_form_of_too_many_fields_is_told_how_many_are_taken(
    stub: Client, path: str, kind: str, form_of: Callable[[int], bytes], most: int
) -> None:
    stub.handler.enforce_csrf_checks = not path.startswith("/o/")
    # Where Django's check looks for its token in the form, it is the first who reads it.
    stub.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    assert stub.generic("POST", path, form_of(most), content_type=kind).status_code in (200, 403)
    answer = stub.generic("POST", path, form_of(most + 1), content_type=kind)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "<h1>Too many fields</h1>" in page
    assert f"Send at most {most} fields in one form." in page


def test_an_unknown_address_is_told_to_people_and_to_programs(stub: Client) -> None:
    answer = stub.get("/nowhere")
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8")
    page = answer.content.decode()
    assert "<h1>Not found</h1>" in page
    assert 'name="viewport"' in page
    assert f'href="{asset_address("css/bookonce.css")}"' in page, "it wears our look"
    assert '<a href="/">Go to the start</a>' in page
    assert stub.get("/api/v9")["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/nowhere", "<h1>Nicht gefunden</h1>"),
        (f"/o/{TOKEN}", "<h1>Etwas ist schiefgegangen</h1>"),
        ("/nowhere?" + "x" * 9000, "<h1>Zu lange Adresse</h1>"),
    ],
)
def test_what_no_room_answers_is_said_in_the_readers_language(stub: Client, address: str, said: str) -> None:
    page = stub.get(address, headers={"accept-language": "de-DE, en;q=0.5"}).content.decode()
    assert '<html lang="de-DE">' in page
    assert said in page


def test_https_stays_https(settings: Any) -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    settings.BASE_URL = "https://book.example.org"
    request = HttpRequest()
    request.META["SERVER_NAME"], request.path_info = "localhost", "/seen"
    assert "Strict-Transport-Security" in middleware.RequestGate(answer)(request).headers
    settings.BASE_URL = "http://book.example.org"
    assert "Strict-Transport-Security" not in middleware.RequestGate(answer)(request).headers


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        (f"GET /o/{TOKEN} failed", "GET /o/… failed"),
        (f"/api/v1/public/links/{TOKEN}/slots?from=1", "/api/v1/public/links/…/slots?from=1"),
        (f'{{"token": "{TOKEN}"}}', '{"token": "…"}'),
        ("Bearer bko_abcDEF123", "Bearer …"),
        ("lnk_03523uJD5QJtbGDN7oAUTk is kept", "lnk_03523uJD5QJtbGDN7oAUTk is kept"),
        ("/o/short?x", "/o/…?x"),
    ],
)
def test_no_secret_in_a_line(line: str, kept: str) -> None:
    assert redact(line) == kept


def test_a_database_that_stands_still_is_busy_for_people_and_for_programs(client: Client) -> None:
    with override_settings(ROOT_URLCONF=__name__):
        page = client.get("/o/busy/locked", headers={"Accept-Language": "de"})
        problem = client.get("/api/v1/locked")
    assert (page.status_code, page["Retry-After"]) == (503, "2")
    assert "<h1>Gerade nicht möglich</h1>" in page.content.decode()
    assert (problem.status_code, problem.json()["code"]) == (503, "busy")


def test_a_fault_in_a_middleware_is_told_apart_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("bookonce.interfaces.host.shared.middleware.Sessions.process_request", fail)
    client.raise_request_exception = False
    assert client.get("/sign-in").status_code == 503


def test_who_has_waited_behind_a_database_that_stands_still_waits_no_more(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "_process", patience.WEB)

    def status(waited: float) -> int:
        with patience.one_request(time.monotonic() - waited, only_looks=True):
            return client.get("/c/a/b").status_code

    with override_settings(ROOT_URLCONF=__name__):
        assert status(30.0) == 200
        stall = patience._Stall(since=0.0, until=float("inf"), stops_looking=float("inf"))
        monkeypatch.setattr(patience, "_stall", stall)
        assert status(3.5) == 503
        assert status(0.5) == 200
