"""Where the database lies, as far as this machine can know, and how little room is too little."""

from __future__ import annotations

from pathlib import Path

from django.db import connection

# With a full disk nothing can be booked; before that, journals, kept mails and backups need room to grow.
LITTLE, TOO_LITTLE = 200_000_000, 50_000_000
"""Free bytes below which ``doctor`` warns, and below which it fails."""
HERE = {"", "localhost", "127.0.0.1", "::1"}


def database_folder() -> Path | None:
    """The folder of SQLite's file, or of a PostgreSQL server on this machine that tells it; else None."""
    if connection.vendor == "sqlite":
        folder = Path(str(connection.settings_dict["NAME"])).parent
    else:
        host = str(connection.settings_dict["HOST"] or "")
        said = _said_folder() if host in HERE or host.startswith("/") else None
        if said is None:
            return None
        folder = Path(said)
    # The server may be in a container that only has its port on this machine.
    return folder if folder.is_dir() else None


def _said_folder() -> str | None:
    """Where PostgreSQL keeps its files. Who may not read all of its settings finds no such row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting FROM pg_settings WHERE name = 'data_directory'")
        found = cursor.fetchone()
    return str(found[0]) if found and found[0] else None
