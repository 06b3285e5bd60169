"""Reading request bodies: whole, in time and within a budget of memory, before a thread is given to them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Protocol

from granian.rsgi import ProtocolClosed, ProtocolError  # type: ignore[attr-defined]

from bookonce.interfaces.http_server.wsgi_call import Headers

DEADLINE = 10.0
"""Seconds within which a body has arrived."""

LOOKS = 0.5
"""Seconds between two looks for bodies that are late: a timer for each would cost every request more."""

SMALL = 100_000
"""Bytes of a body that counts towards no budget: as many of them as there are connections are bearable."""

BUDGET = 64_000_000
"""The most bytes that unfinished larger bodies hold together in one process: four of the largest."""


class ArrivingBytes(Awaitable[bytes], Protocol):
    """Bytes that one can stop waiting for."""

    def cancel(self) -> bool: ...


class Chunks(Protocol):
    """The pieces of a body, of which each can be waited for."""

    def __anext__(self) -> ArrivingBytes: ...


class BodySource(Protocol):
    """The server's side of a request, from which its body is read: whole, or piece by piece."""

    def __call__(self) -> ArrivingBytes: ...
    def __aiter__(self) -> Chunks: ...


class UnfinishedBody(Exception):
    """The body did not arrive in time, or its client is gone."""


class BodiesOverBudget(Exception):
    """Unfinished bodies hold all the memory that they may."""


class BodyReader:
    """Reads the bodies of one process's requests."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self._held = loop, 0
        self._waiting: dict[ArrivingBytes, float] = {}
        """What has not arrived, and until when the body that it belongs to may, by the loop's clock."""
        loop.call_later(LOOKS, self._end_late_ones)

    async def read(self, source: BodySource, length: int) -> bytes:
        """All bytes of a body of this length; raise ``UnfinishedBody`` or ``BodiesOverBudget``."""
        until = self._loop.time() + DEADLINE
        try:
            body = await (
                self._arrived(source(), until) if length <= SMALL else self._within_budget(source, until)
            )
        except (asyncio.CancelledError, ProtocolClosed, ProtocolError):
            raise UnfinishedBody from None
        if len(body) != length:
            raise UnfinishedBody
        return body

    async def _arrived(self, arriving: ArrivingBytes, until: float) -> bytes:
        self._waiting[arriving] = until
        try:
            return await arriving
        finally:
            del self._waiting[arriving]

    async def _within_budget(self, source: BodySource, until: float) -> bytes:
        chunks: list[bytes] = []
        arrived = 0
        coming = source.__aiter__()
        try:
            # Not "async for": each piece must be known by itself, to be cancelled.
            while self._loop.time() < until:
                chunk = await self._arrived(coming.__anext__(), until)
                arrived += len(chunk)
                self._held += len(chunk)
                chunks.append(chunk)
                if self._held > BUDGET:
                    raise BodiesOverBudget
        except StopAsyncIteration:
            return b"".join(chunks)
        finally:
            self._held -= arrived
        raise UnfinishedBody

    def _end_late_ones(self) -> None:
        now = self._loop.time()
        for arriving, until in tuple(self._waiting.items()):
            if now > until:
                arriving.cancel()
        self._loop.call_later(LOOKS, self._end_late_ones)

    def give_up(self) -> None:
        """Stop waiting for every body that has not arrived: the process stops."""
        for arriving in tuple(self._waiting):
            arriving.cancel()


def declared_length(headers: Headers) -> int:
    """Bytes that the body will have; 0 where none is announced, or where it comes in chunks."""
    length = headers.get("content-length")
    return int(length) if length and length.isdecimal() and "transfer-encoding" not in headers else 0
