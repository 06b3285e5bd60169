"""What was measured, and what was wanted: medians with their spread beside goal and aim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

SECONDS = {"s", "ms", "µs"}
"""Units that a faster machine makes smaller."""


@dataclass(frozen=True)
class Figure:
    """One figure: every round's value, and the goal and the aim where there is one."""

    name: str
    unit: str
    rounds: tuple[float, ...]
    goal: float | None = None
    aim: float | None = None
    more: bool = False
    """Whether more is better."""
    speed: float = 1.0
    """The reference loop's time while this was measured, as a multiple of the recorded one."""
    exact: bool = False
    """Whether it is a count, which has no noise: two builds are compared by the number itself."""
    worst: bool = False
    """Whether the greatest round is what counts, as with faults."""
    note: str = ""
    is_limit: bool = False
    """Whether it tells what the database alone can do, which is no merit of a build."""
    share_of: str = ""
    """The name of the limit by which this was divided."""

    @property
    def title(self) -> str:
        return f"{self.name} ({self.note})" if self.note else self.name

    @property
    def value(self) -> float:
        return max(self.rounds) if self.worst else median(self.rounds)

    @property
    def corrected(self) -> float:
        """What it would be where the reference loop takes its recorded time."""
        return self.value / self.speed if self.unit in SECONDS else self.value

    @property
    def verdict(self) -> str:
        """Whether goal and aim are met by the corrected value."""
        if self.goal is None and self.aim is None:
            return ""
        if self._meets(self.aim):
            return "aim met"
        if self.goal is None:
            return "aim not met"
        return "goal met" if self._meets(self.goal) else "NOT met"

    def _meets(self, wanted: float | None) -> bool:
        if wanted is None:
            return False
        return self.corrected >= wanted if self.more else self.corrected <= wanted

    @property
    def spread(self) -> str:
        """The least and the most of the rounds."""
        if len(set(self.rounds)) == 1:
            return ""
        return f"{number(min(self.rounds))} – {number(max(self.rounds))}"

    def wanted(self, what: float | None) -> str:
        if what is None:
            return ""
        return f"{'≥' if self.more else '≤'} {number(what)}{' ' + self.unit if self.unit else ''}"


def figure(
    name: str,
    unit: str,
    rounds: Sequence[float] | float,
    *,
    goal: float | None = None,
    aim: float | None = None,
    more: bool = False,
    note: str = "",
    is_limit: bool = False,
    share_of: str = "",
) -> Figure:
    """A figure of one value or of several rounds."""
    values = (float(rounds),) if isinstance(rounds, int | float) else tuple(map(float, rounds))
    return Figure(name, unit, values, goal, aim, more, note=note, is_limit=is_limit, share_of=share_of)


def count(
    name: str, number: float, *, unit: str = "", goal: float | None = None, aim: float | None = None
) -> Figure:
    """A number that is the same however busy the machine is; of several rounds, the greatest counts."""
    return Figure(name, unit, (float(number),), goal, aim, exact=True, worst=True)


def number(value: float) -> str:
    """Three digits that count, and no more."""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


@dataclass(frozen=True)
class Size:
    """How much is measured: the whole size, or the quick one that says whether everything works."""

    rounds: int
    bookings: int
    """A round of booking has so many."""
    limit: int
    """Transactions of each of pgbench's connections in a round."""
    requests: int
    storm: int
    rush: int
    links: int
    loops: int

    @property
    def is_whole(self) -> bool:
        return self == WHOLE


WHOLE = Size(rounds=5, bookings=1000, limit=250, requests=400, storm=1000, rush=500, links=100_000, loops=300)
QUICK = Size(rounds=2, bookings=240, limit=60, requests=60, storm=200, rush=100, links=5_000, loops=30)
TINY = Size(rounds=1, bookings=16, limit=4, requests=4, storm=8, rush=8, links=50, loops=3)
CONNECTIONS = 16
