"""``--against REV``: every part for this build and for another revision, told and kept."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench import builds
from bench.builds import ROOT, Build
from bench.comparison import BETTER, CLAIM, OTHER, THIS, UNSEEN, WORSE, Compared, Comparison, compare
from bench.figures import Figure, Size, number
from bench.measurements import PARTS, of_part

WHOLE = Size(
    rounds=CLAIM, bookings=500, limit=100, requests=800, storm=1000, rush=500, links=20_000, loops=300
)
QUICK = Size(rounds=6, bookings=120, limit=30, requests=60, storm=100, rush=50, links=2_000, loops=30)
"""Six pairs are the fewest of which a range can be told."""

KEPT = ROOT / "bench" / "against.md"
SEEN = ROOT / "artefacts" / "against.md"
"""Where a run is written that claims nothing: git ignores it."""

HEADING = "| what | this | {other} | ratio | 95 % range | |\n|---|---:|---:|---:|---:|---|"
EXPLAINED = """\
Medians of the rounds; the ratio is the median of the pairs' ratios, this build over the other, with the 95 %
range of the sign test (bench/comparison.py). Counts have no range: they are compared as they are."""
CHANCE = (1 - 0.9648) / 2
"""How often a figure of fifteen rounds looks worse though nothing has changed."""


def run(revision: str, parts: Sequence[str], size: Size) -> bool:
    """Compare, print, and write it down; answer whether this build could do everything."""
    begun = time.monotonic()
    this, other = builds.agree_on_filling(builds.set_up_working_tree(), builds.set_up_revision(revision))
    print(f"{this.commit} against {other.commit} ({revision}), set up in {_minutes(begun)}", flush=True)
    found: dict[str, list[Compared]] = {}
    # Imported before anything runs, so that what is edited meanwhile is not measured.
    openings = {part: of_part(part) for part in parts or PARTS}
    for part, named in openings.items():
        found[PARTS[part]] = []
        print(f"\n## {PARTS[part]}\n\n{HEADING.format(other=other.commit)}", flush=True)
        for opening in named.values():
            found[PARTS[part]].append(compare(opening, this, other, size))
            print(_rows(found[PARTS[part]][-1]), flush=True)
    all_of_them = [each for part in found.values() for each in part]
    print(f"\n{summary(all_of_them)}\n\ntook {_minutes(begun)}")
    is_claim = not parts and size.rounds >= CLAIM and replace(size, rounds=CLAIM) == WHOLE
    path = KEPT if is_claim else SEEN
    write(path, report(found, this, other, size))
    print(f"written to {path.relative_to(ROOT)}")
    return not any(map(lacks_something, all_of_them))


def lacks_something(compared: Compared) -> bool:
    """Whether this build could not do what the other could: what both lack lies in how both were filled."""
    return bool(set(compared.problems[THIS]) - set(compared.problems[OTHER]))


def _minutes(begun: float) -> str:
    return f"{(time.monotonic() - begun) / 60:.1f} min"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def report(found: Mapping[str, Sequence[Compared]], this: Build, other: Build, size: Size) -> str:
    """The whole comparison as a page, with the two commits."""
    heading = HEADING.format(other=other.commit)
    tables = [
        "\n".join([f"## {title}\n\n{heading}", *map(_table_rows, compared)])
        for title, compared in found.items()
    ]
    whole = [each for part in found.values() for each in part]
    reasons = [f"- {line}" for each in whole for line in _reasons(each)]
    pieces = [f"# {this.commit} against {other.commit}", _where(size), EXPLAINED, summary(whole), *tables]
    if reasons:
        pieces.append("\n".join(["## Not there", "", *reasons]))
    return "\n\n".join(pieces) + "\n"


def _where(size: Size) -> str:
    day = datetime.now(UTC).date()
    machine = f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}"
    python = f"Python {platform.python_version()}"
    return f"One run on {day}: {size.rounds} rounds of each build in turns, {machine}, {python}."


def summary(compared: Sequence[Compared]) -> str:
    """How many went which way, and how many look worse by chance alone."""
    every = [one for each in compared for one in each.comparisons]
    ways = {way: [one for one in every if one.way == way] for way in dict.fromkeys(one.way for one in every)}
    counted = ", ".join(f"{len(ones)} {way}" for way, ones in ways.items())
    noisy = sum(one.way in {BETTER, WORSE, UNSEEN} and not one.figure.exact for one in every)
    worse = "".join(f"\n- worse: {one.name}" for one in ways.get(WORSE, []))
    return (
        f"{len(every)} figures: {counted}. Of {noisy} that are no counts, "
        f"{noisy * CHANCE:.1f} would look worse by chance though nothing had changed.{worse}"
    )


def _rows(compared: Compared) -> str:
    return "\n".join([_table_rows(compared), *_reasons(compared)])


def _table_rows(compared: Compared) -> str:
    return "\n".join(map(row, compared.comparisons))


def _reasons(compared: Compared) -> list[str]:
    """Why something is not there, for each build."""
    names = {THIS: "this build", OTHER: "the other build"}
    return [f"{names[side]}: {why}" for side, reasons in compared.problems.items() for why in reasons]


def row(one: Comparison) -> str:
    """One figure as a row of the table."""
    way = f"**{one.way}**" if one.way == WORSE else one.way
    ratio = f"{one.ratio:.3f}" if one.ratio is not None else ""
    between = f"{one.range[0]:.3f} – {one.range[1]:.3f}" if one.range else ""
    return f"| {' | '.join([one.name, _value(one.this), _value(one.other), ratio, between, way])} |"


def _value(figure: Figure | None) -> str:
    """Counts to the last digit, the rest as it can be told apart."""
    if figure is None:
        return "not there"
    shown = f"{figure.value:,.10g}" if figure.exact else number(figure.value)
    return f"{shown} {figure.unit}".strip()
