"""What nobody calls is not in the house."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from vulture import Vulture

from tests.house.house import imports, module_of, name_of, product, tracked, tree

KINDS = {"function", "class", "method", "property", "import", "unreachable_code"}

# Called by a framework, which finds them by name.
FOUND_BY_NAME = [
    "_init_shared_socket",  # called by granian
    "Meta",
    "Bookonce",
    "ready",
    "handle",
    "add_arguments",
    "main",
    "process_exception",
    "process_view",
    "SessionStore",
    "field_title_should_be_set",
    "typed_dict_schema",
    "__get_pydantic_core_schema__",
    "pytest_*",
]
FOUND_BY_DECORATOR = [
    "@*.get",
    "@*.post",
    "@*.put",
    "@*.patch",
    "@*.delete",
    "@*exception_handler",
    "@*fixture",
]
FOUND_BY_DECORATOR += [
    "@*validator",
    "@*serializer",
    "@register*",
    "@rule",
    "@initialize",
    "@invariant",
    "@*.api_operation",
]


def _named_in_text() -> set[str]:
    """What a template says, and what a setting names by its dotted path."""
    pages = "\n".join(path.read_text() for path in tracked("bookonce/*.html", "bookonce/*.txt"))
    source = "\n".join(path.read_text() for path in product())
    return set(re.findall(r"\w+", pages)) | set(re.findall(r"[\"']bookonce\.[\w.]*\.(\w+)[\"']", source))


def test_everything_is_used() -> None:
    vulture = Vulture(ignore_names=FOUND_BY_NAME, ignore_decorators=FOUND_BY_DECORATOR)
    vulture.scavenge([str(path) for path in tracked("*.py") if "migrations" not in path.parts])
    elsewhere = _named_in_text()
    dead = [
        f"{name_of(item.filename)}:{item.first_lineno} {item.typ} {item.name}"
        for item in vulture.get_unused_code(min_confidence=60)
        if item.typ in KINDS and name_of(item.filename).startswith("bookonce/") and item.name not in elsewhere
    ]
    assert not dead, "\n".join(dead)


# Read by Django, which knows the names.
READ_BY_DJANGO = {"bookonce.settings", "bookonce.urls", "bookonce.wsgi"}


def names_given(path: Path) -> Iterator[tuple[int, str]]:
    """(line, name) of what a module assigns at its top."""
    for node in tree(path).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            for part in ast.walk(target) if target is not None else ():
                if isinstance(part, ast.Name) and not part.id.startswith("__"):
                    yield part.lineno, part.id


def names_read(path: Path) -> Iterator[tuple[str, str]]:
    """(module, name) of what a file reads: its own names, and those of modules that it imports."""
    known = {module: module for _, module in imports(path)}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom):
            base = node.module or ""
            yield from ((base, alias.name) for alias in node.names)
            known |= {alias.asname or alias.name: f"{base}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            known |= {alias.asname: alias.name for alias in node.names if alias.asname}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield module_of(path), node.id
        elif isinstance(node, ast.Attribute) and (base := ast.unparse(node.value)) in known:
            yield known[base], node.attr


def test_every_name_of_a_module_is_read() -> None:
    # vulture knows names alone, so one that another module has too counts as used for it.
    read = {each for path in tracked("*.py") for each in names_read(path)}
    elsewhere = _named_in_text()
    dead = [
        f"{name_of(path)}:{line} {name}"
        for path in product()
        if module_of(path) not in READ_BY_DJANGO
        for line, name in names_given(path)
        if (module_of(path), name) not in read and name not in elsewhere
    ]
    assert not dead, "\n".join(dead)
