"""Doors and steps: where a transaction begins, and who may only be called inside one.

A *door* is an operation that opens the transaction; a *step* is called inside one and checks it.
On SQLite, which has one writer, doors wait in a queue, so that no writer starves.
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
    """This thread's place: whether it is inside a door."""

    inside = False


_here = _Here()


class Busy(Exception):
    """The door was asked not to wait, and somebody is inside."""


@contextmanager
def transaction(*, wait: bool = True) -> Iterator[None]:
    """Open the transaction, or join the one that an outer door has opened.

    Everything inside is committed together or not at all. Raises ``Busy`` where ``wait`` is false
    and another writer is at work (SQLite only).
    """
    if _here.inside:
        yield
        return
    with _turn(wait), django_transaction.atomic():
        _here.inside = True
        try:
            yield
        finally:
            _here.inside = False


def assert_no_transaction() -> None:
    """Assert that no door is open here: nothing remote happens inside a transaction (promise 14)."""
    if _here.inside:
        raise AssertionError("this may take long, or reach another machine: do it outside a door")


def requires_transaction(operation: Callable[P, R]) -> Callable[P, R]:
    """Mark an operation that must run inside a door; calling it outside is a mistake, and told."""

    @wraps(operation)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        if not _here.inside:
            raise AssertionError(f"{operation.__name__} is a step: call it inside a door")
        return operation(*args, **kwargs)

    return checked


@contextmanager
def _turn(wait: bool) -> Iterator[None]:
    if connection.vendor != "sqlite":
        yield
        return
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
    """An open handle of the queue, as long as somebody refers to it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __del__(self) -> None:
        os.close(self.handle)


def _queue_file() -> int:
    """This thread's handle. It goes with the thread's connection (see ``management.web``)."""
    path = f"{connection.settings_dict['NAME']}-queue"
    known: _Queue | None = getattr(connection, "queue", None)
    if known is None or known.path != path:
        known = connection.queue = _Queue(path)  # type: ignore[attr-defined]
    return known.handle
