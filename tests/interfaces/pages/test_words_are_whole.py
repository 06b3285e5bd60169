"""Every sentence is in the catalogues, and every language says it. Where this is red, run ``make words``.

Not among the tests of the house: whoever adds words can publish them; the whole suite asks for the rest.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.house.house import ROOT
from tools import words

LANGUAGES = sorted((ROOT / "bookonce" / "locale").glob("*/LC_MESSAGES/bookonce.po"))
Key = tuple[str, ...]


def _key(said: object) -> Key:
    return (said,) if isinstance(said, str) else tuple(said)  # type: ignore[arg-type]


def _kept(path: Path) -> dict[Key, Key]:
    with path.open("rb") as file:
        return {_key(message.id): _key(message.string or "") for message in read_po(file) if message.id}


def test_the_template_knows_every_sentence() -> None:
    wanted = {_key(message.id) for message in words.template() if message.id}
    kept = set(_kept(words.TEMPLATE))
    assert kept == wanted, f"make words: {sorted(kept ^ wanted)}"


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.parent.parent.name)
def test_every_language_says_it_all(path: Path) -> None:
    said = _kept(path)
    missing = [key for key in _kept(words.TEMPLATE) if not all(said.get(key, ("",)))]
    assert not missing, f"make words, and translate: {missing}"


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.parent.parent.name)
def test_nothing_is_said_twice_over(path: Path) -> None:
    twice = [said for saying in _kept(path).values() for said in saying if re.search(r"(.{15,}?)\s*\1", said)]
    assert not twice


def test_what_is_gathered_is_what_people_read() -> None:
    found = {said if isinstance(said, str) else said[0] for _, said in words.sentences()}
    assert {
        "You're booked",
        "Choose a number from {low} to {high}.",
        "with {host}",
        "{host} will call you.",
        "{count} open link",
    } <= found
    assert not [text for text in found if "SELECT " in text or text.startswith("bookonce.")]
