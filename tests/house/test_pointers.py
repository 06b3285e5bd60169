"""Pointers to faults are made by ``json_pointer``: a name with "/" or "~" in it has to be escaped (RFC 6901).

``domain/availability`` imports nothing of ours, and so has an escape of its own.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator

from tests.house.house import name_of, product, tree

PURE = "bookonce/domain/availability/"
WHERE = ("bookonce/domain/", "bookonce/interfaces/api/")
"""Here a text that begins with a slash is a pointer; on the pages it is an address, but under "pointer"."""
NUMBERS, BEGUN = {"number", "index", "place"}, {"at", "here"}
"""Names of places in a list, and of a pointer that was made before."""


def unescaped(source: ast.AST, *, everywhere: bool) -> Iterator[tuple[int, str]]:
    """(line, pointer) of each one into which a name is put as it is."""
    for node in ast.walk(source):
        if isinstance(node, ast.Dict) and not everywhere:
            named = zip(node.keys, node.values, strict=True)
            inside = [
                value for key, value in named if isinstance(key, ast.Constant) and key.value == "pointer"
            ]
        else:
            inside = [node] if everywhere and isinstance(node, ast.expr) else []
        for text in inside:
            if isinstance(text, ast.JoinedStr) and not _only_numbers(text):
                yield text.lineno, ast.unparse(text)


def _only_numbers(text: ast.JoinedStr) -> bool:
    """Whether it is no pointer, or one whose places are numbers after what is one already."""
    if isinstance(text.values[0], ast.FormattedValue) and ast.unparse(text.values[0].value) not in BEGUN:
        return True
    pairs = itertools.pairwise(text.values)
    return all(
        ast.unparse(place.value) in NUMBERS
        for before, place in pairs
        if isinstance(place, ast.FormattedValue)
        and isinstance(before, ast.Constant)
        and re.fullmatch(r"(/\w+)*/", str(before.value))
    )


def test_no_name_is_put_into_a_pointer_as_it_is() -> None:
    found = [
        f"{name_of(path)}:{line} {text}"
        for path in product()
        if not name_of(path).startswith(PURE)
        for line, text in unescaped(tree(path), everywhere=name_of(path).startswith(WHERE))
    ]
    assert not found, "make it by json_pointer:\n" + "\n".join(found)


def test_the_test_sees_a_name_in_a_pointer() -> None:
    for wrong in ('f"/answers/{key}"', 'f"{at}/{name}"', 'f"/{name}/on"'):
        assert list(unescaped(ast.parse(f"x = ({wrong}, 1)"), everywhere=True)) == [
            (1, wrong.replace('"', "'"))
        ]
        assert list(unescaped(ast.parse(f'x = {{"pointer": {wrong}}}'), everywhere=False))
    for right in ('f"/locked/{number}"', 'f"{base}/links/{key}"', 'f"{at}/{index}"', 'f"{size} MB/s"'):
        assert not list(unescaped(ast.parse(right), everywhere=True))
