"""Where a transaction begins, and the check of functions that may only be called inside one.

On SQLite, which has one writer, transactions queue for it on a file lock, so that no writer starves
(docs/decisions/0007).
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection
from django.db import transaction as django_transaction

FOUNDING = 0x0B00C0CE
"""The number of our advisory lock in PostgreSQL: to migrate, and to found the first workspace."""

P = ParamSpec("P")
R = TypeVar("R")


class _Here(threading.local):
    """Whether this thread is inside a ``transaction``."""

    inside = False


_here = _Here()


class Busy(Exception):
    """``transaction(wait=False)`` found another writer at work."""


@contextmanager
def transaction(*, wait: bool = True) -> Iterator[None]:
    """Open a transaction, or join the one that is already open in this thread.

    Everything inside is committed together or not at all. Raises ``Busy`` where ``wait`` is false
    and another writer is at work (SQLite only).
    """
    if _here.inside:
        yield
        return
    # The queue before BEGIN: SQLite's own waiting is a poll without order, in which the unlucky wait seconds.
    with _turn(wait), django_transaction.atomic():
        _here.inside = True
        try:
            yield
        finally:
            _here.inside = False


def assert_no_transaction() -> None:
    """Raise ``AssertionError`` inside a transaction: nothing remote may happen there (promise 14)."""
    if _here.inside:
        raise AssertionError("this may take long, or reach another machine: do it outside a transaction")


def requires_transaction(operation: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function that must run inside a ``transaction``; elsewhere it raises ``AssertionError``."""

    @wraps(operation)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        if not _here.inside:
            raise AssertionError(f"{operation.__name__} must be called inside a transaction")
        return operation(*args, **kwargs)

    return checked


@contextmanager
def _turn(wait: bool) -> Iterator[None]:
    if connection.vendor != "sqlite":
        yield
        return
    # flock serves those who wait in the order in which they came, across processes.
    queue = _queue_file()
    try:
        fcntl.flock(queue, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        raise Busy from None
    try:
        yield
    finally:
        fcntl.flock(queue, fcntl.LOCK_UN)


class _Queue:
    """A descriptor of the queue's file, closed with the last reference to it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __del__(self) -> None:
        os.close(self.handle)


def _queue_file() -> int:
    """This thread's descriptor; it is kept on its connection, so that the two are closed together."""
    path = f"{connection.settings_dict['NAME']}-queue"
    known: _Queue | None = getattr(connection, "queue", None)
    if known is None or known.path != path:
        known = connection.queue = _Queue(path)  # type: ignore[attr-defined]
    return known.handle
