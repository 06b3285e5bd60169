"""Storms: everybody comes at the same moment, for one link or for one time. Exactly one may win."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.builds import Build
from bench.figures import Figure, Size, count, figure
from bench.http_load import Load, send
from bench.installations import Installation, new_installation
from bench.measurements import Measurement
from bench.parts.booking import book, booking_request
from bench.processes import spending
from bench.servers import Program, running

WITHIN = {"postgres": 2.0, "sqlite": 4.0}
Rows = list[dict[str, str]]


@contextmanager
def storm(kind: str, build: Build, size: Size) -> Iterator[Measurement]:
    with new_installation(build, kind) as here, running(here) as program:
        book(program, here.world("bookings", count=64, hosts=4))

        def take_round() -> list[Figure]:
            return [
                *_storm(program, f"{kind}, {size.storm:,} on one link", one_link(here, size.storm)),
                *_storm(program, f"{kind}, {size.rush:,} links on one slot", one_slot(here, size.rush)),
            ]

        yield Measurement(take_round, few_rounds=True)


def one_link(here: Installation, number: int) -> Rows:
    made = here.world("one_link", slots=number)
    return [{"token": made["token"], "starts_at": slot} for slot in made["slots"]]


def one_slot(here: Installation, number: int) -> Rows:
    made = here.world("one_slot", links=number)
    return [{"token": token, "starts_at": made["slot"]} for token in made["tokens"]]


def _storm(program: Program, name: str, rows: Rows) -> list[Figure]:
    """All answers within the time, none of them a fault, one winner; how the rest were answered."""
    requests = [booking_request(row) for row in rows]
    with spending(**program.pids) as spent:
        load = send(program.port, requests, connections=len(rows), at_once=True)
    answers = ", ".join(f"{number} answers {status}" for status, number in sorted(load.statuses.items()))
    within = WITHIN[program.installation.kind]
    return [
        figure(f"{name}: slowest answer", "s", max(load.times), goal=within, note=answers),
        figure(f"{name}: CPU of all answers", "s", spent.total),
        count(f"{name}: answers 5xx or none", faults(load), goal=0),
        count(f"{name}: bookings too many or too few", wrong(load), goal=0),
    ]


def faults(load: Load) -> int:
    """Answers that are our fault: 5xx, or none at all."""
    return sum(number for status, number in load.statuses.items() if status.startswith(("5", "0")))


def wrong(load: Load) -> int:
    return abs(load.statuses.get("201", 0) - 1)


MEASUREMENTS = {f"storms on {kind}": partial(storm, kind) for kind in WITHIN}
