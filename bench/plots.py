"""Pictures of the figures: how far from goal and aim each is, and what a booking costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl

from bench.figures import Figure

mpl.use("Agg")


def draw(found: Mapping[str, Sequence[Figure]], folder: Path) -> list[str]:
    """Write the pictures; answer their names."""
    folder.mkdir(exist_ok=True)
    figures = [figure for part in found.values() for figure in part]
    _goals(figures, folder / "goals.png")
    _booking(figures, folder / "booking.png")
    return ["goals", "booking"]


def _goals(figures: Sequence[Figure], path: Path) -> None:
    """Each figure as a share of what its goal allows: left of the line, it is met."""
    from matplotlib import pyplot

    shown = [one for one in figures if one.goal and one.corrected]
    used = [one.goal / one.corrected if one.more else one.corrected / one.goal for one in shown if one.goal]
    aims = [
        (one.goal / one.aim if one.more else one.aim / one.goal, row)
        for row, one in enumerate(shown)
        if one.aim and one.goal
    ]
    plot, axes = pyplot.subplots(figsize=(9, 0.32 * len(shown) + 1.2), layout="constrained")
    colours = ["#2f7d5b" if share <= 1 else "#b3392f" for share in used]
    axes.barh(range(len(shown)), used, color=colours)
    axes.plot(*zip(*aims, strict=True), "|", color="#222222", markersize=12, label="aim")
    axes.axvline(1, color="#222222", linewidth=1, label="goal")
    axes.set_yticks(range(len(shown)), [one.name.split(" (")[0] for one in shown], fontsize=8)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlabel("share of what the goal allows (log)")
    axes.legend(loc="lower right")
    plot.savefig(path, dpi=90)
    pyplot.close(plot)


def _booking(figures: Sequence[Figure], path: Path) -> None:
    """Processor time of a booking, round by round."""
    from matplotlib import pyplot

    shown = [one for one in figures if one.unit == "ms" and one.name.startswith("CPU of")]
    plot, axes = pyplot.subplots(figsize=(7, 3.2), layout="constrained")
    for one in shown:
        axes.plot(range(1, len(one.rounds) + 1), one.rounds, "o-", label=one.name)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("round")
    axes.set_ylabel("ms of processor time")
    axes.legend(fontsize=8)
    plot.savefig(path, dpi=90)
    pyplot.close(plot)
