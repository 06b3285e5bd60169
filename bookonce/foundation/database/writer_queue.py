"""The queue of writers to SQLite: one at a time, in the order in which they came, across processes."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from bookonce.foundation.database import patience

LOOKS = 0.25
"""Seconds between two looks for threads that have waited too long."""


class QueueStands(Exception):
    """The turn did not come: another writer is at work, or has been for too long."""


# Python's own flock begins again after a signal (PEP 475), and so can only be waited out.
_flock = ctypes.CDLL(None, use_errno=True).flock
_deadlines: dict[int, patience.Deadline] = {}
"""When the patience of each waiting thread ends, by its ident."""


@contextmanager
def take_turn(connection: Any, *, wait: bool) -> Iterator[None]:
    """This thread's turn to write to the database of this connection; raise ``QueueStands`` without one."""
    # flock serves those who wait in the order in which they came.
    queue = _queue_file(connection)
    if wait:
        _wait_for_turn(queue)
    else:
        try:
            fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise QueueStands from None
    try:
        yield
    finally:
        fcntl.flock(queue, fcntl.LOCK_UN)


def _wait_for_turn(queue: int) -> None:
    me = threading.get_ident()
    deadline = _deadlines[me] = patience.current_deadline()
    try:
        while _flock(queue, fcntl.LOCK_EX):
            code = ctypes.get_errno()
            if code != errno.EINTR:
                raise OSError(code, os.strerror(code))
            if not deadline.seconds_left():
                raise QueueStands
    finally:
        del _deadlines[me]


def end_long_waits() -> None:
    """Begin to interrupt threads whose patience has ended. Call in the main thread, once in each process.

    Without it a wait lasts until the turn comes.
    """
    # With its usual handler the signal would interrupt nothing.
    signal.signal(signal.SIGURG, _nothing)
    threading.Thread(target=_interrupt, name="patience", daemon=True).start()


def _nothing(number: int, frame: FrameType | None) -> None:
    pass


def _interrupt() -> None:
    while True:
        time.sleep(LOOKS)
        for thread, deadline in list(_deadlines.items()):
            if not deadline.seconds_left():
                # One that has ended meanwhile must not end this one, which watches all.
                with contextlib.suppress(ProcessLookupError):
                    signal.pthread_kill(thread, signal.SIGURG)


class _Queue:
    """A descriptor of the queue's file, closed with the last reference to it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __del__(self) -> None:
        os.close(self.handle)


def _queue_file(connection: Any) -> int:
    """This thread's descriptor; it is kept on its connection, so that the two are closed together."""
    path = f"{connection.settings_dict['NAME']}-queue"
    known: _Queue | None = getattr(connection, "queue", None)
    if known is None or known.path != path:
        known = connection.queue = _Queue(path)
    return known.handle
