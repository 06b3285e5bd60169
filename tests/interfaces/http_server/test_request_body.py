"""A body is read whole, in time and within the memory for all of them, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bookonce.interfaces.http_server import request_body
from bookonce.interfaces.http_server.request_body import BodiesOverBudget, BodyReader, UnfinishedBody


class Body:
    """What a client sends: these pieces, each after so many seconds."""

    def __init__(self, *chunks: bytes, pause: float = 0) -> None:
        self.chunks, self.pause = chunks, pause

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            await asyncio.sleep(self.pause)
            yield chunk


def test_a_whole_body_is_read() -> None:
    assert asyncio.run(BodyReader().read(Body(b"ab", b"", b"cd"), 4)) == b"abcd"


def test_a_body_that_is_late_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "DEADLINE", 0.05)
    # Each piece comes in time: it is the whole that has a deadline.
    with pytest.raises(UnfinishedBody):
        asyncio.run(BodyReader().read(Body(*[b"x"] * 20, pause=0.01), 20))


def test_a_body_whose_client_is_gone_is_none() -> None:
    with pytest.raises(UnfinishedBody):
        asyncio.run(BodyReader().read(Body(b"ab"), 4))


def test_bodies_share_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "BUDGET", 10)

    async def four() -> list[object]:
        reader = BodyReader()
        found = await asyncio.gather(
            *(reader.read(Body(b"1234", b"5678", pause=0.01), 8) for _ in range(4)), return_exceptions=True
        )
        # What was given up is free again.
        return [*found, await reader.read(Body(b"1234", b"5678"), 8)]

    *together, alone = asyncio.run(four())
    assert any(isinstance(each, BodiesOverBudget) for each in together)
    assert alone == b"12345678"


def test_who_stops_waits_for_no_body() -> None:
    async def stop() -> object:
        reader = BodyReader()
        reading = asyncio.create_task(reader.read(Body(b"late", pause=60), 4))
        await asyncio.sleep(0.01)
        reader.give_up()
        return (await asyncio.gather(reading, return_exceptions=True))[0]

    assert isinstance(asyncio.run(stop()), UnfinishedBody)
