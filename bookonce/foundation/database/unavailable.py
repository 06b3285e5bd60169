"""Which errors of the database mean that it cannot be used just now, and what is answered then."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError

from bookonce.foundation.database import patience
from bookonce.foundation.errors import DatabaseUnavailable

SQLITE = {
    5,  # SQLITE_BUSY: another program has its lock
    6,  # SQLITE_LOCKED
    8,  # SQLITE_READONLY
    9,  # SQLITE_INTERRUPT
    10,  # SQLITE_IOERR
    13,  # SQLITE_FULL
    14,  # SQLITE_CANTOPEN
    15,  # SQLITE_PROTOCOL: the lock of WAL
}
"""Primary result codes (https://www.sqlite.org/rescode.html)."""
POSTGRESQL = (
    "08",  # connection
    "53",  # insufficient resources: disk full, too many connections
    "57",  # operator: shutting down, starting, statement cancelled
    "58",  # system error outside PostgreSQL
    "25006",  # read-only: a standby, or a full disk
    "40",  # deadlock, serialization: undone, and good to repeat
    "55P03",  # lock not available in time
)
"""Classes and codes of SQLSTATE (PostgreSQL's manual, appendix A)."""


def unavailable_refusal(error: BaseException | None) -> DatabaseUnavailable | None:
    """The refusal for an error that says so; None for any other error, which is a fault of ours."""
    if isinstance(error, DatabaseUnavailable):
        return error
    if not isinstance(error, DatabaseError | InterfaceError) or not _says_so(error):
        return None
    patience.note_stall()
    return DatabaseUnavailable()


def _says_so(error: DatabaseError | InterfaceError) -> bool:
    cause: Any = error.__cause__
    state = getattr(cause, "sqlstate", None)
    if state:
        return bool(state.startswith(POSTGRESQL))
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in SQLITE
    # A connection that was lost has no code.
    return isinstance(error, OperationalError | InterfaceError)
