"""The application as the HTTP server calls it, in each web process (RSGI).

A request is read wholly, and probes are answered, in the server's own thread; one of a fixed number of
threads answers the rest. A client that sends or reads slowly holds a connection, never a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from types import FrameType
from typing import Protocol

from bookonce.foundation.base_path import without_base_path
from bookonce.interfaces.health.readiness import ReadinessProbe
from bookonce.interfaces.http_server.body_limits import largest_body
from bookonce.interfaces.http_server.request_body import (
    BodiesOverBudget,
    BodyReader,
    BodySource,
    UnfinishedBody,
    declared_length,
)
from bookonce.interfaces.http_server.request_loop import continue_in, in_loop
from bookonce.interfaces.http_server.request_threads import RequestThreads
from bookonce.interfaces.http_server.wsgi_call import (
    WAITED,
    Answer,
    Environ,
    Scope,
    WsgiApplication,
    build_environ,
    call_application,
)

log = logging.getLogger("bookonce.web")

LONGEST_TYPE = 1_000
"""The most characters of a Content-Type, which Django takes apart, slowly, before a view sees the request."""


class Client(BodySource, Protocol):
    """The server's side of one request."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None: ...


def plain_answer(status: int, text: str, **headers: str) -> Answer:
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    told = [("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store")]
    return Answer(status, [*told, ("x-content-type-options", "nosniff"), *named], f"{text}\n".encode())


TOO_SLOW = plain_answer(408, "The body of this request did not arrive in time.", connection="close")
BUSY = plain_answer(
    503, "Too many requests at once. Try again in a moment.", retry_after="2", connection="close"
)
LONG_TYPE = plain_answer(431, f"Shorten the Content-Type to {LONGEST_TYPE} characters.", connection="close")
FAILED = Answer(500, [("content-type", "text/plain"), ("cache-control", "no-store")], b"Failed\n")


class HttpServer:
    """What the server calls: ``__rsgi_init__`` as a process begins, then itself for each request."""

    def __init__(self, application: WsgiApplication, *, threads: int) -> None:
        self._application, self._threads = application, threads

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._pool = RequestThreads(self._threads)
        self._readiness = ReadinessProbe(loop)
        self._bodies = BodyReader(loop)

        def stopped(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self._bodies.give_up)

        # The loop's own handler of SIGTERM stays: it hears of signals by a descriptor, not by this.
        signal.signal(signal.SIGTERM, stopped)

    async def __call__(self, scope: Scope, client: Client) -> None:
        answer = await self._answer(scope, client)
        with contextlib.suppress(Exception):  # the client is gone
            client.response_bytes(answer.status, answer.headers, answer.body)

    async def _answer(self, scope: Scope, client: Client) -> Answer:
        path = without_base_path(scope.path)
        if path == "/healthz":
            return _probe_answer(scope, 200, "ok")
        if path == "/readyz":
            await continue_in(in_loop)
            why_not = await self._readiness.unready_reason()
            return _probe_answer(scope, 503 if why_not else 200, why_not or "ready")
        if len(scope.headers.get("content-type", "")) > LONGEST_TYPE:
            return LONG_TYPE
        length = declared_length(scope.headers)
        body = b""
        # What is too large, or comes in chunks, is refused by the application, unread.
        if length and length <= largest_body(path):
            try:
                body = await self._bodies.read(client, length)
            except UnfinishedBody:
                return TOO_SLOW
            except BodiesOverBudget:
                return BUSY
        since = time.monotonic()
        await continue_in(self._pool.take)
        return self._call(build_environ(scope, path, body) | {WAITED: time.monotonic() - since})

    def _call(self, environ: Environ) -> Answer:
        try:
            return call_application(self._application, environ)
        except Exception:
            log.exception("a request failed outside the application")
            return FAILED


def _probe_answer(scope: Scope, status: int, text: str) -> Answer:
    answer = plain_answer(status, text)
    return answer if scope.method != "HEAD" else Answer(answer.status, answer.headers)
