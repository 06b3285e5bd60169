"""Docstrings and comments: what they call code is there, and each can be read without the one above it.

Those of the product, of the benchmarks and of the tools.
"""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.house.house import name_of, product, tracked, tree

NAME = re.compile(r"``([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?:\(\))?``")
"""A name of code in a docstring or a comment: ``name``, ``room.name`` or ``name()``."""
FILES = (".py", ".html", ".css", ".js")
NOT_OURS = {"DE", "de", "jsonb", "lnk_"}
"""Values and types of others, by way of example."""


def _sources() -> tuple[Path, ...]:
    return (*product(), *tracked("bench/*.py", "tools/*.py"))


@cache
def _within_reach(path: Path) -> tuple[Path, ...]:
    """Whose names this file may use: the product none but its own."""
    return tuple(product()) if path in product() else _sources()


def _docstrings(path: Path) -> Iterator[ast.Constant]:
    """Strings that stand alone: of modules, classes and functions, and below what they describe."""
    for node in ast.walk(tree(path)):
        match node:
            case ast.Expr(value=ast.Constant(value=str()) as string):
                yield string


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of every docstring and comment."""
    yield from ((string.lineno, str(string.value)) for string in _docstrings(path))
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


@cache
def _names(path: Path) -> frozenset[str]:
    """What this file's code names: definitions, uses, imports, keywords, and the words of its strings."""
    alone = {id(string) for string in _docstrings(path)}
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.arg(arg=str(name)) | ast.keyword(arg=str(name)):
                found.add(name)
            case ast.Name(id=name) | ast.Attribute(attr=name):
                found.add(name)
            case ast.alias(name=name):
                found |= set(name.split("."))
            case ast.ImportFrom(module=str(name)):
                found |= set(name.split("."))
            case ast.Constant(value=str(text)) if id(node) not in alone:
                found |= set(re.findall(r"\w+", text)) | {text}
    return frozenset(found)


@cache
def _defined(path: Path) -> frozenset[str]:
    """What a file defines, imports or passes by name; and what it and its folders are called."""
    found = set(path.with_suffix("").parts)
    for node in ast.walk(tree(path)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.alias(name=name):
                found |= set(name.split("."))
            case ast.keyword(arg=str(name)) | ast.Constant(value=str(name)) if name.isidentifier():
                found.add(name)
    return frozenset(found)


@cache
def _known(paths: tuple[Path, ...]) -> frozenset[str]:
    return frozenset().union(*(_defined(path) for path in paths))


def _is_there(path: Path, name: str) -> bool:
    """Whether this file, or one within reach, has this name; of a dotted one, whether that module has it."""
    if name in _names(path) or name.endswith(FILES):
        return True
    *rooms, last = name.split(".")
    known = _known(_within_reach(path))
    if not rooms:
        return last in known
    modules = [other for other in _within_reach(path) if rooms[-1] in other.with_suffix("").parts]
    if modules:
        return any(last in _defined(other) or last in _names(other) for other in modules)
    return {*rooms, last} <= _names(path) | known


def test_what_docstrings_call_code_is_there() -> None:
    """A name in double backticks is known to its own file, or defined in one within its reach."""
    gone = [
        f"{name_of(path)}:{line}: {name}"
        for path in _sources()
        for line, text in _texts(path)
        for name in NAME.findall(text)
        if name not in NOT_OURS and not _is_there(path, name)
    ]
    assert not gone, "\n".join(gone)


def test_no_docstring_leans_on_the_one_above() -> None:
    """One that begins "The same" says nothing to whoever came by a search or from a call."""
    leaning = [
        f"{name_of(path)}:{string.lineno}"
        for path in _sources()
        for string in _docstrings(path)
        if str(string.value).lstrip().startswith("The same")
    ]
    assert not leaning, "\n".join(leaning)
