"""Parsing request bodies: JSON that can be stored, then a schema, then every fault with what to do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from bookonce.foundation.errors import Invalid, Sentence, json_pointer
from bookonce.foundation.phones import PhoneRules

# Deeper than any honest body, and far from Python's limit of recursion, which every walk here uses up.
DEEPEST = 32
"""How deep a body may nest."""

# Below 2^63, beyond which SQLite reads an integer in JSON as a float; 1e999, read as infinity, is above.
LARGEST = 10**18

Problem = tuple[str, str]


class RequestBody(BaseModel):
    """A request body: types are strict, and an unknown field is a fault."""

    # Strict, so that "30" for 30 or a mistyped name is seen by whoever writes the client, and at once.
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    def given(self) -> dict[str, Any]:
        """The fields that were sent, by name."""
        return {name: getattr(self, name) for name in self.model_fields_set}


S = TypeVar("S", bound=RequestBody)


class InputFault(ValueError):
    """A value that cannot be taken; the text says what to do, ``at`` where inside the value."""

    def __init__(self, mend: str, *at: int | str) -> None:
        super().__init__(mend)
        self.mend, self.at = mend, at


def parse_json(raw: bytes) -> Any:
    """The JSON in these bytes, or ``Invalid``. An empty body is an empty object."""
    if not raw.strip():
        return {}
    try:
        tree = json.loads(raw, parse_constant=_no_constant, object_pairs_hook=_object)
    except (ValueError, RecursionError):
        raise Invalid(("", "This is no JSON. Send an object like {}.")) from None
    problems = list(_unstorable(tree, "", DEEPEST))
    if problems:
        raise Invalid(*problems[:20])
    return tree


def _no_constant(name: str) -> Any:
    # Python's parser takes NaN and Infinity, which are no JSON (RFC 8259, section 6).
    raise ValueError(name)


class _Twice(dict[str, Any]):
    """An object in which a name occurred more than once."""

    name = ""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    # Parsers of JSON differ in which of two equal names they keep, so neither is taken.
    names = [name for name, _ in pairs]
    twice = _Twice(found)
    twice.name = next(name for name in names if names.count(name) > 1)
    return twice


def _unstorable(node: Any, at: str, deeper: int) -> Iterator[Problem]:
    """Faults of values that a database or a JSON parser cannot hold."""
    if isinstance(node, str):
        # PostgreSQL refuses U+0000 in text, and neither database can encode half of a surrogate pair.
        if not is_storable(node):
            yield at, "Leave out the character U+0000 and halves of surrogate pairs."
    elif isinstance(node, int | float):
        if not -LARGEST <= node <= LARGEST:
            yield at, "Choose a smaller number, or send it as text."
    elif isinstance(node, dict | list):
        yield from _unstorable_inside(node, at, deeper)


def _unstorable_inside(node: dict[str, Any] | list[Any], at: str, deeper: int) -> Iterator[Problem]:
    if not deeper:
        yield at, Sentence("Nest at most {most} deep.", most=DEEPEST)
        return
    if isinstance(node, _Twice) and is_storable(node.name):
        yield json_pointer(at, node.name), "Give each name once."
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(key, str) and not is_storable(key):
            yield at, "Leave out the character U+0000 and halves of surrogate pairs in names."
        else:
            yield from _unstorable(value, json_pointer(at, key), deeper - 1)


def is_storable(text: str) -> bool:
    """Whether both databases can hold this text."""
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def validate(schema: type[S], tree: Any, rules: PhoneRules | None = None) -> S:
    """The parsed JSON as this schema, or ``Invalid`` with every fault.

    Without ``rules`` a phone number needs its country code.
    """
    if not isinstance(tree, Mapping):
        raise Invalid(("", "Send a JSON object."))
    try:
        return schema.model_validate(tree, context=rules)
    except ValidationError as refused:
        raise Invalid(*_named(refused, tree)) from None


def list_problems(schema: type[RequestBody], tree: Any, rules: PhoneRules | None = None) -> list[Problem]:
    """(pointer, sentence) for every fault of the parsed JSON under this schema."""
    try:
        validate(schema, tree, rules)
    except Invalid as refused:
        return [(error["pointer"], error["detail"]) for error in refused.data["errors"]]
    return []


def _named(refused: ValidationError, tree: Any) -> list[Problem]:
    # Bounded: a batch may have a fault in each of ten thousand rows (promise 25).
    faults = refused.errors(include_url=False)[:200]
    # Each once: for a union pydantic tells of one value as often as there are alternatives.
    return sorted({(_pointer((*fault["loc"], *_inside(fault)), tree), _mend(fault)) for fault in faults})


def _inside(fault: Any) -> tuple[int | str, ...]:
    """The position of a fault inside its value, if it has one."""
    error = fault.get("ctx", {}).get("error")
    return error.at if isinstance(error, InputFault) else ()


def _pointer(place: tuple[int | str, ...], tree: Any) -> str:
    """The pointer to a fault in the request: pydantic's names of alternatives are left out."""
    at, node = "", tree
    for number, name in enumerate(place):
        if isinstance(node, Mapping):
            if name not in node and number < len(place) - 1:
                continue
            at, node = json_pointer(at, name), node.get(name)
        elif isinstance(node, list) and isinstance(name, int):
            at, node = json_pointer(at, name), node[name] if name < len(node) else None
    return at


