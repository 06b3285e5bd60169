"""Minting many links, against the fastest way by which the same rows get into the same tables."""

from __future__ import annotations

import shutil
import time
from typing import Any

import psycopg

from bench.figures import Figure, Size, figure
from bench.servers import Place, place
from tests.provision.postgres import create_database, drop_database

TABLES = {
    "bookonce_batch": "id = {batch}",
    "bookonce_link": "batch_id = {batch}",
    "bookonce_event": "link_id IN (SELECT id FROM bookonce_link WHERE batch_id = {batch})",
}
"""What minting writes, in the order of its foreign keys."""


def figures(size: Size) -> list[Figure]:
    rounds = min(size.rounds, 3)
    return [*on_postgres(size.links, rounds), *on_sqlite(size.links, rounds)]


def on_postgres(count: int, rounds: int) -> list[Figure]:
    ours, limit, command = [], [], []
    with place("postgres") as here:
        name = here.world("calendar")["name"]
        twin = create_database(here.server, "bookonce_bench_twin", template=here.url.rpartition("/")[2])
        try:
            for _ in range(rounds):
                minted = here.world("mint", count=count, rounds=1, name=name)
                ours.append(count / minted["seconds"][0])
                limit.append(count / _copied(here, twin, minted["batch"]))
                command.append(count / _by_command(here, name, count))
        finally:
            drop_database(here.server, "bookonce_bench_twin")
    return _compared("PostgreSQL", "COPY", count, ours=ours, limit=limit, command=command)


def _copied(here: Place, twin: str, batch: str) -> float:
    """Seconds in which COPY writes the batch's rows into the twin, in one durable transaction."""
    parts = {}
    with psycopg.connect(here.url) as database:
        for table, condition in TABLES.items():
            where = condition.format(batch=f"'{batch}'::uuid")
            with database.cursor().copy(f"COPY (SELECT * FROM {table} WHERE {where}) TO STDOUT") as copy:
                parts[table] = b"".join(bytes(chunk) for chunk in copy)
    with psycopg.connect(twin) as database:
        begun = time.perf_counter()
        for table, rows in parts.items():
            with database.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(rows)
        database.commit()
        return time.perf_counter() - begun


def _by_command(here: Place, name: str, count: int) -> float:
    begun = time.perf_counter()
    printed = here.run("bookonce.cli", "mint", name, "--count", str(count))
    seconds = time.perf_counter() - begun
    assert printed.count("\n") == count
    return seconds


def on_sqlite(count: int, rounds: int) -> list[Figure]:
    ours, limit, command = [], [], []
    with place("sqlite") as here:
        name = here.world("calendar")["name"]
        twin = here.folder / "twin.sqlite3"
        shutil.copy(here.path, twin)
        for _ in range(rounds):
            minted = here.world("mint", count=count, rounds=1, name=name)
            ours.append(count / minted["seconds"][0])
            limit.append(count / _executed(here, str(twin), minted["batch"]))
            command.append(count / _by_command(here, name, count))
    return _compared("SQLite", "executemany", count, ours=ours, limit=limit, command=command)


def _executed(here: Place, twin: str, batch: str) -> float:
    """Seconds in which ``executemany`` writes the batch's rows into the twin, in one durable transaction."""
    import sqlite3

    from bookonce import boot as boot  # the library that the product uses
    from bookonce.sqlite import OPTIONS

    def opened(path: str) -> sqlite3.Connection:
        file = sqlite3.connect(path, timeout=30, isolation_level=None)
        for pragma in str(OPTIONS["init_command"]).split(";"):
            file.execute(pragma)
        return file

    parts: dict[str, list[Any]] = {}
    source = opened(here.path)
    for table, condition in TABLES.items():
        where = condition.format(batch=f"'{batch}'")
        parts[table] = source.execute(f"SELECT * FROM {table} WHERE {where}").fetchall()
    source.close()
    target = opened(twin)
    begun = time.perf_counter()
    target.execute("BEGIN IMMEDIATE")
    for table, rows in parts.items():
        target.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' for _ in rows[0])})", rows)
    target.execute("COMMIT")
    seconds = time.perf_counter() - begun
    target.close()
    return seconds


def _compared(
    database: str, way: str, count: int, *, ours: list[float], limit: list[float], command: list[float]
) -> list[Figure]:
    shares = [mine / most for mine, most in zip(ours, limit, strict=True)]
    by_command = [mine / most for mine, most in zip(command, limit, strict=True)]
    return [
        figure(f"{database}, mint {count:,} links, share of {way}", "", shares, goal=0.5, aim=0.9, more=True),
        figure(f"{database}, by the command, start and printing too", "", by_command, more=True),
        figure(f"{database}, links minted", "/s", ours, more=True),
        figure(f"{database}, links by {way}", "/s", limit, more=True),
    ]
