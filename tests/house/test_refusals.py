"""What is refused keeps its template: a text that is filled in where it is raised cannot be translated.

Whatever reads as a sentence is a constant, or a ``Sentence`` of a template and its values. Rooms that speak
to programs and operators alone, in English, are held to it where they raise.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.house import name_of, tracked
from tools.words import ENGLISH_ONLY, SENTENCE


def filled_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Where a sentence is filled in: by an f-string, or by ``"…".format``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and any(
            isinstance(part, ast.FormattedValue) for part in node.values
        ):
            text = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{x}" for part in node.values
            )
            if SENTENCE.match(text):
                yield node.lineno, text
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
        ):
            said = node.func.value.value if isinstance(node.func.value, ast.Constant) else ""
            if isinstance(said, str) and SENTENCE.match(said):
                yield node.lineno, said


def refused_with(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The same, where something is raised."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and node.exc is not None:
            yield from filled_in(node.exc)


def test_no_refusal_is_filled_in_where_it_is_raised() -> None:
    found = []
    for path in tracked("bookonce/*.py"):
        name, tree = name_of(path).removeprefix("bookonce/"), ast.parse(path.read_text(encoding="utf-8"))
        look = refused_with if name.startswith(ENGLISH_ONLY) else filled_in
        found += [f"{name}:{line}: {text}" for line, text in look(tree)]
    assert not found, "make it a Sentence:\n" + "\n".join(found)


def test_the_test_sees_what_is_filled_in() -> None:
    source = (
        'raise Invalid(("/name", f"Shorten it to {most} signs."))\nraise No("Shorten {a} now.".format(a=1))'
    )
    assert [line for line, _ in refused_with(ast.parse(source))] == [1, 2]
    assert not list(refused_with(ast.parse('raise No(Sentence("Shorten it to {most} signs.", most=1))')))
