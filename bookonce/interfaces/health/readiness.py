"""Whether this process is ready: asked in a thread of its own, since the database may stand still."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import close_old_connections

from bookonce.interfaces.health import probes

SHARED = 1.0
"""Seconds for which one look at the database answers every probe."""

PATIENCE = 3.0
"""Seconds after which a database that has not answered counts as absent."""

SILENT = "the database does not answer"


class ReadinessProbe:
    """The last answer, and the look at the database that is under way."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._thread = ThreadPoolExecutor(1, "readiness")
        self._looking: asyncio.Future[str | None] | None = None
        self._begun = 0.0

    async def unready_reason(self) -> str | None:
        """One sentence on what is missing; None: ready."""
        now = time.monotonic()
        if self._looking is None or (self._looking.done() and now - self._begun > SHARED):
            self._begun = now
            self._looking = self._loop.run_in_executor(self._thread, _look)
        try:
            left = max(0.0, self._begun + PATIENCE - now)
            return await asyncio.wait_for(asyncio.shield(self._looking), left)
        except TimeoutError:
            return SILENT


def _look() -> str | None:
    # As at the start of a request: one that the server has ended would say that the database is away.
    close_old_connections()
    return probes.unready_reason()
