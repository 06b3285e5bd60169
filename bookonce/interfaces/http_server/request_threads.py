"""The threads in which requests are answered: each takes the next whole request that waits."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue

from bookonce.interfaces.http_server.wsgi_call import Answer

log = logging.getLogger("bookonce.web")

Work = Callable[[float], Answer]
"""What gives the answer; it is told how many seconds it has waited for its thread."""
Send = Callable[[int, list[tuple[str, str]], bytes], None]
SOON = 0.02
"""Seconds within which the loop ends what is answered."""
FAILED = Answer(500, [("content-type", "text/plain"), ("cache-control", "no-store")], b"Failed\n")


class RequestThreads:
    """A fixed number of threads, which live as long as the process and so do their connections."""

    def __init__(self, loop: asyncio.AbstractEventLoop, count: int) -> None:
        self._loop = loop
        self._waiting: SimpleQueue[tuple[Work, Send, float, asyncio.Future[None]]] = SimpleQueue()
        self._answered: deque[asyncio.Future[None]] = deque()
        self._is_told = False
        """Whether the loop is about to look at those that are answered."""
        for number in range(count):
            threading.Thread(target=self._work, name=f"request-{number}", daemon=True).start()

    def answer(self, work: Work, send: Send) -> asyncio.Future[None]:
        """Let the next free thread do this work and send the answer, 500 where it raises; done soon after."""
        answered: asyncio.Future[None] = self._loop.create_future()
        self._waiting.put((work, send, time.monotonic(), answered))
        return answered

    def _work(self) -> None:
        while True:
            work, send, since, answered = self._waiting.get()
            try:
                answer = work(time.monotonic() - since)
            except Exception:
                log.exception("a request failed outside the application")
                answer = FAILED
            # Sent from here: the loop would first have to get hold of the interpreter, which is in use.
            with contextlib.suppress(Exception):  # the client is gone
                send(answer.status, answer.headers, answer.body)
            self._answered.append(answered)
            if not self._is_told:
                self._is_told = True
                # The loop is closed when the process stops: then nobody waits for it any more.
                with contextlib.suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(self._loop.call_later, SOON, self._finish)

    def _finish(self) -> None:
        """End what waits for these answers. Nobody else does, so it is done for many at once."""
        self._is_told = False
        while self._answered:
            answered = self._answered.popleft()
            if not answered.done():
                answered.set_result(None)
