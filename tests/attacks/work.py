"""How much work an input makes: the CPU time of this thread, to which no other process adds."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.attacks.conftest import IN_FULL

PER_100_KB = 0.05
"""The most seconds that 100 kB may take, above what the same request takes with hardly any input."""
# Both limits are wider where other tests run beside: caches and clocks of a core are shared.
FACTOR = 1.0 if IN_FULL else 3.0
STEADY = 6.0 * FACTOR
"""Four times the input takes at most so many times as long."""
NOISE = 0.015 * FACTOR
"""Seconds within which two equal requests differ."""

SIGNS = {
    "letters": "a",
    "digits": "7",
    "at": "@",
    "commas": ",",
    "spaces": " ",
    "sharp s": "ß",
    "CJK": "漢",
    # Of two classes in the wrong order: normalizing sorts them.
    "marks": "\u0315\u0300",
    "pairs": "a ",
    "addresses": "a@",
    "tel": "(0",
    "dashes": "-1",
    "zeros": "\x00",
}
"""Alphabets: each a text that is repeated."""


def some_of(known: dict[str, str], number: int) -> list[tuple[str, str]]:
    """Three of them, in the short run one: each time others, so that all fields together meet all of them."""
    every = [*known.items()]
    return [every[(number + step) % len(every)] for step in ((0, 4, 9) if IN_FULL else (0,))]


def run_of(signs: str, size: int) -> str:
    """These signs, again and again, in about so many bytes."""
    return signs * max(size // len(signs.encode()), 1)


def time_of(act: Callable[[], object], tries: int) -> float:
    """The least CPU seconds of so many tries."""
    least = float("inf")
    for _ in range(tries):
        begun = time.thread_time()
        act()
        least = min(least, time.thread_time() - begun)
    return least


def excess_of(act: Callable[[int], object], full: int) -> str:
    """What ``act`` took, where that is much or grows faster than the size that it is given; else empty.

    What looks like too much is measured again before it counts. The whole alone is looked at where it takes
    hardly any time, which cannot have grown; in ``make test`` also where it takes no longer than it may:
    beside other tests growth is told from noise only where it is large.
    """
    most = PER_100_KB * FACTOR * full / 100_000 + NOISE
    if time_of(lambda: act(full), 1) <= (2 * NOISE if IN_FULL else most):
        return ""
    for tries in (1, 3, 6):
        idle = time_of(lambda: act(64), tries)
        quarter, half, whole = (
            max(time_of(lambda size=size: act(size), tries) - idle, 0.0)  # type: ignore[misc]
            for size in (full // 4, full // 2, full)
        )
        if whole <= most and whole <= STEADY * max(quarter, 2 * NOISE):
            return ""
    told = " ".join(f"{took * 1000:.0f}" for took in (quarter, half, whole))
    return f"{told} ms at ¼, ½ and the whole of {full} bytes"


def assert_steady(cases: dict[str, Callable[[int], object]], full: int) -> None:
    """Assert that each case takes time in proportion to the size that it is given, and little of it."""
    found = {what: excess_of(act, full) for what, act in cases.items()}
    assert not any(found.values()), "\n".join(f"{what}: {told}" for what, told in found.items() if told)
