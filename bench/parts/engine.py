"""The engine: the open times of one host in 31 days, with 200 busy ranges."""

from __future__ import annotations

import random
import time
from statistics import median

from bench.figures import Figure, Size, figure
from bookonce.availability import Rules, open_slots

DAYS, BUSY = 31, 200
NOW = 1_791_187_200
"""A Monday in October, so that a clock change of the zone lies in the month."""


def figures(size: Size) -> list[Figure]:
    office, always = ((540, 1020),), ((0, 1440),)
    return [
        figure("one host, 9 to 17, half hours", "µs", timed(_rules(office, 30), size), goal=400),
        figure("one host, day and night, every 15 minutes", "µs", timed(_rules(always, 15), size)),
    ]


def _rules(day: tuple[tuple[int, int], ...], step: int) -> Rules:
    return Rules(
        zone="Europe/Berlin",
        hours=(day,) * 7,
        exceptions={},
        lengths=(30,),
        slot_step=step,
        buffer_before=10,
        buffer_after=5,
        notice_minutes=60,
        window_days=60,
    )


def busy() -> list[tuple[int, int, int, int]]:
    chance, ranges = random.Random(1), []
    for _ in range(BUSY):
        start = NOW + chance.randrange(DAYS * 96) * 900
        ranges.append((start, start + chance.choice((900, 1800, 3600)), 600, 300))
    return ranges


def timed(rules: Rules, size: Size) -> list[float]:
    """Microseconds of one call; each round is the median of many."""
    taken, rounds, found = busy(), [], list[int]()
    for _ in range(size.rounds):
        times = []
        for _ in range(size.loops):
            begun = time.perf_counter()
            found = open_slots(rules, minutes=30, now=NOW, start=NOW, end=NOW + DAYS * 86400, busy=taken)
            times.append(time.perf_counter() - begun)
        assert found
        rounds.append(1e6 * median(times))
    return rounds