MENDS = {
    "missing": "Give this; it is needed.",
    "extra_forbidden": "There is no such field here. Leave it out, or mend its name.",
    "string_type": "Send text.",
    "int_type": "Send a whole number.",
    "int_from_float": "Send a whole number.",
    "float_type": "Send a number.",
    "bool_type": "Send true or false.",
    "list_type": "Send a list.",
    "dict_type": "Send an object.",
    "model_type": "Send an object.",
    "model_attributes_type": "Send an object.",
    "none_required": "Send null.",
    "string_too_long": "Shorten this to {max_length} characters.",
    # In the singular: the least length of every text here is 1.
    "string_too_short": "Give at least {min_length} character.",
    "too_long": "Give at most {max_length} {things}.",
    "too_short": "Give at least {min_length} {things}.",
    "greater_than_equal": "Choose a number from {ge}.",
    "less_than_equal": "Choose a number up to {le}.",
    "greater_than": "Choose a number above {gt}.",
    "literal_error": "Choose one of {expected}.",
}


def _mend(fault: Any) -> str:
    said = fault.get("ctx", {})
    error = said.get("error")
    if isinstance(error, InputFault):
        return error.mend
    mend = MENDS.get(fault["type"])
    return Sentence(mend, **said, things=_things(fault)) if mend else f"{fault['msg']}."


def _things(fault: Any) -> Sentence:
    """The noun of what is counted: the items of the innermost list that has a name."""
    said = fault.get("ctx", {})
    few = said.get("max_length") or said.get("min_length") or 0
    thing = next((THINGS[name] for name in reversed(fault["loc"]) if name in THINGS), _entries)
    return thing(few)


def _entries(count: int) -> Sentence:
    return Sentence.of_count("entry", "entries", count)


THINGS: dict[str, Callable[[int], Sentence]] = {
    "exceptions": lambda count: Sentence.of_count("exception", "exceptions", count),
    "hosts": lambda count: Sentence.of_count("host", "hosts", count),
    "hours": lambda count: Sentence.of_count("range of hours", "ranges of hours", count),
    "locked": lambda count: Sentence.of_count("name", "names", count),
    "options": lambda count: Sentence.of_count("option", "options", count),
    "questions": lambda count: Sentence.of_count("question", "questions", count),
    "recipients": lambda count: Sentence.of_count("recipient", "recipients", count),
}
"""The noun of each list's items."""
