"""The threads in which requests are answered: each takes the next whole request that waits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Protocol


class RequestToAnswer(Protocol):
    """A request that has come so far that it needs a thread."""

    @property
    def carry_on(self) -> Callable[[], None]: ...


class RequestThreads:
    """A fixed number of threads, which live as long as the process and so do their connections."""

    def __init__(self, count: int) -> None:
        self._waiting: SimpleQueue[RequestToAnswer] = SimpleQueue()
        for number in range(count):
            threading.Thread(target=self._work, name=f"request-{number}", daemon=True).start()

    def take(self, request: RequestToAnswer) -> None:
        """Let the next free thread carry on this request."""
        self._waiting.put(request)

    def _work(self) -> None:
        while True:
            self._waiting.get().carry_on()
