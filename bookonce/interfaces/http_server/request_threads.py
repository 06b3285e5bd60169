"""The threads in which requests are answered: each takes the next whole request that waits."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue

from bookonce.interfaces.http_server.wsgi_call import Answer

log = logging.getLogger("bookonce.web")

Work = Callable[[], Answer]
FAILED = Answer(500, [("content-type", "text/plain"), ("cache-control", "no-store")], b"Failed\n")


class RequestThreads:
    """A fixed number of threads, which live as long as the process and so do their connections."""

    def __init__(self, loop: asyncio.AbstractEventLoop, count: int) -> None:
        self._loop = loop
        self._waiting: SimpleQueue[tuple[Work, asyncio.Future[Answer]]] = SimpleQueue()
        for number in range(count):
            threading.Thread(target=self._work, name=f"request-{number}", daemon=True).start()

    def run(self, work: Work) -> asyncio.Future[Answer]:
        """The answer that this work will give in the next free thread; 500 where it raises."""
        answered: asyncio.Future[Answer] = self._loop.create_future()
        self._waiting.put((work, answered))
        return answered

    def _work(self) -> None:
        while True:
            work, answered = self._waiting.get()
            try:
                answer = work()
            except Exception:
                log.exception("a request failed outside the application")
                answer = FAILED
            # The loop is closed when the process stops: then nobody waits for it any more.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(_give, answered, answer)


def _give(answered: asyncio.Future[Answer], answer: Answer) -> None:
    if not answered.done():
        answered.set_result(answer)
