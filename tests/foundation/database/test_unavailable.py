"""Which errors say that the database cannot be used just now, and which are faults of ours."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError

from bookonce.foundation.database.unavailable import unavailable_refusal
from bookonce.foundation.errors import DatabaseUnavailable


class FromDriver(Exception):
    """What a driver raises: with a SQLSTATE, a result code of SQLite's, or neither."""

    def __init__(self, **codes: Any) -> None:
        self.__dict__ |= codes


def raised(kind: type[Exception], **codes: Any) -> Exception:
    error = kind("trouble")
    error.__cause__ = FromDriver(**codes)
    return error


@pytest.mark.parametrize(
    "error",
    [
        raised(OperationalError, sqlite_errorcode=5),
        raised(OperationalError, sqlite_errorcode=5 | 2 << 8),  # SQLITE_BUSY_SNAPSHOT
        raised(OperationalError, sqlite_errorcode=13),
        raised(OperationalError, sqlstate="55P03"),
        raised(OperationalError, sqlstate="57014"),
        raised(OperationalError, sqlstate="53100"),
        raised(DatabaseError, sqlstate="25006"),
        raised(OperationalError),
        raised(InterfaceError),
        DatabaseUnavailable(),
    ],
    ids=lambda error: str(vars(error.__cause__)) if error.__cause__ else type(error).__name__,
)
def test_it_cannot_be_used(error: Exception) -> None:
    refusal = unavailable_refusal(error)
    assert refusal is not None
    assert (refusal.status, refusal.code, refusal.data["headers"]) == (503, "busy", {"Retry-After": "2"})


@pytest.mark.parametrize(
    "error",
    [
        raised(OperationalError, sqlite_errorcode=1),  # SQLITE_ERROR: a statement that is wrong
        raised(ProgrammingError, sqlstate="42P01"),
        raised(DatabaseError),
        ValueError("trouble"),
        None,
    ],
    ids=repr,
)
def test_it_is_a_fault(error: Exception | None) -> None:
    assert unavailable_refusal(error) is None
