"""Which programs of this machine use the database: a lock that they share, and a restore has alone."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from bookonce.foundation.database.copies import postgres
from bookonce.foundation.environment import ensure_private_folder
from bookonce.foundation.errors import Refused


class RestoreRuns(Refused):
    """A copy is being put back."""

    sentence = "A copy is just being put back. Wait until `bookonce restore` has ended."


class DatabaseInUse(Refused):
    """A server, a worker or a command uses the database."""

    sentence = "The database is in use. Stop `bookonce serve`, `web` and `worker` on every machine first."


_held: dict[str, int] = {}
"""The descriptors of locks, which last as long as this process and what it forks."""


def share_database() -> None:
    """Say, for as long as this process lives, that it uses the database; ``RestoreRuns``."""
    ensure_private_folder(_path().parent, "BOOKONCE_DATABASE_URL")
    path = str(_path())
    if path not in _held:
        handle = _open(path)
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise RestoreRuns from None
        _held[path] = handle


@contextmanager
def alone_with_database() -> Iterator[None]:
    """Have the database alone, as far as can be seen from here; ``DatabaseInUse``."""
    handle = _open(str(_path()))
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Programs on other machines share no lock, but they are connected to the same server.
        if connection.vendor == "postgresql" and postgres.count_other_sessions():
            raise DatabaseInUse
        yield
    except BlockingIOError:
        raise DatabaseInUse from None
    finally:
        os.close(handle)


def _path() -> Path:
    if connection.vendor == "sqlite":
        return Path(f"{connection.settings_dict['NAME']}-running")
    return Path(settings.DATA) / "running"


def _open(path: str) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
