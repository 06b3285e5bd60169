"""The limit of a booking: the rows that one writes, written by the database alone.

The pattern of the rows is a booking that the product itself has made; what each booking has of its own
(keys, times) is put in its place. PostgreSQL gets them as one statement from pgbench, SQLite as one
transaction from the same library with the same settings.
"""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench import processes
from bench.installations import Installation

OWN = {
    "bookonce_contact": {"id": "contact_id", "workspace_id": "workspace_id", "key": "contact_key"},
    "bookonce_booking": {
        "id": "booking_id",
        "workspace_id": "workspace_id",
        "calendar_id": "calendar_id",
        "link_id": "link_id",
        "contact_id": "contact_id",
        "host_id": "host_id",
        "starts_at": "starts_at",
        "ends_at": "ends_at",
        "manage_hash": "manage_hash",
    },
    "bookonce_heldtime": {
        "diary_id": "diary_id",
        "booking_id": "booking_id",
        "starts_at": "starts_at",
        "ends_at": "ends_at",
    },
    "bookonce_event": {
        "id": "event_id",
        "workspace_id": "workspace_id",
        "link_id": "link_id",
        "booking_id": "booking_id",
    },
    "guest": {"id": "guest_letter_id", "event_id": "event_id"},
    "host": {"id": "host_letter_id", "event_id": "event_id"},
}
"""Each row's columns that differ from booking to booking; ``guest`` and ``host`` are its two deliveries."""

SERIAL = {"bookonce_heldtime": "id"}
ROWS_OF_ONE = (
    ("bookonce_contact", "bookonce_contact", ("id = (SELECT contact_id FROM bookonce_booking LIMIT 1)",)),
    ("bookonce_booking", "bookonce_booking", ("id IS NOT NULL",)),
    ("bookonce_heldtime", "bookonce_heldtime", ("diary_id IS NOT NULL",)),
    ("bookonce_event", "bookonce_event", ("kind = 'booking.made'",)),
    ("guest", "bookonce_delivery", ("recipient = 'guest'", "audience = 'guest'")),
    ("host", "bookonce_delivery", ("recipient LIKE 'host:%'", "audience = 'host'")),
)
"""The rows of one booking: name, table, and how its row is found. Builds differ in their columns: the first
condition counts whose column is there."""

PREPARED = (
    ("link_id", "uuid"),
    ("workspace_id", "uuid"),
    ("calendar_id", "uuid"),
    ("host_id", "uuid"),
    ("contact_id", "uuid"),
    ("booking_id", "uuid"),
    ("event_id", "uuid"),
    ("guest_letter_id", "uuid"),
    ("host_letter_id", "uuid"),
    ("diary_id", "bigint"),
    ("starts_at", "timestamptz"),
    ("ends_at", "timestamptz"),
    ("contact_key", "text"),
    ("manage_hash", "bytea"),
)

ACTIVE = """used_at IS NULL AND revoked_at IS NULL
    AND (expires_at IS NULL OR expires_at > {now}) AND (opens_at IS NULL OR opens_at <= {now})"""


def require_keys(rows: Sequence[dict[str, Any]]) -> None:
    """Bookings planned through commands and API cannot be written as rows: nobody told their keys."""
    if any("link_id" not in row for row in rows):
        raise LookupError("filled through commands and API, which tell no keys of rows")


def own_values(row: dict[str, Any]) -> dict[str, Any]:
    """What a booking to be made has of its own, from a row of ``world.bookings``."""
    starts_at = datetime.fromisoformat(row["starts_at"])
    more = {
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=5),
        "contact_key": f"e:limit-{secrets.token_hex(8)}@example.net",
        "manage_hash": secrets.token_bytes(32),
    }
    return row | more


# --- PostgreSQL ---------------------------------------------------------------------------------


