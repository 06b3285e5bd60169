"""As many threads as were asked for answer requests, always the same ones, whatever a request does."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from bookonce.interfaces.http_server.request_threads import RequestThreads
from bookonce.interfaces.http_server.wsgi_call import Answer


def answers(work: Callable[[float], Answer], times: int, threads: int) -> list[Answer]:
    async def all_of_them() -> list[Answer]:
        pool = RequestThreads(asyncio.get_running_loop(), threads)
        sent: list[Answer] = []

        def send(*answer: Any) -> None:
            sent.append(Answer(*answer))

        await asyncio.gather(*(pool.answer(work, send) for _ in range(times)))
        return sent

    return asyncio.run(all_of_them())


def test_a_fixed_number_of_threads_answers() -> None:
    together = threading.Barrier(3, timeout=10)
    seen: set[str] = set()

    def work(waited: float) -> Answer:
        together.wait()
        seen.add(threading.current_thread().name)
        return Answer(200, [])

    assert len(answers(work, 12, 3)) == 12
    assert seen == {"request-0", "request-1", "request-2"}


def test_a_request_that_fails_is_answered_and_takes_no_thread_along(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(waited: float) -> Answer:
        raise RuntimeError("no luck")

    with caplog.at_level(logging.ERROR, "bookonce.web"):
        assert [answer.status for answer in answers(fail, 5, 2)] == [500] * 5
    assert "no luck" in caplog.text
