"""A body is read whole, in time and within the memory for all of them, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from bookonce.interfaces.http_server import request_body
from bookonce.interfaces.http_server.request_body import BodiesOverBudget, BodyReader, UnfinishedBody


class Body:
    """What a client sends: these pieces, each after so many seconds."""

    def __init__(self, *chunks: bytes, pause: float = 0) -> None:
        self.chunks, self.pause = chunks, pause

    def __call__(self) -> asyncio.Task[bytes]:
        async def whole() -> bytes:
            return b"".join([await chunk for chunk in self])

        return asyncio.ensure_future(whole())

    def __iter__(self) -> Iterator[asyncio.Task[bytes]]:
        return (asyncio.ensure_future(self._paused(chunk)) for chunk in self.chunks)

    async def _paused(self, chunk: bytes) -> bytes:
        await asyncio.sleep(self.pause)
        return chunk

    def __aiter__(self) -> Pieces:
        return Pieces(iter(self))


class Pieces:
    def __init__(self, coming: Iterator[asyncio.Task[bytes]]) -> None:
        self._coming = coming

    def __anext__(self) -> asyncio.Task[bytes]:
        for chunk in self._coming:
            return chunk
        raise StopAsyncIteration


def read(body: Body, length: int) -> bytes:
    async def reading() -> bytes:
        return await BodyReader(asyncio.get_running_loop()).read(body, length)

    return asyncio.run(reading())


@pytest.fixture
def all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "SMALL", 0)


@pytest.fixture
def little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "DEADLINE", 0.05)
    monkeypatch.setattr(request_body, "LOOKS", 0.01)


def test_a_small_body_is_read_whole() -> None:
    assert read(Body(b"ab", b"", b"cd"), 4) == b"abcd"


@pytest.mark.usefixtures("all_are_large")
def test_a_large_body_is_read_whole() -> None:
    assert read(Body(b"ab", b"", b"cd"), 4) == b"abcd"


@pytest.mark.usefixtures("little_time")
@pytest.mark.parametrize("small", [0, 100])
def test_a_body_that_is_late_is_given_up(small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "SMALL", small)
    # Each piece comes in time: it is the whole that has a deadline.
    with pytest.raises(UnfinishedBody):
        read(Body(*[b"x"] * 30, pause=0.01), 30)


def test_a_body_whose_client_is_gone_is_none() -> None:
    with pytest.raises(UnfinishedBody):
        read(Body(b"ab"), 4)


@pytest.mark.usefixtures("all_are_large")
def test_large_bodies_share_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "BUDGET", 10)

    async def four() -> list[object]:
        reader = BodyReader(asyncio.get_running_loop())
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
        reader = BodyReader(asyncio.get_running_loop())
        reading = asyncio.create_task(reader.read(Body(b"late", pause=60), 4))
        await asyncio.sleep(0.01)
        reader.give_up()
        return (await asyncio.gather(reading, return_exceptions=True))[0]

    assert isinstance(asyncio.run(stop()), UnfinishedBody)
