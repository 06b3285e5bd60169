"""What was written in English, in another language: read from ``locale/<language>/LC_MESSAGES/bookonce.po``.

The catalogue is read as it is written; there is no compiled form that could be older. A refusal is made on
floors that know of no language, often with a number in it, so it is found by its shape: "Choose a number from
1 to 9." is an instance of "Choose a number from {low} to {high}.".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from gettext import c2py
from pathlib import Path

from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parents[1] / "locale"
SOURCE = "en"
"""The language that everything is written in first."""

_PLACE = re.compile(r"\{(\w+)\}")
LONGEST = 500
"""No sentence of ours is longer; what is, is not looked for by its shape."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language's sentences, by the English ones; ``form`` says which of several a number takes."""

    said: dict[str, str] = field(default_factory=dict)
    many: dict[str, tuple[str, ...]] = field(default_factory=dict)
    shapes: tuple[tuple[re.Pattern[str], str], ...] = ()
    form: Callable[[int], int] = lambda number: int(number != 1)


@cache
def languages() -> tuple[str, ...]:
    """Every language that there is a catalogue of; the one that all is written in comes first."""
    return (SOURCE, *sorted(path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/bookonce.po")))


def mark(text: str) -> str:
    """The text itself, marked for the catalogues: for what is said later, and is no sentence by its form."""
    return text


def say(language: str, text: str) -> str:
    """The sentence in this language, with its ``{places}`` still open; itself where nobody wrote it."""
    if language == SOURCE:
        return text
    known = catalogue(language).said.get(text)
    return known if known is not None else _by_shape(language, text)


def say_many(language: str, one: str, many: str, number: int) -> str:
    """The sentence for so many, with its places still open."""
    known = Catalogue() if language == SOURCE else catalogue(language)
    forms = known.many.get(one)
    return forms[known.form(number)] if forms else (one, many)[number != 1]


@lru_cache(maxsize=4096)
def _by_shape(language: str, text: str) -> str:
    if len(text) > LONGEST:
        return text
    for shape, said in catalogue(language).shapes:
        found = shape.fullmatch(text)
        if found:
            parts = _PLACE.split(said)
            parts[1::2] = [say(language, found[name]) for name in parts[1::2]]
            return "".join(parts)
    return text


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue as its file has it; messages that somebody has yet to look at are left out."""
    path = FOLDER / language / "LC_MESSAGES" / "bookonce.po"
    if not path.is_file():
        return Catalogue()
    said: dict[str, str] = {}
    many: dict[str, tuple[str, ...]] = {}
    with path.open("rb") as file:
        read = read_po(file, locale=language)
    for message in read:
        if not message.id or not message.string or message.fuzzy:
            continue
        if isinstance(message.id, str):
            said[message.id] = str(message.string)
        elif all(message.string):
            many[message.id[0]] = tuple(message.string)
    # The one with the most words of its own is the surest.
    surest = sorted(said, key=lambda text: -len(_PLACE.sub("", text)))
    shapes = tuple(_shapes({text: said[text] for text in surest}))
    return Catalogue(said, many, shapes, c2py(read.plural_expr))


def _shapes(said: dict[str, str]) -> Iterator[tuple[re.Pattern[str], str]]:
    for text, other in said.items():
        parts = _PLACE.split(text)
        # What is nearly all places would be found in anything.
        if len(parts) > 1 and len("".join(parts[::2]).strip()) > 5:
            fixed = (re.escape(part) for part in parts[::2])
            names = (f"(?P<{name}>.+?)" for name in parts[1::2])
            yield (
                re.compile(
                    "".join(part for pair in zip(fixed, [*names, ""], strict=True) for part in pair),
                    re.DOTALL,
                ),
                other,
            )
