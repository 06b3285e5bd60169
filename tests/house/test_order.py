"""What is sorted is sorted alike on both databases.

SQLite puts NULL first and PostgreSQL last; capitals come before all small letters on SQLite, on PostgreSQL
as its locale says. So a column that may be NULL says where its NULLs go (``F("x").asc(nulls_first=True)``),
and text is sorted by ``Lower``. A name is judged by every field of our models that is called so.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from django.apps import apps
from django.db.models import CharField, TextField

from tests.house.house import name_of, product, tree

SORTING = {"order_by", "latest", "earliest", "Order"}

# Sorts by what its callers give to Order, which is looked at there.
PASSED_ON = {"bookonce/interfaces/host/shared/cursors.py"}


def sorted_by(source: ast.AST) -> Iterator[tuple[int, ast.expr]]:
    """(line, what it is sorted by) of every call that sorts, and of every ``ordering`` of a model."""
    for node in ast.walk(source):
        if isinstance(node, ast.Call) and _called(node) in SORTING:
            named = [one.value for one in node.keywords if one.arg == "field"]
            yield from ((node.lineno, each) for each in [*node.args, *named])
        elif isinstance(node, ast.AnnAssign | ast.Assign) and node.value is not None:
            targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
            if any(isinstance(each, ast.Name) and each.id == "ordering" for each in targets):
                yield node.lineno, node.value


def faults(by: ast.expr, *, lowered: bool = False) -> Iterator[str]:
    """What the databases would see differently in this expression."""
    if isinstance(by, ast.Call) and {one.arg for one in by.keywords} & {"nulls_first", "nulls_last"}:
        return
    lowered = lowered or (isinstance(by, ast.Call) and _called(by) == "Lower")
    if isinstance(by, ast.Constant) and isinstance(by.value, str):
        *path, last = by.value.lstrip("-").split("__")
        yield from (f"{name} may be NULL" for name in (*path, last) if name in nullable())
        if last in texts() and not lowered:
            yield f"{last} is text"
    for part in ast.iter_child_nodes(by):
        if isinstance(part, ast.expr):
            yield from faults(part, lowered=lowered)


def says_nothing(by: ast.expr) -> bool:
    """It is sorted by a value that comes from elsewhere, which no look at the source can judge."""
    return not any(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in ast.walk(by))


def nullable() -> set[str]:
    return {
        name
        for model in apps.get_models()
        for field in model._meta.fields
        if field.null
        for name in (field.name, field.attname)
    }


def texts() -> set[str]:
    fields = (field for model in apps.get_models() for field in model._meta.fields)
    return {field.name for field in fields if isinstance(field, CharField | TextField)}


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_both_databases_sort_alike() -> None:
    found = []
    for path in product():
        for line, by in sorted_by(tree(path)):
            if says_nothing(by) and name_of(path) not in PASSED_ON:
                found.append(f"{name_of(path)}:{line}: name the columns here")
            found += [f"{name_of(path)}:{line}: {fault}" for fault in faults(by)]
    assert not found, "\n".join(found)


def test_the_test_sees_what_differs() -> None:
    source = """
found.order_by("-archived_at", "pk")
found.order_by("link__created_at")
found.order_by("pk" if oldest else "-expires_at")
Order("revoked_at", newest_first=True)
found.latest(F("used_at"))
class Meta:
    ordering: ClassVar = ["workspace__name"]
found.order_by(F("archived_at").asc(nulls_first=True), Lower("name"), "created_at", "-id")
"""
    seen = [(line, fault) for line, by in sorted_by(ast.parse(source)) for fault in faults(by)]
    assert seen == [
        (2, "archived_at may be NULL"),
        (3, "link may be NULL"),
        (4, "expires_at may be NULL"),
        (5, "revoked_at may be NULL"),
        (6, "used_at may be NULL"),
        (8, "name is text"),
    ]
