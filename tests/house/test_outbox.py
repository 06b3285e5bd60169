"""Events and deliveries are written by the outbox alone, so that each has its identity (promise 12)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.house import name_of, product, tree

MODELS = {"Event", "Delivery"}
WRITES = {"create", "bulk_create", "get_or_create", "update_or_create"}
INSERT = re.compile(r'(INTO|COPY)\s+"?bookonce_(event|delivery)\b', re.IGNORECASE)

RECORDED = re.compile(r"(^|[._])(event|happened|first)\.data$")
"""How whoever has an event would read what was recorded, in the form of whichever release wrote it."""

WRITES_IT = {
    "bookonce/domain/links/minting.py": "the JSON of many events, made of one",
    "bookonce/domain/links/pausing.py": "the JSON of many events",
}
"""Who may, since it is on its way into a row."""

ONE_STATEMENT = {
    "bookonce/domain/bookings/operations.py": "booking, held time, event and deliveries",
    "bookonce/domain/bookings/changes.py": "held time, event and deliveries",
    "bookonce/domain/links/operations.py": "link and event",
}
"""Who writes, in one statement, rows of ``outbox.event_rows`` with its own, which a guard may refuse."""


def outside() -> Iterator[Path]:
    return (path for path in product() if path.parent.name != "outbox")


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


def _imported(path: Path) -> set[str]:
    """By what names a module knows the tables of the outbox."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "bookonce.delivery.outbox.models"
        for alias in node.names
        if alias.name in MODELS
    }


def _makes(call: ast.Call, names: set[str]) -> bool:
    """Whether this makes a row: ``Event(…)`` or ``Event.objects.create(…)``."""
    made = call.func
    if isinstance(made, ast.Name):
        return made.id in names
    if not isinstance(made, ast.Attribute) or made.attr not in WRITES:
        return False
    return any(isinstance(node, ast.Name) and node.id in names for node in ast.walk(made))


def test_nobody_else_makes_a_row() -> None:
    wrong = [
        f"{name_of(path)}:{call.lineno}"
        for path in outside()
        if (names := _imported(path))
        for call in calls(path)
        if _makes(call, names)
    ]
    assert not wrong, f"call outbox.record_event instead: {wrong}"


def test_nobody_else_inserts_by_hand() -> None:
    wrong = [
        f"{name_of(path)}:{node.lineno}"
        for path in outside()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and INSERT.search(node.value)
    ]
    assert not wrong, f"call outbox.record_event instead: {wrong}"


def _is_called(call: ast.Call, *names: str) -> bool:
    made = call.func
    return (made.attr if isinstance(made, ast.Attribute) else getattr(made, "id", "")) in names


def test_rows_are_taken_only_into_one_statement() -> None:
    taking = {name_of(path) for path in outside() for call in calls(path) if _is_called(call, "event_rows")}
    assert taking == set(ONE_STATEMENT)


def test_an_event_is_not_inserted_past_its_deliveries() -> None:
    wrong = [
        f"{name_of(path)}:{call.lineno}"
        for path in outside()
        for call in calls(path)
        if _is_called(call, "insert", "insert_unless_conflict", "save")
        and any(_is_called(inner, "new_event") for inner in ast.walk(call) if isinstance(inner, ast.Call))
    ]
    assert not wrong, wrong


def _reads(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and RECORDED.search(ast.unparse(node)):
            yield f"{name_of(path)}:{node.lineno}"


def test_snapshots_are_read_in_todays_form_alone() -> None:
    wrong = [place for path in outside() if name_of(path) not in WRITES_IT for place in _reads(path)]
    assert not wrong, f"read event.snapshot instead: {wrong}"


def test_the_test_sees_who_reads_what_was_recorded() -> None:
    for said in ("event.data", "delivery.event.data", "self.event.data", "first.data", "happened.data"):
        assert RECORDED.search(said), said
    assert not RECORDED.search("refusal.data")