@dataclass
class PgBench:
    """pgbench with bookings to make, ready to run: each connection has a stretch of them of its own."""

    installation: Installation
    script: Path
    connections: int
    transactions: int
    programs: Path
    server: int
    done: int = 0

    def run(self) -> tuple[float, float]:
        """One round: bookings in a second, and processor seconds of server and client for each."""
        count = self.connections * self.transactions
        before, ours = processes.cpu(self.server), os.times()
        done = subprocess.run(
            [
                self.programs / "pgbench", "--no-vacuum", "--protocol=prepared", f"--file={self.script}",
                f"--client={self.connections}", "--jobs=2", f"--transactions={self.transactions}",
                f"--define=done={self.done}", f"--define=each={self.transactions}",
                "--define=k=-1", self.installation.url,
            ],
            capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"pgbench failed: {done.stderr[-2000:]}")
        self.done += count
        after = os.times()
        client = after.children_user + after.children_system - ours.children_user - ours.children_system
        rate = re.search(r"tps = ([\d.]+) \(without", done.stdout)
        assert rate is not None, done.stdout
        return float(rate[1]), (processes.cpu(self.server) - before + client) / count


def pgbench(
    installation: Installation, todo: Sequence[dict[str, Any]], *, connections: int, transactions: int
) -> PgBench:
    """Have these bookings ready for pgbench; ``connections`` times ``transactions`` make a round."""
    require_keys(todo)
    with psycopg.connect(installation.url) as database:
        columns = ", ".join(f"{name} {kind}" for name, kind in PREPARED)
        database.execute(f"CREATE TABLE bench_todo (n int PRIMARY KEY, {columns})")
        names = ", ".join(name for name, _ in PREPARED)
        with database.cursor().copy(f"COPY bench_todo (n, {names}) FROM STDIN") as copy:
            for number, row in enumerate(todo):
                values = own_values(row)
                copy.write_row([number, *(values[name] for name, _ in PREPARED)])
        statement = _statement(database)
    with psycopg.connect(installation.url, autocommit=True) as database:
        database.execute("VACUUM ANALYZE")
    script = installation.folder / "booking.sql"
    script.write_text(f"\\set k :k + 1\n\\set n :done + :client_id * :each + :k\n{statement};\n")
    server, programs = processes.postmaster(installation.server)
    return PgBench(installation, script, connections, transactions, programs, server)


def _statement(database: psycopg.Connection[Any]) -> str:
    """One booking as one statement: link, host's lock, free time, contact, and the rows of the pattern."""
    inserts = [
        f"{name}_row AS ({_insert(database, name, table, conditions)})"
        for name, table, conditions in ROWS_OF_ONE
    ]
    active = ACTIVE.format(now="now()")
    return f"""WITH todo AS MATERIALIZED (SELECT * FROM bench_todo WHERE n = :n),
spent AS (UPDATE bookonce_link SET used_at = date_trunc('second', now()) FROM todo
    WHERE bookonce_link.id = todo.link_id AND {active} RETURNING bookonce_link.id),
host AS (SELECT diary.id FROM bookonce_diary AS diary, todo, spent WHERE diary.id = todo.diary_id
    AND NOT EXISTS (SELECT 1 FROM bookonce_heldtime AS held WHERE held.diary_id = todo.diary_id
        AND held.starts_at > todo.starts_at - interval '1 day'
        AND held.starts_at < todo.ends_at AND held.ends_at > todo.starts_at)
    FOR UPDATE OF diary),
{", ".join(inserts)}
SELECT count(*) FROM spent"""


def fitting(conditions: Sequence[str], columns: Iterable[str]) -> str:
    """The first condition whose column the table has."""
    known = set(columns)
    for condition in conditions:
        if condition.split()[0] in known:
            return condition
    raise LookupError(f"no column for any of: {', '.join(conditions)}")


