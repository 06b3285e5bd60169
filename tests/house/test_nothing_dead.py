"""What nobody calls is not in the house."""

from __future__ import annotations

import re

from vulture import Vulture

from tests.house.house import name_of, product, tracked

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
