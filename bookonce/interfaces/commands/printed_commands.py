"""Commands as they are printed: pasted into another terminal they use the same database."""

from __future__ import annotations

import os
import shlex

CARRIED = ("BOOKONCE_DATA", "BOOKONCE_DATABASE_URL", "BOOKONCE_BASE_URL", "BOOKONCE_PORT")


def printed_command(words: str) -> str:
    """``bookonce`` with these words, after those settings that are not the default."""
    given = [(name, os.environ.get(name, "")) for name in CARRIED]
    # A server's address may hold a password, which must not be printed.
    told = [(name, value) for name, value in given if value and not value.startswith("postgres")]
    return " ".join([*(f"{name}={shlex.quote(value)}" for name, value in told), ".venv/bin/bookonce", words])
