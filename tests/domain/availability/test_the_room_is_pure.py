from __future__ import annotations

import ast
import sys
from pathlib import Path

import bookonce.domain.availability
from bookonce.domain.availability import open_slots, zones
from tests.domain.availability.make import DAY, HOUR, at, rules

ROOM = Path(bookonce.domain.availability.__file__).parent


def test_it_imports_the_standard_library_and_itself() -> None:
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.split(".")[0] in sys.stdlib_module_names or name.startswith(
                    "bookonce.domain.availability"
                )


def test_it_has_no_clock() -> None:
    for path in ROOM.rglob("*.py"):
        called = {
            node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)
        }
        assert not called & {"now", "utcnow", "today", "time", "monotonic"}, path


def test_what_it_is_given_it_leaves_as_it_was() -> None:
    start = at("2026-06-15 00:00")
    busy = [(start + 12 * HOUR, start + 13 * HOUR, 0, 0), (start, start + HOUR, 5, 5)]
    booked = [start + DAY, start]
    before = (list(busy), list(booked))
    open_slots(
        *rules("09:00-15:00", limit_per_day=3),
        minutes=60,
        now=start,
        start=start,
        end=start + DAY,
        busy=busy,
        booked=booked,
    )
    assert (busy, booked) == before


def test_a_zone_is_asked_once_and_then_remembered() -> None:
    start = at("2026-06-15 00:00")

    def ask() -> list[int]:
        return open_slots(
            *rules("00:00-24:00"), minutes=60, now=0, start=start, end=start + 31 * DAY, busy=()
        )

    first = ask()
    probes = zones._chunk.cache_info().misses
    assert ask() == first
    assert zones._chunk.cache_info().misses == probes
