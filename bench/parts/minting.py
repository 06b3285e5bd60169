"""Minting many links, against the fastest way by which the same rows get into the same tables."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from bench.builds import Build
from bench.figures import Figure, Size, figure
from bench.installations import Installation, new_installation
from bench.limit import open_sqlite
from bench.measurements import Measurement, attempt
from tests.provision.postgres import create_database, drop_database

TABLES = {
    "bookonce_batch": "id = {batch}",
    "bookonce_link": "batch_id = {batch}",
    "bookonce_event": "link_id IN (SELECT id FROM bookonce_link WHERE batch_id = {batch})",
}
"""What minting writes, in the order of its foreign keys."""

TWIN = "bookonce_bench_twin"


@contextmanager
def on_postgres(build: Build, size: Size) -> Iterator[Measurement]:
    with new_installation(build, "postgres") as here:
        name = here.world("calendar")["name"]
        twin = create_database(here.server, TWIN, template=here.url.rpartition("/")[2])
        try:
            yield _measurement(
                here, name, Minting("PostgreSQL", "COPY", lambda batch: _copied(here, twin, batch)), size
            )
        finally:
            drop_database(here.server, TWIN)


@contextmanager
def on_sqlite(build: Build, size: Size) -> Iterator[Measurement]:
    with new_installation(build, "sqlite") as here:
        name = here.world("calendar")["name"]
        twin = str(here.folder / "twin.sqlite3")
        # Not a copy of the file: what a server wrote last may still be in the journal beside it.
        source = open_sqlite(here, here.path)
        source.execute("VACUUM INTO ?", (twin,))
        source.close()
        minting = Minting("SQLite", "executemany", lambda batch: _executed(here, twin, batch))
        yield _measurement(here, name, minting, size)


@dataclass
class Minting:
    """A database, and the fastest way into it: seconds in which it writes the rows of a batch."""

    database: str
    way: str
    write: Callable[[str], float]

    @property
    def limit(self) -> str:
        """The name of the figure that is the limit of minting."""
        return f"{self.database}, links by {self.way}"


def _measurement(here: Installation, name: str, minting: Minting, size: Size) -> Measurement:
    problems: list[str] = []
    # With one link it is seen whether the operation can be called and the tables are as known.
    has_limit = attempt(problems, lambda: minting.write(here.inside("mint", count=1, name=name)["batch"]))

    def take_round() -> list[Figure]:
        limit = None
        figures = []
        if has_limit is not None:
            minted = here.inside("mint", count=size.links, name=name)
            limit = size.links / minting.write(minted["batch"])
            figures = _by_operation(minting, size.links, minted, limit)
        return figures + _by_command(here, name, minting, size.links, limit)

    return Measurement(take_round, few_rounds=True, problems=problems)


def _by_operation(minting: Minting, number: int, minted: dict[str, Any], limit: float) -> list[Figure]:
    database, rate = minting.database, number / minted["seconds"]
    share = f"{database}, mint {number:,} links, share of {minting.way}"
    return [
        figure(share, "", rate / limit, goal=0.5, aim=0.9, more=True, share_of=minting.limit),
        figure(f"{database}, CPU of minting a link, application alone", "µs", 1e6 * minted["cpu"] / number),
        figure(f"{database}, links minted", "/s", rate, more=True),
        figure(minting.limit, "/s", limit, more=True, is_limit=True),
    ]


def _by_command(
    here: Installation, name: str, minting: Minting, number: int, limit: float | None
) -> list[Figure]:
    begun = time.perf_counter()
    printed = here.run("bookonce.cli", "mint", name, "--count", str(number))
    rate = number / (time.perf_counter() - begun)
    assert printed.count("\n") == number
    figures = [figure(f"{minting.database}, links minted by the command", "/s", rate, more=True)]
    if limit:
        share = f"{minting.database}, by the command, start and printing too"
        figures.append(figure(share, "", rate / limit, more=True, share_of=minting.limit))
    return figures


def _copied(here: Installation, twin: str, batch: str) -> float:
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


def _executed(here: Installation, twin: str, batch: str) -> float:
    """Seconds in which ``executemany`` writes the batch's rows into the twin, in one durable transaction."""
    parts: dict[str, list[Any]] = {}
    source = open_sqlite(here, here.path)
    for table, condition in TABLES.items():
        where = condition.format(batch=f"'{batch}'")
        parts[table] = source.execute(f"SELECT * FROM {table} WHERE {where}").fetchall()
    source.close()
    target = open_sqlite(here, twin)
    begun = time.perf_counter()
    target.execute("BEGIN IMMEDIATE")
    for table, rows in parts.items():
        target.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' for _ in rows[0])})", rows)
    target.execute("COMMIT")
    seconds = time.perf_counter() - begun
    target.close()
    return seconds


MEASUREMENTS = {"minting on PostgreSQL": on_postgres, "minting on SQLite": on_sqlite}
