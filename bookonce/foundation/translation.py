"""Translations of English text, read from ``locale/<language>/LC_MESSAGES/bookonce.po``.

Catalogues are not compiled, so that no compiled file can be out of date. Refusals are raised on floors that
know of no language, often with values in them: their text carries its template, which is the message here,
and the values.
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
"""The language of the source."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language's messages by the English ones; ``form`` maps a number to its plural form."""

    said: dict[str, str] = field(default_factory=dict)
    many: dict[str, tuple[str, ...]] = field(default_factory=dict)
    form: Callable[[int], int] = lambda number: int(number != 1)


class Templated(Protocol):
    """Text with its template and values, like ``errors.Sentence``."""

    template: str
    many: str
    values: Mapping[str, Any]


def is_templated(text: object) -> TypeGuard[Templated]:
    """Whether this text carries its template and values."""
    # By its form and not its type: the pure room of availability has a sentence of its own (``Mend``).
    return type(text) is not str and hasattr(text, "template")


@cache
def available_languages() -> tuple[str, ...]:
    """Every language with a catalogue; ``SOURCE`` comes first."""
    return (SOURCE, *sorted(path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/bookonce.po")))


def gettext_noop(text: str) -> str:
    """The text itself; marks it for the catalogues where its form does not show that it is a sentence."""
    return text


def translate(language: str, text: str) -> str:
    """The text in this language; unchanged where it has no translation.

    The ``{places}`` of a plain text are left as they are; those of one with values of its own are filled in.
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
    """The text in the plural form for ``number``, its ``{places}`` left as they are."""
    known = Catalogue() if language == SOURCE else load_catalogue(language)
    forms = known.many.get(one)
    return forms[known.form(number)] if forms else (one, many)[number != 1]


@cache
def load_catalogue(language: str) -> Catalogue:
    """The catalogue of this language; messages marked fuzzy are left out."""
    path = FOLDER / language / "LC_MESSAGES" / "bookonce.po"
    if not path.is_file():
        return Catalogue()
    said: dict[str, str] = {}
    many: dict[str, tuple[str, ...]] = {}
    with path.open("rb") as file:
        read = read_po(file, locale=language)
    for message in read:
        # A guess of the tool, until somebody has confirmed it: English is better than a wrong sentence.
        if not message.id or not message.string or message.fuzzy:
            continue
        if isinstance(message.id, str):
            said[message.id] = str(message.string)
        elif all(message.string):
            many[message.id[0]] = tuple(message.string)
    # The rule of the catalogue's header: languages differ in how many forms they have, and for which numbers.
    return Catalogue(said, many, c2py(read.plural_expr))
