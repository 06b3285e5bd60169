"""In forced colours, where every ground is one colour, whatever was set apart by its ground has a line."""

from __future__ import annotations

import re

import pytest

from tests.interfaces.pages.stylesheet import Rule, rules, text

SHEETS = ("bookonce.css", "desk.css", "calendars.css", "share.css")
GROUND = re.compile(r"var\(--(?:[a-z]+-)?(?:wash|tint|accent)\)")
PASSING = re.compile(r":hover|:focus|:active|::|:target|:read-only")
"""What lasts for a moment, and a field, which has its border."""


def is_forced(rule: Rule) -> bool:
    return any("forced-colors" in one for one in rule.conditions)


def parts_of(rule: Rule) -> list[str]:
    return [one.strip() for one in re.split(r",(?![^(]*\))", rule.selector)]


def lined() -> set[str]:
    """What has a line, an outline or an underline of its own in forced colours, or a border always."""
    found: set[str] = set()
    for sheet in SHEETS:
        for rule in rules(text(sheet)):
            has = {name for name, value in rule.said if not value.startswith("0")}
            bordered = not rule.conditions and has & {"border", "border-color", "border-inline-start"}
            if is_forced(rule) or bordered:
                found |= set(parts_of(rule))
    return found


@pytest.mark.parametrize("sheet", SHEETS)
def test_what_a_ground_sets_apart_has_a_line(sheet: str) -> None:
    kept = lined()
    bare = [
        one
        for rule in rules(text(sheet))
        if not is_forced(rule) and GROUND.search(dict(rule.said).get("background", ""))
        for one in parts_of(rule)
        if not PASSING.search(one) and one not in kept and re.sub(r"\.(live|wait)$", "", one) not in kept
    ]
    assert not bare
