"""Two builds side by side: rounds that take turns, and what their ratios say.

Each pair of rounds gives one ratio, this build over the other; a machine that is slow for a while is slow
for both. The turns are A B, B A, A B …, so that going first favours nobody. The answer is the median of the
ratios with a 95 % range for it from the order statistics of the sign test: it takes nothing for granted about
how the ratios are spread, only that each pair stands for itself. It needs six pairs; fifteen make a claim.

A count has no noise: it is compared as it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from statistics import median

from bench.builds import Build
from bench.figures import Figure, Size
from bench.measurements import Measurement, Opening, merged, reason

CONFIDENCE = 0.95
CLAIM = 15
"""Rounds without which nothing is claimed."""

THIS, OTHER = "this", "other"
BETTER, WORSE, SAME, UNSEEN = "better", "worse", "the same", "no difference seen"
NOT_THERE, TOO_FEW, NEW, LIMIT = "not there", "too few rounds", "not there before", "the limit"
LIMIT_MOVED = "its limit moved"


@dataclass(frozen=True)
class Comparison:
    """One figure of both builds; where one has none, it is None."""

    name: str
    this: Figure | None
    other: Figure | None
    limit: Comparison | None = None
    """The limit by which this figure was divided, if it is a share."""

    @property
    def figure(self) -> Figure:
        """The one that is there, for what both have in common."""
        either = self.this or self.other
        assert either is not None
        return either

    @property
    def ratios(self) -> list[float]:
        """This build over the other, a ratio for each pair of rounds."""
        if not self.this or not self.other:
            return []
        pairs = zip(self.this.rounds, self.other.rounds, strict=False)
        return [mine / theirs for mine, theirs in pairs if theirs]

    @property
    def ratio(self) -> float | None:
        return median(self.ratios) if self.ratios and not self.figure.exact else None

    @property
    def range(self) -> tuple[float, float] | None:
        return median_range(self.ratios) if not self.figure.exact else None

    @property
    def way(self) -> str:
        """Which way it went, seen from this build."""
        if not self.this or not self.other:
            return NEW if self.this else NOT_THERE
        if self.figure.is_limit:
            return LIMIT
        if self.figure.exact:
            return self._of_counts(self.this.value, self.other.value)
        if self.range is None:
            return TOO_FEW
        least, most = self.range
        if least <= 1 <= most:
            return UNSEEN
        if self.limit and self.limit.has_moved:
            return LIMIT_MOVED
        return BETTER if (least > 1) == self.figure.more else WORSE

    @property
    def has_moved(self) -> bool:
        """Whether the builds differ in this figure.

        A limit does where tables or indexes changed. A share of it then says nothing of the build: with
        quicker tables the same rate is a smaller share.
        """
        return self.range is not None and not self.range[0] <= 1 <= self.range[1]

    def _of_counts(self, mine: float, theirs: float) -> str:
        if mine == theirs:
            return SAME
        return BETTER if (mine > theirs) == self.figure.more else WORSE


def median_range(values: Sequence[float], confidence: float = CONFIDENCE) -> tuple[float, float] | None:
    """The range that holds the median of what these are drawn from with at least this confidence.

    The k-th least and the k-th greatest value, with the greatest k for which a fair coin, thrown once for
    each value, shows fewer than k heads (or fewer than k tails) seldom enough. None where no k is enough.
    """
    number = len(values)
    missed, cut = 0.0, 0
    while cut < number // 2:
        missed += 2 * math.comb(number, cut) / 2**number
        if missed > 1 - confidence:
            break
        cut += 1
    if not cut:
        return None
    ordered = sorted(values)
    return ordered[cut - 1], ordered[-cut]


def turns(rounds: int) -> Iterator[tuple[str, str]]:
    """Who goes first in each pair: A B, B A, A B …"""
    for number in range(rounds):
        yield (OTHER, THIS) if number % 2 else (THIS, OTHER)


class Side:
    """A build in one measurement: its rounds so far, or why it cannot go on."""

    def __init__(self, build: Build, opening: Opening, size: Size, until_the_end: ExitStack) -> None:
        self.build = build
        self.rounds: list[list[Figure]] = []
        self.problems: list[str] = []
        self.measurement: Measurement | None = None
        try:
            self.measurement = until_the_end.enter_context(opening(build, size))
        except Exception as problem:
            self.problems.append(reason(problem))

    def take_round(self) -> None:
        """One round, where it still can: a build that lacks something never ends the run."""
        if self.measurement is None:
            return
        try:
            self.rounds.append(self.measurement.take_round())
        except Exception as problem:
            self.problems.append(reason(problem))
            self.measurement = None

    def figures(self) -> dict[str, Figure]:
        once = self.measurement.once if self.measurement else []
        return {one.name: one for one in [*once, *merged(self.rounds)]}

    def reasons(self) -> list[str]:
        return self.problems + (self.measurement.problems if self.measurement else [])


@dataclass(frozen=True)
class Compared:
    """What one measurement gave, and what each build could not do of it."""

    comparisons: list[Comparison]
    problems: Mapping[str, list[str]]


def compare(opening: Opening, this: Build, other: Build, size: Size) -> Compared:
    """Open the measurement for both builds and let them take turns for the size's rounds."""
    with ExitStack() as until_the_end:
        sides = {
            side: Side(build, opening, size, until_the_end) for side, build in ((THIS, this), (OTHER, other))
        }
        for pair in turns(size.rounds):
            for side in pair:
                sides[side].take_round()
        mine, theirs = sides[THIS].figures(), sides[OTHER].figures()
        problems = {side: each.reasons() for side, each in sides.items()}
    return Compared(side_by_side(mine, theirs), problems)


def side_by_side(mine: Mapping[str, Figure], theirs: Mapping[str, Figure]) -> list[Comparison]:
    """The figures of both builds by name, a share together with its limit."""
    names = dict.fromkeys([*mine, *theirs])
    each = {name: Comparison(name, mine.get(name), theirs.get(name)) for name in names}
    return [replace(one, limit=each.get(one.figure.share_of)) for one in each.values()]
