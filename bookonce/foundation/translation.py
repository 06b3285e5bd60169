"""What was written in English, in another language: read from ``locale/<language>/LC_MESSAGES/bookonce.po``.

The catalogue is read as it is written; there is no compiled form that could be older. A refusal is made on
floors that know of no language, often with a number in it: its text carries the template that stands
here, and the values that fill it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import Any, Protocol, TypeGuard

from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parents[1] / "locale"
SOURCE = "en"
"""The language that everything is written in first."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language's sentences, by the English ones; ``form`` says which of several a number takes."""

    said: dict[str, str] = field(default_factory=dict)
    many: dict[str, tuple[str, ...]] = field(default_factory=dict)
    form: Callable[[int], int] = lambda number: int(number != 1)


class Templated(Protocol):
    """Text that knows how it was made, like ``errors.Sentence``."""

    template: str
    many: str
    values: Mapping[str, Any]


def is_templated(text: object) -> TypeGuard[Templated]:
    """Whether this text brings the values that fill its template."""
    return type(text) is not str and hasattr(text, "template")


@cache
def available_languages() -> tuple[str, ...]:
    """Every language that there is a catalogue of; the one that all is written in comes first."""
    return (SOURCE, *sorted(path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/bookonce.po")))


def gettext_noop(text: str) -> str:
    """The text itself, marked for the catalogues: for what is said later, and is no sentence by its form."""
    return text


def translate(language: str, text: str) -> str:
    """The sentence in this language; itself where nobody wrote it.

    The ``{places}`` of a plain text are still open; a text with values of its own is whole.
    """
    if language == SOURCE:
        return text
    return _whole(language, text) if is_templated(text) else load_catalogue(language).said.get(text, text)


def _whole(language: str, text: Templated) -> str:
    values = {
        name: _whole(language, value) if is_templated(value) else value for name, value in text.values.items()
    }
    if text.many:
        said = translate_plural(language, text.template, text.many, int(text.values["count"]))
    else:
        said = translate(language, text.template)
    return said.format(**values)


def translate_plural(language: str, one: str, many: str, number: int) -> str:
    """The sentence for so many, with its places still open."""
    known = Catalogue() if language == SOURCE else load_catalogue(language)
    forms = known.many.get(one)
    return forms[known.form(number)] if forms else (one, many)[number != 1]


@cache
def load_catalogue(language: str) -> Catalogue:
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
    return Catalogue(said, many, c2py(read.plural_expr))
