"""What Django's ORM lets pass, and what then asks the database another question than it seems to."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.house import functions, name_of, product, tree


def to_many() -> set[str]:
    """The names of all relations that lead to many rows: the far ends of foreign keys."""
    ends = (
        word.value.value
        for path in product()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("ForeignKey")
        for word in node.keywords
        if word.arg == "related_name" and isinstance(word.value, ast.Constant)
    )
    return {str(name) for name in ends} - {"+"}


def asked_apart(tree: ast.AST, relations: set[str]) -> Iterator[tuple[int, str]]:
    """(line, relation) of each ``filter`` or ``exclude`` through a relation that another one asked before."""
    seen: set[str] = set()
    for call in sorted(_filters(tree), key=lambda call: (call.end_lineno or 0, call.end_col_offset or 0)):
        here = {name for word in _own_words(call) for name in word.split("__") if name in relations}
        yield from ((call.lineno, name) for name in sorted(here & seen))
        seen |= here


def _filters(tree: ast.AST) -> list[ast.Call]:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [
        call
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("filter", "exclude")
    ]


def _own_words(call: ast.Call) -> Iterator[str]:
    """The names that a call compares, those of its ``Q(…)`` too, but not those of what it is called on."""
    inside = (node for part in [*call.args, *call.keywords] for node in ast.walk(part))
    yield from (node.arg for node in inside if isinstance(node, ast.keyword) and node.arg)


def test_what_is_asked_of_one_of_many_rows_is_asked_in_one_filter() -> None:
    """Each filter joins the rows anew: "a host who is Hugo" and "a host who is first" are any two hosts."""
    relations = to_many()
    assert {"hosting", "bookings", "links"} <= relations
    found = [
        f"{name_of(path)}:{line} {name}"
        for path in product()
        for function in functions(path)
        for line, name in asked_apart(function, relations)
    ]
    assert not found, "put these into one filter:\n" + "\n".join(found)


def test_the_test_sees_filters_in_a_chain_and_one_after_the_other() -> None:
    chain = "Ask.objects.filter(link__calendar__hosting__member=owner).filter(calendar__hosting__position=0)"
    after = "found = Ask.objects.filter(hosting__member=owner)\nfound.exclude(Q(hosting__position=1))"
    both = "Ask.objects.filter(hosting__member=owner, hosting__position=0).filter(closed_at=None)"
    assert [list(asked_apart(ast.parse(source), {"hosting"})) for source in (chain, after, both)] == [
        [(1, "hosting")],
        [(2, "hosting")],
        [],
    ]


DIARIES = {"lock_hosts_of_booking": "whoever writes a row that refers to a diary locks that diary first"}
"""Functions that lock rows with their keys, and why nobody waits for it who need not."""


def test_a_lock_leaves_the_key_of_its_row_to_others() -> None:
    """``FOR UPDATE`` holds up every insert of a row that refers to this one; with ``NO KEY`` it does not."""
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in product()
        for function in functions(path)
        if function.name not in DIARIES
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "select_for_update"
        and not {"no_key=True", "no_key=not with_key"} & set(map(ast.unparse, node.keywords))
    ]
    assert not found, "say no_key=True:\n" + "\n".join(found)
