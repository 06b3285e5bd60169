"""Booking over HTTP, against the limit: the same rows written by the database alone.

Each round has a server of its own. What a booking costs differs from start to start of one build by up to
14 %, more than between rounds of one start, so that rounds of a single start would claim too much.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench import processes, statements
from bench.builds import Build
from bench.figures import CONNECTIONS, Figure, Size, count, figure
from bench.http_load import Load, Request, send
from bench.installations import Installation, new_installation
from bench.limit import PgBench, RawSqlite, pgbench
from bench.measurements import Measurement, attempt
from bench.processes import spending
from bench.servers import Program, running

HOSTS = 32
LIMIT_CPU = "CPU of pgbench and its database"
MULTIPLE = "CPU, as a multiple of pgbench's"
LIMIT_RATE = "bookings by pgbench, 16 connections"
RAW_RATE = "SQLite, the same rows by sqlite3 alone"


def booking_request(row: dict[str, str]) -> Request:
    """One booking by a link, as a program or a page of somebody else's makes it."""
    guest = {"name": "Gil Guest", "email": f"gil-{row['token'][:12]}@example.net", "zone": "Europe/Berlin"}
    body = {"starts_at": row["starts_at"], "guest": guest}
    return "POST", f"/api/v1/public/links/{row['token']}/bookings", body


class PlannedBookings:
    """Bookings that are still to be made, taken from the front."""

    def __init__(self, here: Installation, number: int) -> None:
        self.rows: list[dict[str, str]] = here.world("bookings", count=number, hosts=HOSTS)

    def take(self, number: int) -> list[dict[str, str]]:
        taken, self.rows = self.rows[:number], self.rows[number:]
        assert len(taken) == number
        return taken


def book(program: Program, rows: list[dict[str, str]], connections: int = CONNECTIONS) -> Load:
    requests = [booking_request(row) for row in rows]
    return send(program.port, requests, connections=connections).require_statuses(201)


def spent_on(program: Program, rows: list[dict[str, str]]) -> dict[str, float]:
    """Processor seconds of each family for a round of these bookings."""
    with spending(**program.pids) as spent:
        book(program, rows)
    return spent.seconds


@contextmanager
def on_postgres(build: Build, size: Size) -> Iterator[Measurement]:
    """HTTP and pgbench take turns on one database, so that both meet the same minute."""
    warm = size.bookings // 4
    with new_installation(build, "postgres") as here:
        planned = PlannedBookings(here, size.rounds * (warm + size.bookings) + 8)
        requests = [booking_request(row) for row in planned.take(8)]
        counted, trips = statements.of_requests(here, requests, 201)
        problems: list[str] = []
        limit = attempt(problems, lambda: _limit(here, size))
        rounds = PostgresRounds(here, planned, limit, size)
        once = [
            count("statements (BEGIN and COMMIT too)", counted, goal=12, aim=4),
            count("round trips to the database", trips),
        ]
        yield Measurement(rounds.take, once, problems=problems)


