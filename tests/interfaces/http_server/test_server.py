"""What the server itself answers, whatever the application does."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from bookonce.foundation.database import patience
from bookonce.interfaces.http_server.request_threads import RequestThreads
from bookonce.interfaces.http_server.server import HttpServer
from tests.interfaces.http_server.test_wsgi_call import Headers, Scope


class Client:
    """Whoever sent a request, and reads the answer."""

    def __init__(self) -> None:
        self.answered = threading.Event()

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.body = status, body
        self.answered.set()


def served(application: Any, **request: Any) -> Client:
    """An answer of this application, from one of the server's threads where the server itself has none."""
    server, client = HttpServer(application, threads=1, port=1), Client()
    server._pool = RequestThreads(1)
    coroutine = server(Scope(headers=Headers(), **request), client)

    class Request:
        @property
        def carry_on(self) -> Callable[[], None]:
            return carry_on

    def carry_on() -> None:
        try:
            place = coroutine.send(None)
        except StopIteration:
            return
        place(Request())

    carry_on()
    assert client.answered.wait(10)
    return client


def fail(environ: Any, start_response: Any) -> list[bytes]:
    raise RuntimeError("no luck")


def test_a_request_that_fails_is_answered_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "bookonce.web"):
        assert served(fail).status == 500
    assert "no luck" in caplog.text


def test_health_is_answered_without_the_application() -> None:
    got, head = served(fail, path="/healthz", method="GET"), served(fail, path="/healthz", method="HEAD")
    assert (got.status, got.body) == (200, b"ok\n")
    assert (head.status, head.body) == (200, b"")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_waits_in_a_request_waits_as_one_since_it_was_read(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "_process", patience.WEB)
    # Another thread's booking stands since long ago; who only looks has nothing to do with it.
    monkeypatch.setattr(patience, "_writing", {0: 0.0})
    told: list[tuple[float, float]] = []

    def application(environ: Any, start_response: Any) -> list[bytes]:
        told.extend((patience.current_deadline().since, time.monotonic()) for _ in range(2))
        start_response("204 No Content", [])
        return []

    begun = time.monotonic()
    assert served(application, method=method).status == 204
    (first, _), (second, now) = told
    assert begun <= first == second <= now
    assert patience.current_deadline().since > now
