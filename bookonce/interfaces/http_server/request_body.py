"""Reading request bodies: whole, in time and within a budget of memory, before a thread is given to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

from bookonce.interfaces.http_server.wsgi_call import Headers

DEADLINE = 10.0
"""Seconds within which a body has arrived."""

BUDGET = 64_000_000
"""The most bytes that unfinished bodies hold together in one process: four of the largest."""


class BodySource(Protocol):
    """The server's side of a request, from which its body is read."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...


class UnfinishedBody(Exception):
    """The body did not arrive in time, or its client is gone."""


class BodiesOverBudget(Exception):
    """Unfinished bodies hold all the memory that they may."""


class BodyReader:
    """Reads the bodies of one process's requests."""

    def __init__(self) -> None:
        self._held = 0
        self._reading: set[asyncio.Task[object]] = set()

    async def read(self, source: BodySource, length: int) -> bytes:
        """All bytes of a body of this length; raise ``UnfinishedBody`` or ``BodiesOverBudget``."""
        task = asyncio.current_task()
        assert task is not None
        self._reading.add(task)
        chunks: list[bytes] = []
        arrived = 0
        try:
            async with asyncio.timeout(DEADLINE):
                async for chunk in source:
                    arrived += len(chunk)
                    self._held += len(chunk)
                    chunks.append(chunk)
                    if self._held > BUDGET:
                        raise BodiesOverBudget
        except TimeoutError:
            raise UnfinishedBody from None
        except asyncio.CancelledError:
            raise UnfinishedBody from None
        finally:
            self._held -= arrived
            self._reading.discard(task)
        if arrived != length:
            raise UnfinishedBody
        return b"".join(chunks)

    def give_up(self) -> None:
        """Stop waiting for every body that has not arrived: the process stops."""
        for task in tuple(self._reading):
            task.cancel()


def declared_length(headers: Headers) -> int:
    """Bytes that the body will have; 0 where none is announced, or where it comes in chunks."""
    length = headers.get("content-length")
    return int(length) if length and length.isdecimal() and "transfer-encoding" not in headers else 0
