"""What ``bookonce serve`` takes: time to start a second time, and memory."""

from __future__ import annotations

from bench.figures import Figure, Size, figure
from bench.parts.booking import asked
from bench.processes import memory
from bench.servers import load, place, running


def figures(size: Size) -> list[Figure]:
    made = []
    for kind in ("sqlite", "postgres"):
        starts, resident, proportional = [], [], []
        with place(kind) as here:
            rows = here.world("bookings", count=64 * size.rounds, hosts=4)
            with running(here, "serve"):
                pass
            for _ in range(min(size.rounds, 3)):
                with running(here, "serve") as program:
                    starts.append(program.start_seconds)
                    mine, rows = rows[:64], rows[64:]
                    load(program.port, [asked(row) for row in mine], connections=16).insist(201)
                    both = memory(program.process.pid)
                    resident.append(both[0])
                    proportional.append(both[1])
        made += [
            figure(f"{kind}, second start until ready", "s", starts, goal=5),
            figure(f"{kind}, memory of all processes, shared counted once", "MB", proportional),
            figure(f"{kind}, memory of all processes, resident sum", "MB", resident),
        ]
    return made
