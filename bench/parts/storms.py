"""Storms: everybody comes at the same moment, for one link or for one time. Exactly one may win."""

from __future__ import annotations

from bench.figures import Figure, Size, figure
from bench.parts.booking import asked
from bench.servers import Load, Place, Program, load, place, running

WITHIN = {"postgres": 2.0, "sqlite": 4.0}


def figures(size: Size) -> list[Figure]:
    made = []
    for kind, seconds in WITHIN.items():
        with place(kind) as here, running(here) as program:
            warm_up(here, program)
            for name, storm, count in (
                ("on one link", one_link, size.storm),
                ("links on one slot", one_slot, size.rush),
            ):
                loads = [storm(here, program, count) for _ in range(min(size.rounds, 3))]
                made += told(f"{kind}, {count:,} {name}", loads, seconds)
    return made


def told(name: str, loads: list[Load], within: float) -> list[Figure]:
    """All answers within the time, none of them a fault, one winner; how the rest were answered."""
    counted = ", ".join(f"{count} answers {status}" for status, count in sorted(loads[-1].statuses.items()))
    return [
        figure(f"{name}: slowest answer ({counted})", "s", [max(each.times) for each in loads], goal=within),
        figure(f"{name}: answers 5xx or none", "", sum(map(faults, loads)), goal=0),
        figure(f"{name}: bookings too many or too few", "", sum(map(wrong, loads)), goal=0),
    ]


def faults(one: Load) -> int:
    """Answers that are our fault: 5xx, or none at all."""
    return sum(count for status, count in one.statuses.items() if status.startswith(("5", "0")))


def wrong(one: Load) -> int:
    return abs(one.statuses.get("201", 0) - 1)


def warm_up(here: Place, program: Program) -> None:
    rows = here.world("bookings", count=64, hosts=4)
    load(program.port, [asked(row) for row in rows], connections=16).insist(201)


def one_link(here: Place, program: Program, count: int) -> Load:
    told = here.world("one_link", slots=count)
    rows = [{"token": told["token"], "starts_at": slot} for slot in told["slots"]]
    return load(program.port, [asked(row) for row in rows], connections=count, at_once=True)


def one_slot(here: Place, program: Program, count: int) -> Load:
    told = here.world("one_slot", links=count)
    rows = [{"token": token, "starts_at": told["slot"]} for token in told["tokens"]]
    return load(program.port, [asked(row) for row in rows], connections=count, at_once=True)
