"""What a member's role allows is decided in one module: no other names a role, or asks for one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.house.house import module_of, name_of, product, tracked, tree

DECIDES = ("accounts.access", "accounts.models")
"""The module that decides, and the table that has the column."""
GIVES = {"add_owner": "makes an owner, and judges nothing"}
"""Functions that write a role."""
ASKS = re.compile(r"role(__\w+)?")
IN_TEMPLATES = re.compile(r"member\.role")


def _decides(module: str) -> bool:
    return module.endswith(DECIDES)


def _wrong(node: ast.AST) -> Iterator[int]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef) and child.name in GIVES:
            continue
        if _names_a_role(child):
            yield getattr(child, "lineno", 0)
        yield from _wrong(child)


def _names_a_role(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return any(_looks_for_one(node, word) for word in node.keywords)
    if isinstance(node, ast.Compare | ast.Match):
        return _reads_a_members_role(node)
    return isinstance(node, ast.Attribute) and node.attr == "Role"


def _reads_a_members_role(node: ast.AST) -> bool:
    """``member.role``, ``desk.member.role`` …; what a delivery calls its role is the side of the table."""
    return any(
        isinstance(part, ast.Attribute) and part.attr == "role" and "delivery" not in ast.unparse(part.value)
        for part in ast.walk(node)
    )


def _looks_for_one(call: ast.Call, word: ast.keyword) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in ("filter", "exclude", "get", "Q", "create") and ASKS.fullmatch(word.arg or "") is not None


def test_no_other_module_judges_a_role() -> None:
    wrong = [
        f"{name_of(path)}:{line}"
        for path in product()
        if not _decides(module_of(path))
        for line in _wrong(tree(path))
    ]
    assert not wrong, f"ask access.may instead: {wrong}"


def test_no_template_does() -> None:
    wrong = [
        name_of(path) for path in tracked("bookonce/templates/*") if IN_TEMPLATES.search(path.read_text())
    ]
    assert not wrong, f"ask access.may in the view instead: {wrong}"


def test_what_judges_one_is_found() -> None:
    for text in (
        "if desk.member.role == Member.Role.OWNER: pass",
        "if member.role in ('owner',): pass",
        "Member.objects.filter(role='owner')",
        "Member.objects.exclude(role__in=['owner'])",
        "match member.role:\n    case 'owner': pass",
    ):
        assert list(_wrong(ast.parse(text))), text
