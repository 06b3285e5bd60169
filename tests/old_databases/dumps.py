"""The dumps in this folder: which there are, and how one is loaded where Django's connection leads."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection

HERE = Path(__file__).parent
NAMES = sorted(path.name.removesuffix(".sqlite.sql.gz") for path in HERE.glob("*.sqlite.sql.gz"))


def read_dump(file: Path) -> str:
    return gzip.decompress(file.read_bytes()).decode()


def load_dump(name: str) -> None:
    """Write what the dump holds into the empty database to which Django's connection leads."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as file:
            file.executescript(read_dump(HERE / f"{name}.sqlite.sql.gz"))
    else:
        connection.ensure_connection()
        # Past psycopg, which sends one statement at a time.
        done = connection.connection.pgconn.exec_(read_dump(HERE / f"{name}.postgres.sql.gz").encode())
        assert not done.error_message, done.error_message.decode()
