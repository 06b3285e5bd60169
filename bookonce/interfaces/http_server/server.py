"""The application as the HTTP server calls it, in each web process (RSGI).

A request is read wholly, and probes are answered, in the server's own thread; one of a fixed number of
threads answers the rest. A client that sends or reads slowly holds a connection, never a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import threading
import time
from types import FrameType
from typing import Protocol

from bookonce.foundation.base_path import without_base_path
from bookonce.foundation.database import patience
from bookonce.interfaces.health.readiness import ReadinessProbe
from bookonce.interfaces.http_server.body_limits import largest_body
from bookonce.interfaces.http_server.open_connections import OpenConnections
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
    UNREAD,
    Answer,
    Environ,
    Scope,
    WsgiApplication,
    build_environ,
    call_application,
)

log = logging.getLogger("bookonce.web")

LOOKING = ("GET", "HEAD", "OPTIONS")
"""Methods that change nothing (promise 4)."""

LONGEST_TYPE = 1_000
"""The most characters of a Content-Type, which Django takes apart, slowly, before a view sees the request."""


class Client(BodySource, Protocol):
    """The server's side of one request."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None: ...


PLAIN = [
    ("content-type", "text/plain; charset=utf-8"),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
]
FAILED = Answer(500, PLAIN, b"Failed\n")


class HttpServer:
    """What the server calls: ``__rsgi_init__`` as a process begins, then itself for each request."""

    def __init__(self, application: WsgiApplication, *, threads: int, port: int) -> None:
        self._application, self._threads = application, threads
        self._connections = OpenConnections(port)

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._pool = RequestThreads(self._threads)
        self._readiness = ReadinessProbe(loop)
        self._bodies = BodyReader(loop)
        threading.Thread(target=self._connections.close_silent_ones, name="silent", daemon=True).start()

        def stopped(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self._bodies.give_up)
            threading.Thread(target=self._connections.close_idle_ones, daemon=True).start()

        # The loop's own handler of SIGTERM stays: it hears of signals by a descriptor, not by this.
        signal.signal(signal.SIGTERM, stopped)

    async def __call__(self, scope: Scope, client: Client) -> None:
        peer = scope.client
        self._connections.begin(peer)
        try:
            answer = await self._answer(scope, client)
            with contextlib.suppress(Exception):  # the client is gone
                client.response_bytes(answer.status, answer.headers, answer.body)
        finally:
            self._connections.end(peer)

    async def _answer(self, scope: Scope, client: Client) -> Answer:
        path = without_base_path(scope.path)
        if path == "/healthz":
            return _probe_answer(scope, 200, "ok")
        if path == "/readyz":
            await continue_in(in_loop)
            why_not = await self._readiness.unready_reason()
            return _probe_answer(scope, 503 if why_not else 200, why_not or "ready")
        body, unread = await self._read_body(scope, path, client)
        read_at = time.monotonic()
        await continue_in(self._pool.take)
        environ = build_environ(scope, path, body)
        if unread:
            # Refused by the application too, in the words of its pages and of its API.
            environ |= {UNREAD: unread, "CONTENT_TYPE": ""}
        with patience.one_request(read_at, only_looks=scope.method in LOOKING):
            return self._call(environ)

    async def _read_body(self, scope: Scope, path: str, client: Client) -> tuple[bytes, int]:
        """The body, and 0; where it cannot be read: the status of the refusal."""
        if len(scope.headers.get("content-type", "")) > LONGEST_TYPE:
            return b"", 431
        length = declared_length(scope.headers)
        # What is too large, or comes in chunks, is refused by the application, unread.
        if not length or length > largest_body(path):
            return b"", 0
        try:
            with self._connections.sending(scope.client):
                return await self._bodies.read(client, length), 0
        except UnfinishedBody:
            return b"", 408
        except BodiesOverBudget:
            return b"", 503

    def _call(self, environ: Environ) -> Answer:
        try:
            return call_application(self._application, environ)
        except Exception:
            log.exception("a request failed outside the application")
            return FAILED


def _probe_answer(scope: Scope, status: int, text: str) -> Answer:
    return Answer(status, PLAIN, b"" if scope.method == "HEAD" else f"{text}\n".encode())
