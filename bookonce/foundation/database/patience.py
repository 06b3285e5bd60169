"""How long this process waits for its database.

A web process waits three seconds for one thing: a turn to write, a lock, a statement, a connection. Only a
few requests are at work in it at a time, so what waits longer waits for a database that stands still, and not
in a queue that moves. Whatever writes many rows in one go may take a minute, and so may the worker.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

WEB, LONG = 3.0, 60.0
"""Seconds."""
STALLED = 1.0
"""Seconds for which the database counts as standing still after a wait that was too long."""


class _Here(threading.local):
    """What holds for this thread alone."""

    seconds: float | None = None


_here = _Here()
_process: float | None = None
_stalled_until = 0.0


def limit_process(seconds: float) -> None:
    """Let every wait of this process end after so many seconds, on connections that are made from now on."""
    global _process
    _process = seconds


def current_limit() -> float | None:
    """Seconds after which a wait of this thread ends; None: it does not, as in a migration."""
    return _here.seconds or _process


@contextmanager
def allow_longer(seconds: float) -> Iterator[None]:
    """Let this thread's waits be so long, where they are limited at all."""
    before = _here.seconds
    _here.seconds = seconds if _process else None
    try:
        yield
    finally:
        _here.seconds = before


def note_stall() -> None:
    """The database did not answer in time: who has waited behind others need not try it, for a moment."""
    global _stalled_until
    _stalled_until = time.monotonic() + STALLED


def is_stalled() -> bool:
    """Whether the database stood still a moment ago."""
    return time.monotonic() < _stalled_until
