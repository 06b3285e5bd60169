"""Writing down what was measured: bench/report.md with its plots, and the table in docs/performance.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench import plots, reference
from bench.figures import SECONDS, Figure, number

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs" / "performance.md"
BEGIN, END = "<!-- written by make bench: do not edit -->", "<!-- end -->"

HEADING = "| what | median | rounds | corrected | goal | aim | |\n|---|---:|---:|---:|---:|---:|---|"


def table(title: str, figures: Sequence[Figure]) -> str:
    """A part's figures as a table that can be read in a terminal too."""
    speed = figures[0].speed
    head = f"\n## {title}\n\nThe reference loop took {speed:.2f} of its recorded time.\n\n{HEADING}"
    return "\n".join([head, *map(line, figures)])


def line(one: Figure) -> str:
    unit = f" {one.unit}" if one.unit else ""
    corrected = f"{number(one.corrected)}{unit}" if one.unit in SECONDS else ""
    cells = [
        one.title,
        f"{number(one.value)}{unit}",
        one.spread,
        corrected,
        one.wanted(one.goal),
        one.wanted(one.aim),
        f"**{one.verdict}**" if one.verdict.startswith("NOT") else one.verdict,
    ]
    return f"| {' | '.join(cells)} |"


def write(found: Mapping[str, Sequence[Figure]]) -> None:
    """The whole report, its plots, and the short table of the docs."""
    names = plots.draw(found, HERE / "plots")
    pictures = "\n\n".join(f"![{name}](plots/{name}.png)" for name in names)
    tables = "\n".join(table(title, figures) for title, figures in found.items())
    (HERE / "report.md").write_text(f"# What was measured\n\n{_where()}\n{tables}\n\n{pictures}\n")
    _into_docs(found)


def _where() -> str:
    day = datetime.now(UTC).date()
    return (
        f"One run on {day}: {os.cpu_count()} processors, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}.\n\n"
        "Median of the rounds, with the least and the most. Processor time is that of the application and\n"
        "of the database together, without the load, which is on the same machine. *Corrected* is what it\n"
        f"would be where the reference loop (bench/reference.py) takes {1000 * reference.RECORDED:.1f} ms,\n"
        "as it did on the machine for which the goals were set; times are judged by it."
    )


def _into_docs(found: Mapping[str, Sequence[Figure]]) -> None:
    """Only figures with a goal or an aim are quoted there."""
    rows = [
        line(one)
        for figures in found.values()
        for one in figures
        if one.goal is not None or one.aim is not None
    ]
    page = DOCS.read_text()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    written = "\n".join([BEGIN, "", HEADING, *rows, "", END])
    DOCS.write_text(before + written + after)
