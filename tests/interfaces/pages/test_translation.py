"""What is said in another language: whole sentences, found as they are or by their shape."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bookonce.foundation import translation
from bookonce.interfaces.pages import template_environment
from bookonce.interfaces.pages.language import Voice

GERMAN = Voice("de-DE", "Europe/Berlin", datetime(2026, 11, 22, 12, tzinfo=UTC))
ENGLISH = Voice("en", "Europe/Berlin", datetime(2026, 11, 22, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de-DE"),
        ("de", "de"),
        ("de-CH, en", "de-CH"),
        ("en-GB, de", "en-GB"),
        ("fr-FR, de;q=0.5", "de"),
        ("fr-FR, en", "en-FR"),
        ("", "en"),
    ],
)
def test_which_language_a_reader_wants(header: str, tag: str) -> None:
    assert template_environment.reader_of(header) == tag


def test_a_sentence_is_said_with_its_places() -> None:
    assert GERMAN.say("with {host}", host="Hana") == "mit Hana"
    assert ENGLISH.say("with {host}", host="Hana") == "with Hana"
    assert GERMAN.say("You're booked") == "Ihr Termin steht"


def test_a_refusal_with_a_number_in_it_is_found_by_its_shape() -> None:
    assert GERMAN.say("Choose a number from 1 to 9.") == "Wählen Sie eine Zahl von 1 bis 9."
    assert GERMAN.say("Give at most 3 ranges a day.") == "Geben Sie höchstens 3 Spannen am Tag an."
    assert GERMAN.say("Write the date as 2026-12-24.") == "Schreiben Sie das Datum wie 2026-12-24."


@pytest.mark.parametrize("text", ["", "Wartung am {tag}", "Hana's call", "a" * 1000, "{", "Choose 5"])
def test_what_is_not_ours_stays_as_it_is(text: str) -> None:
    assert GERMAN.say(text) == text


@pytest.mark.parametrize(("number", "said"), [(0, "0 apples"), (1, "1 apple"), (2, "2 apples")])
def test_one_and_many(number: int, said: str) -> None:
    assert ENGLISH.count("{count} apple", "{count} apples", number) == said
    assert GERMAN.count("{count} apple", "{count} apples", number) == said, "nobody has translated apples"


def test_one_and_many_in_german(monkeypatch: pytest.MonkeyPatch) -> None:
    known = translation.Catalogue(many={"{count} apple": ("{count} Apfel", "{count} Äpfel")})
    monkeypatch.setattr(translation, "catalogue", lambda language: known)
    said = [GERMAN.count("{count} apple", "{count} apples", number) for number in (0, 1, 2)]
    assert said == ["0 Äpfel", "1 Apfel", "2 Äpfel"]


POLISH = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"

msgid "{count} open link"
msgid_plural "{count} open links"
msgstr[0] "{count} otwarty link"
msgstr[1] "{count} otwarte linki"
msgstr[2] "{count} otwartych linków"
"""


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "{count} otwarty link"),
        (3, "{count} otwarte linki"),
        (5, "{count} otwartych linków"),
        (22, "{count} otwarte linki"),
    ],
)
def test_a_language_brings_its_own_rule_for_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    file = tmp_path / "pl" / "LC_MESSAGES" / "bookonce.po"
    file.parent.mkdir(parents=True)
    file.write_text(POLISH, encoding="utf-8")
    monkeypatch.setattr(translation, "FOLDER", tmp_path)
    translation.catalogue.cache_clear()
    try:
        assert translation.say_many("pl", "{count} open link", "{count} open links", number) == said
    finally:
        translation.catalogue.cache_clear()


def test_values_are_no_templates() -> None:
    assert GERMAN.say("with {host}", host="{host}") == "mit {host}"
    assert (
        GERMAN.say("Choose a number from {0} to {__class__}.")
        == "Wählen Sie eine Zahl von {0} bis {__class__}."
    )
