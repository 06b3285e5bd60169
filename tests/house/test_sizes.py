"""Small files, small functions, smaller views. Branches are counted by ruff (C901)."""

from __future__ import annotations

from pathlib import Path

from tests.house.house import Function, functions, name_of, product

FILE, FUNCTION, VIEW = 350, 50, 30
WHERE_VIEWS_ARE = {"guest", "host", "api"}
OF_A_VIEW = {"request", "desk", "visit"}
"""What a view's first argument is called."""

# What may be longer, and why: "path" or "path:function" → reason.
EXCEPTIONS: dict[str, str] = {}


def over() -> dict[str, str]:
    """Who is over: name → what it measures."""
    found = {}
    for path in product():
        name = name_of(path)
        lines = path.read_text().count("\n")
        if lines > FILE:
            found[name] = f"{lines} lines, {FILE} allowed"
        for function in functions(path):
            allowed = VIEW if _is_view(path, function) else FUNCTION
            length = (function.end_lineno or 0) - function.lineno + 1
            if length > allowed:
                found[f"{name}:{function.name}"] = f"{length} lines, {allowed} allowed"
    return found


def _is_view(path: Path, function: Function) -> bool:
    arguments = function.args.posonlyargs + function.args.args
    return not WHERE_VIEWS_ARE.isdisjoint(path.parts) and bool(arguments) and arguments[0].arg in OF_A_VIEW


def test_nothing_has_outgrown_the_house() -> None:
    grown = [f"{name}: {measure}" for name, measure in over().items() if name not in EXCEPTIONS]
    assert not grown, "\n".join(grown)


def test_no_exception_is_left_over() -> None:
    assert set(EXCEPTIONS) <= set(over())
