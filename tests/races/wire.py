"""Many requests at once over HTTP: every one has a connection of its own, all opened together."""

from __future__ import annotations

import asyncio
import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 180 if "RACES" in os.environ else 60
"""Seconds after which an answer is taken to be lost."""


@dataclass(frozen=True)
class Request:
    """What is asked, before it becomes bytes."""

    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"

    def bytes(self, port: int) -> bytes:
        body = b"" if self.body is None else json.dumps(self.body).encode()
        lines = [
            f"{self.method} {self.path} HTTP/1.1",
            f"Host: localhost:{port}",
            "Connection: close",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: Any


def all_at_once(port: int, requests: Sequence[Request]) -> list[Answer]:
    """Send every request at one instant, and read every answer, in order.

    A connection that is refused, reset, cut or silent raises: under load nobody may be turned away so.
    """
    return asyncio.run(_all(port, [request.bytes(port) for request in requests]))


async def _all(port: int, sent: Sequence[bytes]) -> list[Answer]:
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        tasks = [group.create_task(_one(port, data)) for data in sent]
    return [task.result() for task in tasks]


async def _one(port: int, data: bytes) -> Answer:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    try:
        return answer_of(await reader.read())
    finally:
        writer.close()


def answer_of(data: bytes) -> Answer:
    """The status and the JSON of a whole answer; a cut one is a ``ConnectionError``."""
    head, gap, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    names = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if not gap or len(body) != int(names.get("content-length", -1)):
        raise ConnectionError(f"the answer was cut: {data[:80]!r}")
    return Answer(int(first.split(" ")[1]), json.loads(body) if body[:1] in (b"{", b"[") else body)


def statuses(answers: Sequence[Answer]) -> Counter[int]:
    """How often each status came."""
    return Counter(answer.status for answer in answers)
