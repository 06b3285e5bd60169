"""How long this process waits for its database.

A web process lets a request wait three seconds in all for a database that stands still: for a thread behind
others that wait, a turn to write, locks, statements, a connection. A queue that moves is no such wait: what
is committed by another request of this process gives everybody the three seconds anew. Whatever writes many
rows in one go may take a minute, and so may the worker.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf

from django.db import DatabaseError, InterfaceError

from bookonce.foundation.errors import DatabaseUnavailable

WEB, LONG = 3.0, 60.0
"""Seconds."""
STALLED = 1.0
"""Seconds for which the database counts as standing still after a wait that was too long."""
TOO_SHORT = 0.25
"""Seconds: with less left a request does not try a database that stands still."""


class _Here(threading.local):
    """What holds for this thread alone."""

    seconds: float | None = None
    since: float | None = None
    """From when the waits of this thread's request are counted."""
    only_looks = False


@dataclass(slots=True)
class _Stall:
    """The last wait that was too long."""

    since: float = inf
    until: float = -inf
    stops_looking: float = -inf
    """Until when it counts for requests too that only look."""


_here = _Here()
_process: float | None = None
_stall = _Stall()
_moved_on = -inf
"""When a request of this process had last got through a transaction."""
_writing: dict[int, float] = {}
"""Since when each thread has been at its transaction, or has waited for it."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """When waiting that began at ``since`` ends: later, whenever others get through meanwhile."""

    since: float
    limit: float

    def seconds_left(self) -> float:
        """Never negative: what needs no waiting may still be tried."""
        return max(0.0, max(self.since, _moved_on) + self.limit - time.monotonic())


def limit_process(seconds: float) -> None:
    """Let every wait of this process end after so many seconds, on connections that are made from now on."""
    global _process
    _process = seconds


def current_limit() -> float | None:
    """Seconds after which a wait alone would end in this thread; None: it does not, as in a migration."""
    return _here.seconds or _process


def current_deadline() -> Deadline:
    """When a wait of this thread ends: that of its request, if it answers one."""
    limit, since = current_limit(), _here.since
    if since is None or _here.seconds is not None:
        since = time.monotonic()
    return Deadline(since, inf if limit is None else limit)


def seconds_left() -> float | None:
    """Seconds after which a wait of this thread ends; None: it does not."""
    return None if current_limit() is None else current_deadline().seconds_left()


def has_waited() -> bool:
    """Whether so much of this thread's patience is gone that its waits have to be shortened."""
    limit, left = current_limit(), seconds_left()
    return limit is not None and left is not None and left < limit - TOO_SHORT


@contextmanager
def allow_longer(seconds: float) -> Iterator[None]:
    """Let this thread's waits be so long, where they are limited at all."""
    before = _here.seconds
    _here.seconds = seconds if _process else None
    try:
        yield
    finally:
        _here.seconds = before
        if _here.since is not None:
            _here.since = time.monotonic()


@contextmanager
def one_request(read_at: float, *, only_looks: bool) -> Iterator[None]:
    """Let all waits of this thread share one deadline, for a request that was there wholly at ``read_at``.

    Its wait for this thread counts as far as it was one for a database that stood still.
    """
    _here.only_looks = only_looks
    _here.since = max(read_at, _standing_since(time.monotonic()))
    try:
        yield
    finally:
        _here.since, _here.only_looks = None, False


def is_used_up() -> bool:
    """Whether this thread's request has waited so long for a thread that it need not try the database."""
    left = seconds_left()
    return left is not None and left < TOO_SHORT


def _standing_since(now: float) -> float:
    """Since when nothing has moved on that this thread's request needs; ``now`` where nothing is known."""
    if _here.only_looks:
        return max(_moved_on, _stall.since) if now < _stall.stops_looking else now
    since = min(list(_writing.values()), default=inf)
    if now < _stall.until:
        since = min(since, _stall.since)
    return now if since == inf else max(_moved_on, since)


@contextmanager
def note_writer() -> Iterator[None]:
    """Say that this thread waits for a transaction or is in it, so that others know how long it has been."""
    global _moved_on
    if _here.since is None:
        yield
        return
    me = threading.get_ident()
    _writing[me], _here.only_looks = time.monotonic(), False
    try:
        yield
    except (DatabaseError, InterfaceError, DatabaseUnavailable):
        raise
    except BaseException:
        # A refusal has had its turn too.
        _moved_on = time.monotonic()
        raise
    else:
        _moved_on = time.monotonic()
    finally:
        del _writing[me]


def note_stall(*, stops_looking: bool = False) -> None:
    """The database did not answer in time: who has waited behind others need not try it, for a moment."""
    now = time.monotonic()
    since = _here.since if _here.since is not None else now - (current_limit() or 0.0)
    _stall.since = min(since, _stall.since) if now < _stall.until else since
    _stall.until = now + STALLED
    if stops_looking or _here.only_looks:
        _stall.stops_looking = _stall.until
