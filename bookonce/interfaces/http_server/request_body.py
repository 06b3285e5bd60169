"""Reading request bodies: whole, in time and within a budget of memory, before a thread is given to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Protocol

from bookonce.interfaces.http_server.wsgi_call import Headers

DEADLINE = 10.0
"""Seconds within which a body has arrived."""

LOOKS = 0.5
"""Seconds between two looks for bodies that are late: a timer for each would cost every request more."""

SMALL = 100_000
"""Bytes of a body that counts towards no budget: as many of them as there are connections are bearable."""

BUDGET = 64_000_000
"""The most bytes that unfinished larger bodies hold together in one process: four of the largest."""


class BodySource(Protocol):
    """The server's side of a request, from which its body is read: whole, or piece by piece."""

    async def __call__(self) -> bytes: ...
    def __aiter__(self) -> AsyncIterator[bytes]: ...


class UnfinishedBody(Exception):
    """The body did not arrive in time, or its client is gone."""


class BodiesOverBudget(Exception):
    """Unfinished bodies hold all the memory that they may."""


class BodyReader:
    """Reads the bodies of one process's requests."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self._held = loop, 0
        self._reading: dict[asyncio.Task[Any], float] = {}
        """Until when each body that is being read must have arrived, by the loop's clock."""
        loop.call_later(LOOKS, self._end_late_ones)

    async def read(self, source: BodySource, length: int) -> bytes:
        """All bytes of a body of this length; raise ``UnfinishedBody`` or ``BodiesOverBudget``."""
        task = asyncio.current_task(self._loop)
        assert task is not None
        self._reading[task] = self._loop.time() + DEADLINE
        try:
            body = await (source() if length <= SMALL else self._within_budget(source))
        except asyncio.CancelledError:
            raise UnfinishedBody from None
        finally:
            del self._reading[task]
        if len(body) != length:
            raise UnfinishedBody
        return body

    async def _within_budget(self, source: BodySource) -> bytes:
        chunks: list[bytes] = []
        arrived = 0
        try:
            async for chunk in source:
                arrived += len(chunk)
                self._held += len(chunk)
                chunks.append(chunk)
                if self._held > BUDGET:
                    raise BodiesOverBudget
        finally:
            self._held -= arrived
        return b"".join(chunks)

    def _end_late_ones(self) -> None:
        now = self._loop.time()
        for task, until in tuple(self._reading.items()):
            if now > until:
                task.cancel()
        self._loop.call_later(LOOKS, self._end_late_ones)

    def give_up(self) -> None:
        """Stop waiting for every body that has not arrived: the process stops."""
        for task in tuple(self._reading):
            task.cancel()


def declared_length(headers: Headers) -> int:
    """Bytes that the body will have; 0 where none is announced, or where it comes in chunks."""
    length = headers.get("content-length")
    return int(length) if length and length.isdecimal() and "transfer-encoding" not in headers else 0
