"""The application as the HTTP server calls it, in each web process (RSGI).

The event loop reads a request wholly and answers probes; one of a fixed number of threads answers the rest. A
client that sends or reads slowly holds a connection, never a thread.
"""

from __future__ import annotations

import asyncio
import signal
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
from bookonce.interfaces.http_server.request_threads import RequestThreads
from bookonce.interfaces.http_server.wsgi_call import (
    WAITED,
    Answer,
    Scope,
    WsgiApplication,
    build_environ,
    call_application,
)

PROBES = {"/healthz", "/readyz"}


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


class HttpServer:
    """What the server calls: ``__rsgi_init__`` as a process begins, then itself for each request."""

    def __init__(self, application: WsgiApplication, *, threads: int) -> None:
        self._application, self._threads = application, threads

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._pool = RequestThreads(loop, self._threads)
        self._readiness = ReadinessProbe(loop)
        self._bodies = BodyReader(loop)

        def stopped(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self._bodies.give_up)

        # The loop's own handler of SIGTERM stays: it hears of signals by a descriptor, not by this.
        signal.signal(signal.SIGTERM, stopped)

    async def __call__(self, scope: Scope, client: Client) -> None:
        path = without_base_path(scope.path)
        if path in PROBES:
            return _send(client, await self._probed(scope.method, path))
        length = declared_length(scope.headers)
        body = b""
        # What is too large, or comes in chunks, is refused by the application, unread.
        if length and length <= largest_body(path):
            try:
                body = await self._bodies.read(client, length)
            except UnfinishedBody:
                return _send(client, TOO_SLOW)
            except BodiesOverBudget:
                return _send(client, BUSY)
        environ = build_environ(scope, path, body)

        def work(waited: float) -> Answer:
            environ[WAITED] = waited
            return call_application(self._application, environ)

        return await self._pool.answer(work, client.response_bytes)

    async def _probed(self, method: str, path: str) -> Answer:
        if path == "/healthz":
            answer = plain_answer(200, "ok")
        else:
            why_not = await self._readiness.unready_reason()
            answer = plain_answer(503 if why_not else 200, why_not or "ready")
        return answer if method != "HEAD" else Answer(answer.status, answer.headers)


def _send(client: Client, answer: Answer) -> None:
    client.response_bytes(answer.status, answer.headers, answer.body)
