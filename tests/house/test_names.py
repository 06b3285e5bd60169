"""Names that explain themselves without their neighbours: the field's words, verb and object, no riddles."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

from tests.house.house import module_of, name_of, product, tracked, tree

EMPTY = {"util", "helper", "common", "core", "manager", "service", "misc", "lib"}

RIDDLES = set(
    [
        "again",
        "asks",
        "attempt",
        "calm",
        "carried",
        "crowds",
        "doors",
        "every",
        "forgotten",
        "happened",
        "kinds",
        "just_lost",
        "lost",
        "must_be_calm",
        "one_line",
        "outside",
        "points",
        "proving",
        "reach",
        "repeats",
        "scrub",
        "seal",
        "step",
        "terms",
        "told",
        "trap",
        "twin",
        "typed",
        "vault",
        "ways_in",
        "wish",
    ]
)
"""No public function, class or module is called so: what each is called instead says what it does."""

ONE_WORD = set(
    [
        "book",
        "cancel",
        "compose",
        "decrypt",
        "deliver",
        "dispatch",
        "encrypt",
        "failpoint",
        "favicon",
        "flash",
        "healthz",
        "main",
        "may",
        "metrics",
        "mint",
        "move",
        "now",
        "parser",
        "prepare",
        "readyz",
        "redact",
        "redeem",
        "require",
        "resend",
        "revoke",
        "run",
        "serve",
        "transaction",
        "translate",
        "validate",
    ]
)
"""Functions of one word: verbs of the field that need no object, and names that others look for."""
MOST_OF_ONE_WORD = 0.45


def _words(name: str) -> set[str]:
    """`LinkManagers` → {link, manager}"""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return {part.lower() for part in parts} | {part.lower().removesuffix("s") for part in parts}


def _public(path: Path, kind: type[ast.FunctionDef] | type[ast.ClassDef]) -> list[str]:
    """The names of a module's own public functions, or classes."""
    return [node.name for node in tree(path).body if isinstance(node, kind) and not node.name.startswith("_")]


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
        for path in tracked("bookonce/**/errors.py", "bookonce/errors.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and re.search(r"(Error|Exception)$", node.name)
    ]
    assert not named, "\n".join(named)


def test_no_name_is_a_riddle() -> None:
    riddles = [
        f"{name_of(path)}: {name}"
        for path in product()
        for name in (path.stem, *_public(path, ast.FunctionDef), *_public(path, ast.ClassDef))
        if name.lower() in RIDDLES
    ]
    assert not riddles, "\n".join(riddles)


def test_a_function_of_one_word_is_a_known_verb() -> None:
    names = [(path, name) for path in product() for name in _public(path, ast.FunctionDef)]
    short = [f"{name_of(path)}: {name}" for path, name in names if "_" not in name]
    unknown = [line for line in short if line.rpartition(" ")[2] not in ONE_WORD]
    assert not unknown, "\n".join(unknown)
    assert len(short) <= MOST_OF_ONE_WORD * len(names)


def test_no_two_public_classes_share_a_name() -> None:
    counted = Counter(name for path in product() for name in _public(path, ast.ClassDef))
    assert not [name for name, count in counted.items() if count > 1]
