"""What is said in another language: whole sentences, found as they are or by their template."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bookonce.domain.availability.problems import Mend
from bookonce.foundation import translation
from bookonce.foundation.errors import Sentence
from bookonce.interfaces.pages import template_environment
from bookonce.interfaces.pages.language import ReaderLanguage

GERMAN = ReaderLanguage("de-DE", "Europe/Berlin", datetime(2026, 11, 22, 12, tzinfo=UTC))
ENGLISH = ReaderLanguage("en", "Europe/Berlin", datetime(2026, 11, 22, 12, tzinfo=UTC))


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
        ("fr, de;q=0", "en"),
        ("fr, de ; Q=0.000, en-GB;q=0.1", "en-GB"),
        ("fr, en;q=0", "de"),
        ("en;q=0, de;q=0", "en"),
        ("fr, de-AT;q=0", "en"),
        ("de;q=0, de-CH", "de-CH"),
        ("de, de;q=0", "de"),
        ("de; q=0.4, en; q=0.5", "en"),
        ("en; q=0.4, de; q=0.5", "de"),
        ("de;q=nan, de;q=-1, de;q=2, de;q=1e0, de;q=", "en"),
        # What is beyond the limit is left out whole: half of a weight is another weight.
        (", " * 95 + "fr,de;q=0.9", "en"),
        (", " * 94 + " fr,de;q=0.9", "de"),
    ],
)
def test_which_language_a_reader_wants(header: str, tag: str) -> None:
    assert template_environment.reader_language(header) == tag


def test_a_sentence_is_said_with_its_places() -> None:
    assert GERMAN.say("with {host}", host="Hana") == "mit Hana"
    assert ENGLISH.say("with {host}", host="Hana") == "with Hana"
    assert GERMAN.say("You're booked") == "Ihr Termin steht"


NUMBERS = Sentence("Choose a number from {low} to {high}.", low=1, high=9)


def test_a_refusal_with_a_number_in_it_carries_its_template() -> None:
    assert NUMBERS == ENGLISH.say(NUMBERS) == "Choose a number from 1 to 9."
    assert GERMAN.say(NUMBERS) == "Wählen Sie eine Zahl von 1 bis 9."
    assert GERMAN.say(Mend("Give at most {most} ranges a day.", most=3)) == (
        "Geben Sie höchstens 3 Spannen am Tag an."
    )
    assert GERMAN.say(str(NUMBERS)) == str(NUMBERS), "what is finished is not looked for"


def test_a_sentence_in_a_sentence_is_said_in_the_same_language() -> None:
    for few, said in ((1, "Geben Sie mindestens 1 Eintrag an."), (3, "Geben Sie mindestens 3 Einträge an.")):
        things = Sentence.of_count("entry", "entries", few)
        assert (
            GERMAN.say(Sentence("Give at least {min_length} {things}.", min_length=few, things=things))
            == said
        )
    assert Sentence.of_count("entry", "entries", 1) == "entry"
    assert Sentence.of_count("entry", "entries", 0) == "entries"


def test_what_somebody_typed_is_never_taken_for_a_sentence_of_ours() -> None:
    typed = Sentence("with {host}", host="You're booked")
    assert GERMAN.say(typed) == "mit You're booked"
    assert GERMAN.say(Sentence("with {host}", host="{host}"), host="Hana") == "mit {host}"


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda said: pickle.loads(pickle.dumps(said))])
def test_a_copy_knows_what_it_was_made_of(again: Callable[[Sentence], Sentence]) -> None:
    for said in (NUMBERS, Sentence("with {host}", host="{}"), Sentence.of_count("entry", "entries", 2)):
        same = again(said)
        assert (same, GERMAN.say(same)) == (said, GERMAN.say(said))


def test_a_date_in_a_sentence_stays() -> None:
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
    monkeypatch.setattr(translation, "load_catalogue", lambda language: known)
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
    translation.load_catalogue.cache_clear()
    try:
        assert translation.translate_plural("pl", "{count} open link", "{count} open links", number) == said
    finally:
        translation.load_catalogue.cache_clear()


def test_values_are_no_templates() -> None:
    assert GERMAN.say("with {host}", host="{host}") == "mit {host}"
    odd = Sentence("Choose a number from {low} to {high}.", low="{0}", high="{__class__}")
    assert GERMAN.say(odd) == "Wählen Sie eine Zahl von {0} bis {__class__}."
