"""Booking over HTTP, against the limit: the same rows written by the database alone."""

from __future__ import annotations

from bench import statements
from bench.figures import CONNECTIONS, Figure, Size, figure
from bench.limit import RawSqlite, pgbench
from bench.processes import spending
from bench.servers import Asked, Load, Place, Program, load, place, running

HOSTS = 32


def asked(row: dict[str, str]) -> Asked:
    """One booking by a link, as a program or a page of somebody else's makes it."""
    guest = {"name": "Gil Guest", "email": f"gil-{row['token'][:12]}@example.net", "zone": "Europe/Berlin"}
    body = {"starts_at": row["starts_at"], "guest": guest}
    return "POST", f"/api/v1/public/links/{row['token']}/bookings", body


class Todo:
    """Bookings that are still to be made, taken from the front."""

    def __init__(self, here: Place, count: int) -> None:
        self.rows: list[dict[str, str]] = here.world("bookings", count=count, hosts=HOSTS)

    def take(self, count: int) -> list[dict[str, str]]:
        taken, self.rows = self.rows[:count], self.rows[count:]
        assert len(taken) == count
        return taken


def book(program: Program, rows: list[dict[str, str]], connections: int = CONNECTIONS) -> Load:
    return load(program.port, [asked(row) for row in rows], connections=connections).insist(201)


def spent_on(program: Program, rows: list[dict[str, str]]) -> dict[str, float]:
    """Processor seconds of each family for a round of these bookings."""
    with spending(**program.pids) as spent:
        book(program, rows)
    return spent.seconds


def figures(size: Size) -> list[Figure]:
    return [*on_postgres(size), *on_sqlite(size)]


def on_postgres(size: Size) -> list[Figure]:
    """HTTP and pgbench take turns on one database, so that both meet the same minute."""
    warm = size.bookings // 4
    limit_size = CONNECTIONS * size.limit
    cpu, app, rate, limit_cpu, limit_rate = [], [], [], [], []
    with place("postgres") as here:
        todo = Todo(here, warm + size.rounds * size.bookings + 8)
        limit_todo = here.world("bookings", count=(size.rounds + 1) * limit_size, hosts=HOSTS)
        counted, trips = statements.of_requests(here, [asked(row) for row in todo.take(8)], 201)
        with running(here) as program:
            book(program, todo.take(warm))
            limit = pgbench(here, limit_todo, connections=CONNECTIONS, transactions=size.limit)
            limit.run()
            for _ in range(size.rounds):
                with spending(**program.pids) as spent:
                    done = book(program, todo.take(size.bookings))
                cpu.append(spent.total / done.count)
                app.append(spent.seconds["application"] / done.count)
                rate.append(done.count / done.seconds)
                per_second, seconds = limit.run()
                limit_rate.append(per_second)
                limit_cpu.append(seconds)
    ratios = [ours / theirs for ours, theirs in zip(cpu, limit_cpu, strict=True)]
    shares = [ours / theirs for ours, theirs in zip(rate, limit_rate, strict=True)]
    return [
        figure("CPU, as a multiple of pgbench's", "times", ratios, goal=6, aim=3.5),
        figure("statements (BEGIN and COMMIT too)", "", counted, goal=12, aim=4),
        figure("round trips to the database", "", trips),
        figure("CPU of a booking, application and database", "ms", [1000 * each for each in cpu]),
        figure("CPU of a booking, application alone", "ms", [1000 * each for each in app]),
        figure("CPU of pgbench and its database", "ms", [1000 * each for each in limit_cpu]),
        figure("bookings over HTTP, 16 connections", "/s", rate, more=True),
        figure("bookings by pgbench, 16 connections", "/s", limit_rate, more=True),
        figure("rate, as a share of pgbench's", "", shares, more=True),
    ]


def on_sqlite(size: Size) -> list[Figure]:
    """HTTP, the operation alone and the library alone take turns on one database."""
    warm = size.bookings // 4
    raw_rate, http_rate, operation_rate = [], [], []
    with place("sqlite") as here:
        todo = Todo(here, warm + size.rounds * 3 * size.bookings)
        with running(here) as program:
            book(program, todo.take(warm))
            raw = RawSqlite(here)
            for _ in range(size.rounds):
                done = book(program, todo.take(size.bookings))
                http_rate.append(done.count / done.seconds)
                raw_rate.append(raw.run(todo.take(size.bookings)))
                told = here.world("operate", todo=todo.take(size.bookings))
                operation_rate.append(size.bookings / told["seconds"])
            raw.close()
    by_http = [ours / theirs for ours, theirs in zip(http_rate, raw_rate, strict=True)]
    by_operation = [ours / theirs for ours, theirs in zip(operation_rate, raw_rate, strict=True)]
    return [
        figure("SQLite over HTTP, share of raw sqlite3", "", by_http, goal=0.1, aim=0.35, more=True),
        figure("SQLite, operation alone, share of raw", "", by_operation, goal=0.1, aim=0.35, more=True),
        figure("SQLite, bookings over HTTP", "/s", http_rate, more=True),
        figure("SQLite, bookings by the operation", "/s", operation_rate, more=True),
        figure("SQLite, the same rows by sqlite3 alone", "/s", raw_rate, more=True),
    ]
