"""The catalogues are whole: what is said in another language says the same, with the same places."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from tests.house.house import ROOT, name_of, tracked

NAMES = [name_of(path) for path in tracked("bookonce/locale/*.po")]
PLACE = re.compile(r"\{\w+\}")


def messages(name: str) -> Iterator[Message]:
    with (ROOT / name).open("rb") as file:
        yield from (message for message in read_po(file) if message.id)


def forms(said: object) -> list[str]:
    return [said] if isinstance(said, str) else [str(form) for form in said or ()]  # type: ignore[attr-defined]


def test_there_is_german() -> None:
    assert "bookonce/locale/de/LC_MESSAGES/bookonce.po" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_nothing_said_is_in_doubt(name: str) -> None:
    assert not [message.id for message in messages(name) if message.fuzzy]


@pytest.mark.parametrize("name", NAMES)
def test_every_place_is_kept(name: str) -> None:
    differing = []
    for message in messages(name):
        wanted = set(PLACE.findall(forms(message.id)[-1]))
        differing += [said for said in forms(message.string) if said and set(PLACE.findall(said)) != wanted]
    assert not differing, "\n".join(differing)
