"""Product words only: a name that could be anything's is nobody's."""

from __future__ import annotations

import ast
import re

from tests.house.house import module_of, name_of, product, tracked, tree

EMPTY = {"util", "helper", "common", "core", "manager", "service", "misc", "lib"}


def _words(name: str) -> set[str]:
    """`LinkManagers` → {link, manager}"""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return {part.lower() for part in parts} | {part.lower().removesuffix("s") for part in parts}


def test_modules_and_classes_have_names_of_the_product() -> None:
    empty = [name_of(path) for path in product() if _words(module_of(path)) & EMPTY]
    for path in product() + tracked("tests/*.py", "bench/*.py"):
        classes = [node for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
        empty += [
            f"{name_of(path)}:{node.lineno} {node.name}" for node in classes if _words(node.name) & EMPTY
        ]
    assert not empty, "\n".join(empty)


def test_refusals_are_past_or_adjective() -> None:
    named = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in tracked("bookonce/**/errors.py", "bookonce/foundation/errors.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and re.search(r"(Error|Exception)$", node.name)
    ]
    assert not named, "\n".join(named)
