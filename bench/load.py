"""The load: a process of its own that sends requests over connections that it keeps open.

Reads a job as JSON from stdin and prints how it was answered. It is lean, because it shares the machine
with what it measures.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter, deque
from functools import partial
from typing import Any

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


def encoded(method: str, path: str, body: Any) -> bytes:
    """One request as it goes over the wire."""
    content = b"" if body is None else json.dumps(body).encode()
    kind = "Content-Type: application/json\r\n" if content else ""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{kind}Content-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


class Visitor(asyncio.Protocol):
    """One connection, which asks again as soon as it is answered, while there is something to ask."""

    def __init__(self, waiting: deque[bytes], answered: list[tuple[int, float]]) -> None:
        self.waiting, self.answered = waiting, answered
        self.over = asyncio.get_running_loop().create_future()
        self.received = bytearray()
        self.begun = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def ask(self) -> None:
        if not self.waiting:
            self.transport.close()
            return
        self.begun = time.perf_counter()
        self.transport.write(self.waiting.popleft())

    def data_received(self, data: bytes) -> None:
        self.received += data
        end = self.received.find(HEAD_END)
        if end < 0:
            return
        head = bytes(self.received[:end]).lower()
        at = head.find(LENGTH)
        length = int(head[at + len(LENGTH) :].split(b"\r", 1)[0])
        if len(self.received) < end + len(HEAD_END) + length:
            return
        self.answered.append((int(head[9:12]), time.perf_counter() - self.begun))
        self.received.clear()
        self.ask()

    def connection_lost(self, problem: Exception | None) -> None:
        if (self.begun and self.received) or problem:
            self.answered.append((0, time.perf_counter() - self.begun))
        if not self.over.done():
            self.over.set_result(None)


async def run(job: dict[str, Any]) -> dict[str, Any]:
    """Open all connections first, then ask; with ``at_once`` each asks one question, all together."""
    requests = [encoded(*asked) for asked in job["requests"]]
    answered: list[tuple[int, float]] = []
    waiting = deque(requests)
    loop = asyncio.get_running_loop()
    visitors = []
    for _ in range(len(requests) if job["at_once"] else job["connections"]):
        visitor = Visitor(deque([waiting.popleft()]) if job["at_once"] else waiting, answered)
        await loop.create_connection(partial(_same, visitor), "127.0.0.1", job["port"])
        visitors.append(visitor)
    begun = time.perf_counter()
    for visitor in visitors:
        visitor.ask()
    await asyncio.gather(*(visitor.over for visitor in visitors))
    seconds = time.perf_counter() - begun
    statuses = Counter(str(status) for status, _ in answered)
    lost = len(requests) - len(answered)
    if lost:
        statuses["0"] += lost
    return {"seconds": seconds, "statuses": statuses, "times": [time for _, time in answered]}


def _same(visitor: Visitor) -> Visitor:
    return visitor


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(json.load(sys.stdin)))))