def _insert(database: psycopg.Connection[Any], name: str, table: str, conditions: Sequence[str]) -> str:
    kinds = _kinds(database, table)
    condition = fitting(conditions, kinds)
    text = ", ".join(f'"{column}"::text' for column in kinds)
    found = database.execute(f"SELECT {text} FROM {table} WHERE {condition} LIMIT 1").fetchone()
    assert found is not None, f"{table} holds no pattern"
    own = OWN[name]
    values = [
        f"todo.{own[column]}" if column in own else f"{_literal(value)}::{kind}"
        for (column, kind), value in zip(kinds.items(), found, strict=True)
    ]
    names = ", ".join(f'"{column}"' for column in kinds)
    return f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM todo, host ON CONFLICT DO NOTHING"


def _literal(value: str | None) -> str:
    """The text as SQL, without a colon, behind which pgbench would look for a variable."""
    if value is None:
        return "NULL"
    escaped = value.replace("\\", "\\\\").replace("'", "''").replace(":", "\\003A")
    return f"U&'{escaped}'"


def _kinds(database: psycopg.Connection[Any], table: str) -> dict[str, str]:
    found = database.execute(
        "SELECT column_name, udt_name FROM information_schema.columns"
        " WHERE table_name = %s AND table_schema = current_schema() ORDER BY ordinal_position",
        [table],
    )
    return {column: kind for column, kind in found.fetchall() if column != SERIAL.get(table)}


# --- SQLite -------------------------------------------------------------------------------------


def open_sqlite(installation: Installation, path: str) -> Any:
    """A database file, opened by the library that the product uses and with the build's own pragmas."""
    try:
        import pysqlite3 as sqlite3
    except ImportError:
        import sqlite3
    file = sqlite3.connect(path, timeout=30, isolation_level=None)
    for pragma in installation.inside("sqlite")["init_command"].split(";"):
        file.execute(pragma)
    return file


class RawSqlite:
    """Writes the rows of ``ROWS_OF_ONE`` by SQLite's library alone: a transaction for each booking."""

    def __init__(self, installation: Installation, todo: Sequence[dict[str, Any]]) -> None:
        require_keys(todo)
        self.file = open_sqlite(installation, installation.path)
        self.inserts = [self._insert(*row) for row in ROWS_OF_ONE]
        self.update = f"UPDATE bookonce_link SET used_at = ?1 WHERE id = ?2 AND {ACTIVE.format(now='?1')}"

    def _insert(
        self, name: str, table: str, conditions: Sequence[str]
    ) -> tuple[str, list[Any], dict[int, str]]:
        known = [row[0] for row in self.file.execute("SELECT name FROM pragma_table_info(?)", (table,))]
        condition = fitting(conditions, known)
        found = self.file.execute(f"SELECT * FROM {table} WHERE {condition} LIMIT 1")
        columns = [told[0] for told in found.description]
        pattern = list(found.fetchone())
        if table in SERIAL:
            at = columns.index(SERIAL[table])
            del columns[at], pattern[at]
        own = {columns.index(column): value for column, value in OWN[name].items()}
        names, marks = ", ".join(f'"{column}"' for column in columns), ", ".join("?" for _ in columns)
        return f"INSERT INTO {table} ({names}) VALUES ({marks})", pattern, own

    def run(self, todo: Sequence[dict[str, Any]]) -> float:
        """Bookings in a second, one after the other."""
        ready = [self._as_text(own_values(row)) for row in todo]
        now = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
        begun = time.perf_counter()
        for row in ready:
            self.file.execute("BEGIN IMMEDIATE")
            assert self.file.execute(self.update, (now, row["link_id"])).rowcount == 1
            for statement, pattern, own in self.inserts:
                values = pattern.copy()
                for at, name in own.items():
                    values[at] = row[name]
                self.file.execute(statement, values)
            self.file.execute("COMMIT")
        return len(ready) / (time.perf_counter() - begun)

    @staticmethod
    def _as_text(row: dict[str, Any]) -> dict[str, Any]:
        times = {name: row[name].strftime("%Y-%m-%d %H:%M:%S") for name in ("starts_at", "ends_at")}
        return row | times

    def close(self) -> None:
        self.file.close()
