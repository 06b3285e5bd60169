"""As many threads as were asked for answer requests, always the same ones."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from bookonce.interfaces.http_server.request_threads import RequestThreads


@dataclass
class Request:
    carry_on: Any


def test_a_fixed_number_of_threads_answers() -> None:
    together = threading.Barrier(3, timeout=10)
    answered = threading.Semaphore(0)
    seen: list[str] = []

    def carry_on() -> None:
        together.wait()
        seen.append(threading.current_thread().name)
        answered.release()

    pool = RequestThreads(3)
    for _ in range(12):
        pool.take(Request(carry_on))
    assert all(answered.acquire(timeout=10) for _ in range(12))
    assert set(seen) == {"request-0", "request-1", "request-2"}
