"""What ``bookonce serve`` takes: time to start a second time, and memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.builds import Build
from bench.figures import Figure, Size, figure
from bench.installations import new_installation
from bench.measurements import Measurement
from bench.parts.booking import book
from bench.processes import memory
from bench.servers import running

BOOKINGS = 64


@contextmanager
def of_serve(kind: str, build: Build, size: Size) -> Iterator[Measurement]:
    """Each round starts the program anew on a database that it knows."""
    with new_installation(build, kind) as here:
        rows = here.world("bookings", count=BOOKINGS * size.rounds, hosts=4)
        with running(here, "serve"):
            pass

        def take_round() -> list[Figure]:
            mine = [rows.pop() for _ in range(BOOKINGS)]
            with running(here, "serve") as program:
                book(program, mine)
                resident, proportional = memory(program.process.pid)
            return [
                figure(f"{kind}, second start until ready", "s", program.start_seconds, goal=5),
                figure(f"{kind}, CPU of the second start", "s", program.start_cpu),
                figure(f"{kind}, memory of all processes, shared counted once", "MB", proportional),
                figure(f"{kind}, memory of all processes, resident sum", "MB", resident),
            ]

        yield Measurement(take_round, few_rounds=True)


MEASUREMENTS = {f"serve on {kind}": partial(of_serve, kind) for kind in ("sqlite", "postgres")}
