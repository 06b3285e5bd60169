"""How words part and what stands how far from what: rules of the stylesheets that no browser here can show.

Chromium comes without the dictionaries by which words are parted; Firefox has them (docs/browsers.md).
"""

from __future__ import annotations

import pytest

from tests.interfaces.pages.stylesheet import rules, text


def said_of(selector: str, *sheets: str) -> dict[str, str]:
    """What the last rules that name just this selector say of it, outside of any condition."""
    found: dict[str, str] = {}
    for sheet in sheets or ("bookonce.css",):
        for rule in rules(text(sheet)):
            if not rule.conditions and selector in [one.strip() for one in rule.selector.split(",")]:
                found |= dict(rule.said)
    return found


@pytest.mark.parametrize("selector", ["h1", "h2", "legend", "label", ".told", ".message", ".lead", ".what"])
def test_long_words_part_where_their_language_parts_them(selector: str) -> None:
    said = said_of(selector)
    assert (said["hyphens"], said["-webkit-hyphens"]) == ("auto", "auto")


@pytest.mark.parametrize("selector", [".when", ".month", ".times", ".routes", ".sent", ".known", "code"])
def test_days_times_and_addresses_never_get_a_hyphen(selector: str) -> None:
    assert said_of(selector)["hyphens"] == "manual"


def test_names_of_calendars_part_at_the_desk_and_what_may_be_an_address_does_not() -> None:
    assert said_of(".names h2", "bookonce.css", "desk.css")["hyphens"] == "auto"
    assert said_of(".row h2", "bookonce.css", "desk.css")["hyphens"] == "manual"


def test_only_long_words_part_and_where_that_is_not_known_anywhere() -> None:
    said = said_of("body")
    assert said["hyphenate-limit-chars"] == "12 4 4", "no Donnerst-ag"
    assert said["overflow-wrap"] == "anywhere"


def test_what_is_known_stands_as_far_from_a_field_as_fields_do() -> None:
    assert said_of(".known")["margin-block-end"] == said_of(".field")["margin-block"].split()[-1]


def test_an_error_under_a_legend_leaves_the_choices_room() -> None:
    assert said_of("legend + .error")["margin-block-end"] == said_of("legend")["margin"].split()[-1]
