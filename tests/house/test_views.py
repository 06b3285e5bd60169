"""A view finds the thing, calls one operation, answers. It never writes."""

from __future__ import annotations

import ast

from tests.house.house import name_of, product, tree

ROOMS = {"guest", "host", "api"}
WRITES = {
    "save",
    "create",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "bulk_update",
    "update",
    "delete",
}
KEEPS_ITS_OWN = {"models.py", "operations.py"}


def _writes(node: ast.AST) -> bool:
    """`thing.save(…)`, and `Thing.objects.….update(…)`: a dict's update is none of ours."""
    if (
        not isinstance(node, ast.Call)
        or not isinstance(node.func, ast.Attribute)
        or node.func.attr not in WRITES
    ):
        return False
    return node.func.attr == "save" or "objects" in {
        part.attr for part in ast.walk(node.func.value) if isinstance(part, ast.Attribute)
    }


def test_the_top_floor_writes_nothing() -> None:
    writes = [
        f"{name_of(path)}:{node.lineno} {ast.unparse(node)[:100]}"
        for path in product()
        if not ROOMS.isdisjoint(path.parts) and path.name not in KEEPS_ITS_OWN
        for node in ast.walk(tree(path))
        if _writes(node) and isinstance(node, ast.expr)
    ]
    assert not writes, "\n".join(writes)