@contextmanager
def warmed(here: Installation, planned: PlannedBookings, size: Size) -> Iterator[Program]:
    """A server that has just been started, and has met a quarter of a round."""
    with running(here) as program:
        book(program, planned.take(size.bookings // 4))
        yield program


def _limit(here: Installation, size: Size) -> PgBench:
    number = (size.rounds + 1) * CONNECTIONS * size.limit
    planned = here.world("bookings", count=number, hosts=HOSTS)
    limit = pgbench(here, planned, connections=CONNECTIONS, transactions=size.limit)
    limit.run()
    return limit


@dataclass
class PostgresRounds:
    """A round of bookings over HTTP, and one of pgbench's where the build's tables allow it."""

    here: Installation
    planned: PlannedBookings
    limit: PgBench | None
    size: Size

    def take(self) -> list[Figure]:
        with warmed(self.here, self.planned, self.size) as program:
            before = processes.written_ahead(self.here.url)
            with spending(**program.pids) as spent:
                done = book(program, self.planned.take(self.size.bookings))
            logged = processes.written_ahead(self.here.url) - before
        cpu, rate = spent.total / done.count, done.count / done.seconds
        figures = [
            figure("CPU of a booking, application and database", "ms", 1000 * cpu),
            figure(
                "CPU of a booking, application alone", "ms", 1000 * spent.seconds["application"] / done.count
            ),
            figure("bookings over HTTP, 16 connections", "/s", rate, more=True),
            # No count: how many whole pages the log holds depends on when checkpoints fall.
            figure("write-ahead log of a booking", "kB", logged / 1000 / done.count),
        ]
        if self.limit is None:
            return figures
        limit_rate, limit_cpu = self.limit.run()
        return [
            figure(
                "CPU, as a multiple of pgbench's",
                "times",
                cpu / limit_cpu,
                goal=6,
                aim=3.5,
                share_of=LIMIT_CPU,
            ),
            *figures,
            figure(LIMIT_CPU, "ms", 1000 * limit_cpu, is_limit=True),
            figure(LIMIT_RATE, "/s", limit_rate, more=True, is_limit=True),
            figure("rate, as a share of pgbench's", "", rate / limit_rate, more=True, share_of=LIMIT_RATE),
        ]


@contextmanager
def on_sqlite(build: Build, size: Size) -> Iterator[Measurement]:
    """HTTP, the operation alone and the library alone take turns on one database."""
    warm = size.bookings // 4
    with new_installation(build, "sqlite") as here:
        planned = PlannedBookings(here, size.rounds * (warm + 3 * size.bookings) + 2)
        with running(here) as program:  # the library alone copies what a booking looks like
            book(program, planned.take(1))
        problems: list[str] = []
        raw = attempt(problems, lambda: RawSqlite(here, planned.rows))
        # Whether the operation can be called at all is seen with one booking, before rounds count on it.
        operated = attempt(problems, lambda: here.inside("operate", todo=planned.take(1)))
        rounds = SqliteRounds(here, planned, raw, operated is not None, size)
        yield Measurement(rounds.take, problems=problems)
        if raw:
            raw.close()


@dataclass
class SqliteRounds:
    """A round of bookings over HTTP, by the library alone, and by the operation alone."""

    here: Installation
    planned: PlannedBookings
    raw: RawSqlite | None
    has_operation: bool
    size: Size

    def take(self) -> list[Figure]:
        number = self.size.bookings
        with warmed(self.here, self.planned, self.size) as program, spending(**program.pids) as spent:
            done = book(program, self.planned.take(number))
        rate = done.count / done.seconds
        raw_rate = self.raw.run(self.planned.take(number)) if self.raw else None
        figures = [
            figure("SQLite, CPU of a booking over HTTP", "ms", 1000 * spent.total / done.count),
            figure("SQLite, bookings over HTTP", "/s", rate, more=True),
        ]
        if raw_rate:
            figures += [
                _share("SQLite over HTTP, share of raw sqlite3", rate / raw_rate),
                figure(RAW_RATE, "/s", raw_rate, more=True, is_limit=True),
            ]
        return figures + (self._by_operation(raw_rate) if self.has_operation else [])

    def _by_operation(self, raw_rate: float | None) -> list[Figure]:
        number = self.size.bookings
        took = self.here.inside("operate", todo=self.planned.take(number))
        rate = number / took["seconds"]
        figures = [
            figure("SQLite, CPU of a booking by the operation", "ms", 1000 * took["cpu"] / number),
            figure("SQLite, bookings by the operation", "/s", rate, more=True),
        ]
        if raw_rate:
            figures.append(_share("SQLite, operation alone, share of raw", rate / raw_rate))
        return figures


def _share(name: str, share: float) -> Figure:
    return figure(name, "", share, goal=0.1, aim=0.35, more=True, share_of=RAW_RATE)


MEASUREMENTS = {"booking on PostgreSQL": on_postgres, "booking on SQLite": on_sqlite}
