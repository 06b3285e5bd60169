"""Concurrent duplicates of a call: refused at once while the first is in flight, never made to wait.

The lock is an advisory lock of PostgreSQL, or with SQLite (whose processes share a machine) a lock of the
kernel on one byte of a file. Both end with the process that holds them, so that nothing is left to clean up
after a kill. docs/decisions/0010.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from bookonce.foundation.database.transactions import transaction
from bookonce.foundation.errors import InFlight


@contextmanager
def exclusive_transaction(key: bytes | None) -> Iterator[None]:
    """Open a transaction that holds this key; ``InFlight`` where another one holds it.

    ``key`` is a hash; without one this is a plain ``transaction``. The key is free again after the commit,
    the rollback or the end of the process.
    """
    if key is None:
        with transaction():
            yield
    elif connection.vendor == "sqlite":
        # Before the queue for the one writer, in which a duplicate would wait for the first.
        with _place(_number(key)), transaction():
            yield
    else:
        with transaction():
            if not _locked(_number(key)):
                raise InFlight
            yield


def is_in_flight(key: bytes | None) -> bool:
    """Whether a call with this key is in flight at this moment."""
    if key is None:
        return False
    if connection.vendor != "sqlite":
        # In autocommit the lock ends with the statement, so asking for it leaves nothing behind.
        return not _locked(_number(key))
    try:
        with _place(_number(key)):
            return False
    except InFlight:
        return True


def _number(key: bytes) -> int:
    # 62 bits: an advisory lock's number and an offset in a file are signed 64-bit integers.
    return int.from_bytes(key[:8], "big") >> 2


def _locked(number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])


class _Places:
    """The bytes of the lock file that this process holds: ``lockf`` tells processes apart, not threads."""

    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.held: set[tuple[str, int]] = set()
        self.files: dict[str, int] = {}
        """Never closed: closing any handle of a file gives up all locks of the process on it."""

    def file(self, path: str) -> int:
        if path not in self.files:
            self.files[path] = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self.files[path]


_places = _Places()


@contextmanager
def _place(number: int) -> Iterator[None]:
    """Lock one byte of the file beside the database, or ``InFlight``; the file itself stays empty."""
    path = f"{connection.settings_dict['NAME']}-in-flight"
    with _places.guard:
        if (path, number) in _places.held:
            raise InFlight
        # EACCES or EAGAIN, by system: another process holds the byte.
        try:
            fcntl.lockf(_places.file(path), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
        except (BlockingIOError, PermissionError):
            raise InFlight from None
        _places.held.add((path, number))
    try:
        yield
    finally:
        with _places.guard:
            fcntl.lockf(_places.file(path), fcntl.LOCK_UN, 1, number)
            _places.held.discard((path, number))
