"""Draw docs/pictures/floors.svg from the list of floors in docs/architecture.md: ``make plan``.

The test of the arrows reads that list, so the picture cannot say anything else than what is enforced.
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
PLAN = ROOT / "docs" / "architecture.md"
PICTURE = ROOT / "docs" / "pictures" / "floors.svg"

FLOOR = re.compile(r"^- \d `?(\w+)/?`?: (`(?:[^\n]|\n  )*)$", re.MULTILINE)
"""A floor of the list and its rooms, over as many lines as they need."""

STEP = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
"""Stands between the steps of a floor."""

WIDTH, LABEL, HIGH, GAP, PAD = 960, 132, 30, 8, 14
FONT = "font-family='system-ui, sans-serif'"

Floor = tuple[str, list[list[str]]]
"""The name of a floor, and its rooms step by step, the highest step first."""


def floors() -> list[Floor]:
    """The floors as the list has them, the highest first."""
    return [
        (name, [re.findall(r"`([\w/]+)`", step) for step in rooms.split(STEP)])
        for name, rooms in FLOOR.findall(PLAN.read_text())
    ]


def drawn(plan: list[Floor]) -> str:
    """The picture as SVG: a band for each floor, a row for each step, a box for each room."""
    parts, top = [], PAD
    for name, steps in plan:
        rows = [row for step in steps for row in _rows(step)]
        high = len(rows) * (HIGH + GAP) + GAP
        parts.append(
            f"<rect x='{PAD}' y='{top}' width='{WIDTH - 2 * PAD}' height='{high}' rx='10' class='floor'/>"
            f"<text x='{PAD + 14}' y='{top + high / 2 + 5:.0f}' class='name'>{escape(name)}</text>"
        )
        for number, row in enumerate(rows):
            parts += _boxes(row, top + GAP + number * (HIGH + GAP))
        top += high + GAP
    return _document("".join(parts), top + PAD - GAP)


def _rows(step: list[str]) -> list[list[str]]:
    """A step's rooms, broken into rows that fit the width."""
    rows: list[list[str]] = [[]]
    used = 0
    for room in step:
        wide = _wide(room) + GAP
        if used + wide > WIDTH - LABEL - 2 * PAD:
            rows.append([])
            used = 0
        rows[-1].append(room)
        used += wide
    return rows


def _short(room: str) -> str:
    """Its name without that of its floor."""
    return room.partition("/")[2] or room


def _wide(room: str) -> int:
    return 20 + round(7.6 * len(_short(room)))


def _boxes(row: list[str], top: int) -> list[str]:
    left, boxes = PAD + LABEL, []
    for room in row:
        middle = left + _wide(room) / 2
        boxes.append(
            f"<rect x='{left}' y='{top}' width='{_wide(room)}' height='{HIGH}' rx='6' class='room'/>"
            f"<text x='{middle:.0f}' y='{top + 20}' class='label'>{escape(_short(room))}</text>"
        )
        left += _wide(room) + GAP
    return boxes


def _document(body: str, high: int) -> str:
    style = (
        ".floor{fill:#f4f5f8;stroke:#d5d9e2}.room{fill:#fff;stroke:#8d97ab}"
        ".name{font-size:15px;font-weight:600;fill:#232936}.label{font-size:13px;text-anchor:middle;fill:#232936}"
    )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {high}' width='{WIDTH}' {FONT}>"
        f"<style>{style}</style>{body}</svg>\n"
    )


if __name__ == "__main__":
    PICTURE.write_text(drawn(floors()))
