"""The threads in which requests are answered: each takes the next whole request that waits."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue

from bookonce.interfaces.http_server.wsgi_call import Answer

log = logging.getLogger("bookonce.web")

Work = Callable[[float], Answer]
"""What gives the answer; it is told how many seconds it has waited for its thread."""
FAILED = Answer(500, [("content-type", "text/plain"), ("cache-control", "no-store")], b"Failed\n")


class RequestThreads:
    """A fixed number of threads, which live as long as the process and so do their connections."""

    def __init__(self, loop: asyncio.AbstractEventLoop, count: int) -> None:
        self._loop = loop
        self._waiting: SimpleQueue[tuple[Work, float, asyncio.Future[Answer]]] = SimpleQueue()
        for number in range(count):
            threading.Thread(target=self._work, name=f"request-{number}", daemon=True).start()

    def run(self, work: Work) -> asyncio.Future[Answer]:
        """The answer that this work will give in the next free thread; 500 where it raises."""
        answered: asyncio.Future[Answer] = self._loop.create_future()
        self._waiting.put((work, time.monotonic(), answered))
        return answered

    def _work(self) -> None:
        while True:
            work, since, answered = self._waiting.get()
            try:
                answer = work(time.monotonic() - since)
            except Exception:
                log.exception("a request failed outside the application")
                answer = FAILED
            # The loop is closed when the process stops: then nobody waits for it any more.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(_give, answered, answer)


def _give(answered: asyncio.Future[Answer], answer: Answer) -> None:
    if not answered.done():
        answered.set_result(answer)
