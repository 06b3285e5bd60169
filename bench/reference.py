"""A fixed loop: how fast this machine computes now, against when the recorded time was taken.

The goals in milliseconds are meant on a machine where the loop takes its recorded time. It is timed in
processor seconds, so that somebody else's work beside it says little; what it says is the machine.
"""

from __future__ import annotations

import time

RECORDED = 0.0410
"""Seconds of the loop on the machine for which the goals were set, when nothing else ran there."""

REPEATS = 9


def loop() -> int:
    """Never change what it does: all figures that were ever reported lean on it."""
    words = {f"key {number}": number for number in range(2_000)}
    total = 0
    for turn in range(180):
        for word, number in words.items():
            total = (total * 31 + number + len(word) + turn) % 1_000_003
        total += len(sorted(words, key=lambda word: word[-3:])) if turn % 10 == 0 else 0
        total += len(",".join(words).encode()) % 7
    return total


def seconds() -> float:
    """What the loop takes now: the best of a few times, as the recorded time is."""
    times = []
    for _ in range(REPEATS):
        begun = time.process_time()
        loop()
        times.append(time.process_time() - begun)
    return min(times)


def ratio() -> float:
    """How many times its recorded time the loop takes now: above 1, the machine is slower."""
    return seconds() / RECORDED
