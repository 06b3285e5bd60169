"""The shape of what is measured: a thing that is opened for a build and then gives rounds of figures.

A plain bench opens each for this checkout alone; a comparison opens each for two builds and lets their rounds
take turns. A part (``bench.parts``) lists its ``MEASUREMENTS``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bench import reference
from bench.builds import Build
from bench.figures import Figure, Size

Made = TypeVar("Made")

PARTS = {
    "booking": "Booking over HTTP",
    "pages": "What a guest waits for",
    "storms": "Storms",
    "minting": "Minting",
    "engine": "The engine",
    "footprint": "Start and memory",
}


@dataclass
class Measurement:
    """Something that is open for one build."""

    take_round: Callable[[], list[Figure]]
    once: list[Figure] = field(default_factory=list)
    """What needs no rounds, such as counts."""
    few_rounds: bool = False
    """Whether a plain bench is content with three rounds, because each takes long."""
    problems: list[str] = field(default_factory=list)
    """What of it this build cannot do, and why."""


Opening = Callable[[Build, Size], AbstractContextManager[Measurement]]


def of_part(part: str) -> dict[str, Opening]:
    """The part's measurements by name."""
    found: dict[str, Opening] = importlib.import_module(f"bench.parts.{part}").MEASUREMENTS
    return found


def attempt(problems: list[str], make: Callable[[], Made]) -> Made | None:
    """What was made, or None and the reason among the problems: the rest is measured all the same."""
    try:
        return make()
    except Exception as problem:
        problems.append(reason(problem))
        return None


def reason(problem: Exception) -> str:
    """The problem in one line: the last, where programs say what it was."""
    lines = str(problem).strip().splitlines() or [""]
    return f"{type(problem).__name__}: {lines[-1].strip()[:200]}"


def merged(rounds: Sequence[Sequence[Figure]]) -> list[Figure]:
    """Figures of several rounds, each with the values of all rounds in turn."""
    found: dict[str, Figure] = {}
    for figures in rounds:
        for one in figures:
            before = found[one.name].rounds if one.name in found else ()
            found[one.name] = replace(one, rounds=before + one.rounds)
    return list(found.values())


def measured(part: str, build: Build, size: Size) -> list[Figure]:
    """The figures of one part of one build, each knowing how fast the machine was meanwhile."""
    before, figures = reference.ratio(), []
    for opening in of_part(part).values():
        with opening(build, size) as measurement:
            count = min(size.rounds, 3) if measurement.few_rounds else size.rounds
            figures += measurement.once
            figures += merged([measurement.take_round() for _ in range(count)])
        if measurement.problems:
            raise RuntimeError("; ".join(measurement.problems))
    speed = (before + reference.ratio()) / 2
    return [replace(figure, speed=speed) for figure in figures]
