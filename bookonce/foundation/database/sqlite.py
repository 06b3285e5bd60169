"""How the embedded database is opened (docs/decisions/0006): durable, and in no mode that can corrupt it."""

from __future__ import annotations

import sqlite3
from typing import Any

from bookonce.foundation.database import patience

WAL_IS_SOUND = (3, 51, 3)
"""The release that fixed the WAL-reset corruption; before it we do without WAL."""

JOURNAL = "WAL" if sqlite3.sqlite_version_info >= WAL_IS_SOUND else "TRUNCATE"

# IMMEDIATE: a transaction that reads first and writes later would fail at once where another has written.
# synchronous=FULL: what was acknowledged survives a power cut (promise 10).
OPTIONS: dict[str, object] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": patience.LONG,
    "init_command": (
        f"PRAGMA journal_mode={JOURNAL}; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA mmap_size=0; PRAGMA cache_size=-16000"
    ),
}


def limit_busy_wait(connection: Any, seconds: float) -> None:
    """Let this connection wait no longer for a lock that another program holds. SQLite polls for it."""
    connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
