"""What the application is told of a request, and how its answer is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from bookonce.interfaces.http_server.wsgi_call import Answer, build_environ, call_application


class Headers:
    def __init__(self, *named: tuple[str, str]) -> None:
        self.named = named

    def __contains__(self, key: str) -> bool:
        return any(name == key for name, _ in self.named)

    def items(self) -> list[tuple[str, str]]:
        return list(self.named)

    def get(self, key: str, default: Any = None) -> Any:
        return next((value for name, value in self.named if name == key), default)


@dataclass
class Scope:
    http_version: str = "1.1"
    server: str = "127.0.0.1:8000"
    client: str = "192.0.2.7:40312"
    scheme: str = "http"
    method: str = "POST"
    path: str = "/o/é/x"
    query_string: str = "a=%20b"
    headers: Headers = field(default_factory=Headers)


def test_path_and_addresses_are_as_pep_3333_says() -> None:
    environ = build_environ(Scope(client="[2001:db8::1]:40312"), "/o/é/x", b"body")
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/o/é/x"
    assert (environ["QUERY_STRING"], environ["SCRIPT_NAME"]) == ("a=%20b", "")
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == ("127.0.0.1", "8000")
    assert environ["REMOTE_ADDR"] == "2001:db8::1"
    assert environ["wsgi.input"].read() == b"body"


def test_headers_have_the_keys_of_cgi() -> None:
    headers = Headers(
        ("content-type", "text/plain"),
        ("content-length", "4"),
        ("cookie", "a=1"),
        ("cookie", "b=2"),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-for", "192.0.2.2"),
    )
    environ = build_environ(Scope(headers=headers), "/", b"body")
    assert (environ["CONTENT_TYPE"], environ["CONTENT_LENGTH"]) == ("text/plain", "4")
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_X_FORWARDED_FOR"] == "192.0.2.1,192.0.2.2"


def test_a_header_with_an_underscore_is_no_other_header() -> None:
    environ = build_environ(Scope(headers=Headers(("x_forwarded_for", "192.0.2.1"))), "/", b"")
    assert "HTTP_X_FORWARDED_FOR" not in environ


class Chunks:
    """An answer in pieces, of which it can be seen whether it was closed."""

    closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield b"one "
        yield b"two"

    def close(self) -> None:
        self.closed = True


def test_an_answer_is_taken_whole_and_closed() -> None:
    chunks = Chunks()

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Chunks:
        start("201 Created", [("X-Kind", "a")])
        return chunks

    assert call_application(application, {}) == Answer(201, [("X-Kind", "a")], b"one two")
    assert chunks.closed


def test_an_answer_that_fails_half_way_is_closed_too() -> None:
    class Failing(Chunks):
        def __iter__(self) -> Iterator[bytes]:
            yield b"one"
            raise OSError("gone")

    chunks = Failing()

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Chunks:
        start("200 OK", [])
        return chunks

    with pytest.raises(OSError, match="gone"):
        call_application(application, {})
    assert chunks.closed
