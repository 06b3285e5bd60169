"""Where a transaction begins, and the check of functions that may only be called inside one.

On SQLite, which has one writer, transactions queue for it on a file lock, so that no writer starves
(docs/decisions/0007).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection
from django.db import transaction as django_transaction

from bookonce.foundation.database import clock_readings, patience, writer_queue
from bookonce.foundation.database.sqlite import limit_busy_wait
from bookonce.foundation.errors import ClockDoubted, DatabaseUnavailable

FOUNDING = 0x0B00C0CE
"""The number of our advisory lock in PostgreSQL: to migrate, and to found the first workspace."""

P = ParamSpec("P")
R = TypeVar("R")


class _Here(threading.local):
    """Whether this thread is inside a ``transaction``."""

    inside = False
    allows_doubted_clock = False


_here = _Here()


MOMENT = 0.1
"""Seconds that a transaction which does not wait gives to another program: a checkpoint, a copy of a page."""
LOCK_NOT_AVAILABLE = "55P03"
"""The SQLSTATE of a lock that did not come in time."""


class Busy(Exception):
    """``transaction(wait=False)`` found another writer at work."""


@contextmanager
def transaction(*, wait: bool = True) -> Iterator[None]:
    """Open a transaction, or join the one that is already open in this thread.

    Everything inside is committed together or not at all. Raises ``Busy`` where ``wait`` is false
    and another writer is at work (on PostgreSQL: at these rows), and ``DatabaseUnavailable`` where no
    turn comes in time, or (``ClockDoubted``) where this machine's clock was set and is not believed.
    """
    if _here.inside:
        yield
        return
    if not _here.allows_doubted_clock and clock_readings.settle_doubt_if_any():
        raise ClockDoubted if wait else Busy
    # The queue before BEGIN: SQLite's own waiting is a poll without order, in which the unlucky wait seconds.
    with _counted_as_writing(wait), _turn(wait), django_transaction.atomic():
        _shorten_waits(wait)
        _here.inside = True
        try:
            yield
        finally:
            _here.inside = False


@contextmanager
def allow_doubted_clock() -> Iterator[None]:
    """Let this thread open transactions while the machine's clock is doubted.

    For what a start and a heartbeat write: nothing that a wrong instant could spoil.
    """
    before = _here.allows_doubted_clock
    _here.allows_doubted_clock = True
    try:
        yield
    finally:
        _here.allows_doubted_clock = before


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
def allow_long_statement() -> Iterator[None]:
    """Inside a transaction: let a statement that writes many rows take a minute, where waits are limited."""
    if patience.current_limit() is None:
        yield
        return
    with patience.allow_longer(patience.LONG):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {round(patience.LONG * 1000)}")
        yield


def _counted_as_writing(wait: bool) -> AbstractContextManager[None]:
    # Who does not wait says nothing of how long others have to, whether there was room or not.
    return patience.note_writer() if wait else nullcontext()


def _shorten_waits(wait: bool) -> None:
    """Let PostgreSQL end this transaction's waits with the request's, or in a moment (not ``wait``)."""
    if connection.vendor != "postgresql" or (wait and not patience.has_waited()):
        return
    # 0 would be no limit at all.
    milliseconds = max(1, round(((patience.seconds_left() or 0.0) if wait else MOMENT) * 1000))
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {milliseconds}")
        if wait:
            cursor.execute(f"SET LOCAL statement_timeout = {milliseconds}")


@contextmanager
def _turn(wait: bool) -> Iterator[None]:
    if connection.vendor != "sqlite":
        with _busy_instead_of_lock(wait):
            yield
        return
    try:
        with writer_queue.take_turn(connection, wait=wait), _busy_wait(wait):
            yield
    except writer_queue.QueueStands:
        if not wait:
            raise Busy from None
        patience.note_stall()
        raise DatabaseUnavailable from None


@contextmanager
def _busy_instead_of_lock(wait: bool) -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        if wait or getattr(error.__cause__, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        raise Busy from error


@contextmanager
def _busy_wait(wait: bool) -> Iterator[None]:
    """For a program that does not know our queue: a moment where nobody should wait, else what is left."""
    if wait and not patience.has_waited():
        yield
        return
    connection.ensure_connection()
    limit_busy_wait(connection.connection, (patience.seconds_left() or 0.0) if wait else MOMENT)
    try:
        yield
    finally:
        # The connection is gone where the transaction broke it.
        if connection.connection is not None:
            limit_busy_wait(connection.connection, patience.current_limit() or patience.LONG)
