"""Parsing request bodies: JSON that can be stored, then a schema, then every fault with what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from bookonce.foundation.errors import Invalid, Sentence, json_pointer
from bookonce.foundation.phones import PhoneRules

# Deeper than any honest body, and far from Python's limit of recursion, which every walk here uses up.
DEEPEST = 32
"""How deep a body may nest."""

# Below 2^63, beyond which SQLite reads an integer in JSON as a float; 1e999, read as infinity, is above.
LARGEST = 10**18

# So that neither the walk through a body nor the answer to it grows faster than the body.
MOST_NAMES, LONGEST_NAME = 2_000, 200
"""How many names an object may have, and how many characters each of them."""
PLAIN_NODES, BYTES_OF_NODE = 10_000, 16
"""How many lists and objects a body may have: so many, and one more for so many of its bytes."""
MOST_FAULTS = 20
"""How many faults an answer names."""
LONGEST_POINTER = 500

# Possessive, and a text that does not end is taken to the end: nothing is looked at twice.
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)

_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")

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
    require_few_nodes(raw)
    try:
        tree = json.loads(raw, parse_constant=_no_constant, object_pairs_hook=_object)
    except (ValueError, RecursionError):
        raise Invalid(("", "This is no JSON. Send an object like {}.")) from None
    problems = list(islice(_unstorable(tree), MOST_FAULTS))
    if problems:
        raise Invalid(*problems)
    return tree


def require_few_nodes(raw: bytes) -> None:
    """Raise ``Invalid`` where this JSON has more lists and objects than any honest body.

    Counted before it is parsed: Python's collector of garbage looks through all of them again and again, so
    that a list of empty lists costs more than ten times what text of the same size does.
    """
    most = PLAIN_NODES + len(raw) // BYTES_OF_NODE
    # Brackets in texts are none; they are left out only where there are suspiciously many.
    if raw.count(b"[") + raw.count(b"{") > most:
        bare = _TEXT.sub(b"", raw)
        if bare.count(b"[") + bare.count(b"{") > most:
            raise Invalid(("", Sentence("Send at most {most} lists and objects.", most=most)))


def _no_constant(name: str) -> Any:
    # Python's parser takes NaN and Infinity, which are no JSON (RFC 8259, section 6).
    raise ValueError(name)


class _Faulty(dict[str, Any]):
    """An object whose names cannot be taken: which one (None: all of them), and what to do about it."""

    name: str | None = None
    mend: str = ""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    # Their contents are left out: nothing walks what is refused anyway.
    if len(pairs) > MOST_NAMES:
        return _faulty({}, None, Sentence("Give at most {most} names in one object.", most=MOST_NAMES))
    if found and max(map(len, found)) > LONGEST_NAME:
        return _faulty({}, None, Sentence("Shorten every name to {most} characters.", most=LONGEST_NAME))
    if len(found) == len(pairs):
        return found
    # Parsers of JSON differ in which of two equal names they keep, so neither is taken.
    return _faulty(found, _first_repeated(name for name, _ in pairs), "Give each name once.")


def _faulty(found: dict[str, Any], name: str | None, mend: str) -> _Faulty:
    made = _Faulty(found)
    made.name, made.mend = name, mend
    return made


def _first_repeated(names: Iterable[str]) -> str | None:
    met: set[str] = set()
    for name in names:
        if name in met:
            return name
        met.add(name)
    return None


Place = tuple[Any, ...]
"""Where a value stands: (place of what it stands in, name or number); empty: the whole. Pointers are made of
places only for faults, since one for each leaf would repeat every name above it."""


def _unstorable(tree: Any) -> Iterator[Problem]:
    """Faults of values that a database or a JSON parser cannot hold."""
    if isinstance(tree, (dict, list)):
        yield from _unstorable_inside(tree, (), DEEPEST)
    elif mend := _leaf_problem(tree):
        yield "", mend


def _unstorable_inside(node: dict[str, Any] | list[Any], at: Place, deeper: int) -> Iterator[Problem]:
    if not deeper:
        yield _pointer_to(at), Sentence("Nest at most {most} deep.", most=DEEPEST)
        return
    if isinstance(node, _Faulty) and (node.name is None or is_storable(node.name)):
        yield _pointer_to(at if node.name is None else (at, node.name)), node.mend
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        # First and without a call: a body may hold millions of these.
        if type(key) is int and (value is None or (type(value) is int and -LARGEST <= value <= LARGEST)):
            continue
        if isinstance(key, str) and not is_storable(key):
            yield _pointer_to(at), "Leave out the character U+0000 and halves of surrogate pairs in names."
        elif isinstance(value, (dict, list)):
            # Nothing is in an empty one, and a body may hold a million of them.
            if not value and deeper > 1 and not isinstance(value, _Faulty):
                continue
            yield from _unstorable_inside(value, (at, key), deeper - 1)
        elif mend := _leaf_problem(value):
            yield _pointer_to((at, key)), mend


def _leaf_problem(value: Any) -> str | None:
    if isinstance(value, str):
        # PostgreSQL refuses U+0000 in text, and neither database can encode half of a surrogate pair.
        fits, mend = is_storable(value), "Leave out the character U+0000 and halves of surrogate pairs."
        return None if fits else mend
    if isinstance(value, (int, float)) and not -LARGEST <= value <= LARGEST:
        return "Choose a smaller number, or send it as text."
    return None


def _pointer_to(place: Place) -> str:
    """The pointer to this place; where it would be very long, to what the place lies in."""
    names: list[str | int] = []
    while place:
        place, name = place
        names.append(name)
    at = ""
    for name in reversed(names):
        longer = json_pointer(at, name)
        if len(longer) > LONGEST_POINTER:
            break
        at = longer
    return at


def is_storable(text: str) -> bool:
    """Whether both databases can hold this text."""
    return _UNSTORABLE.search(text) is None


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
    faults = refused.errors(include_url=False, include_input=False)[:200]
    # Each once: for a union pydantic tells of one value as often as there are alternatives.
    named = dict.fromkeys(
        (_pointer((*fault["loc"], *_inside(fault)), tree), _mend(fault)) for fault in faults
    )
    return sorted(islice(named, MOST_FAULTS))


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
