"""What older browsers do not know is never all there is (docs/browsers.md).

A declaration that a browser cannot read is left out, one that leans on such a token counts as empty, and
a selector that it cannot read takes its whole rule along: colours are plain first, what is new stands apart.
"""

from __future__ import annotations

import re

import pytest

from bookonce.foundation import accent_colours
from bookonce.interfaces.pages import assets
from tests.interfaces.pages.stylesheet import SHEETS, Rule, rules, text, tokens

SCRIPTS = sorted(path.name for path in (assets.FOLDER / "js").glob("*.js"))

NEW_VALUES = {
    r"light-dark\(": "light-dark",
    r"color-mix\(": "color-mix",
    r"oklch\(": "light-dark",
    r"span-inline|block-end span": "position-area",
}
"""Values that no browser of the floor has to know, and what an ``@supports`` around them asks for."""

NEW_BESIDE_OLD = (r"\d(dvh|svh|lvh)\b", r"\" / \"", r"^clip$")
"""Values that may stand alone where the same property has an older one just before."""

NEW_SELECTORS = {":has(": "selector(:has(*))", ":popover-open": "selector(:popover-open)"}
GUESTS = ["bookonce.css"]
"""What a guest's page is made of; the desk may use ``:has()`` (docs/browsers.md says from when on)."""

NEW_IN_SCRIPT = {
    "a look behind in a pattern, which breaks the whole file": r"\(\?<[=!]",
    "requestSubmit": r"\brequestSubmit\b",
    "at() of a list": r"\.at\(",
    "a selector for open popovers (popovers.js knows it)": r"[\"'`][^\"'`]*:popover-open",
    "what came after 2021": r"\.(findLast|findLastIndex|toSorted|toReversed|toSpliced|with|groupBy|hasOwn)\("
    r"|\bstructuredClone\b|\bstatic \{|^\s+#\w+|\bawait import\b|\bwithResolvers\b|/v[;,.)]",
}
"""Newer than Safari 15 and Chrome 100: none of these is needed here."""


def test_every_colour_has_a_plain_one_that_looks_the_same() -> None:
    plain: dict[bool, dict[str, str]] = {False: {}, True: {}}
    for rule in rules(text("bookonce.css")):
        if rule.selector == ":root" and not rule.guarded(by="light-dark"):
            plain[any("dark" in one for one in rule.conditions)] |= dict(rule.said)
    for name, pair in tokens().items():
        for dark, colour in enumerate(pair):
            told = "#" + "".join(f"{round(part * 255):02x}" for part in accent_colours.to_rgb(colour))
            assert plain[bool(dark)].get(f"--{name}") == told, f"--{name}, dark: {bool(dark)}"
    assert len(tokens()) > 10


@pytest.mark.parametrize("name", [*SHEETS, "an accent"])
def test_new_values_stand_behind_a_question(name: str) -> None:
    css = accent_colours.accent_stylesheet("ffcc00") if name == "an accent" else text(name)
    for rule in rules(css):
        for said, value in rule.said:
            for new, asked in NEW_VALUES.items():
                known = any(rule.guarded(by) for by in (asked, "position-area"))
                assert not re.search(new, value) or known, f"{name}: {rule.selector} {{ {said}: {value} }}"


def test_the_accent_is_plain_first() -> None:
    first, dark, both = rules(accent_colours.accent_stylesheet("ffcc00"))
    assert first.conditions == ()
    assert dict(first.said)["--accent"] == accent_colours.readable_accent("ffcc00", "light").accent
    assert dark.conditions == ("@media screen and (prefers-color-scheme:dark)",)
    assert dict(dark.said)["--accent"] == accent_colours.readable_accent("ffcc00", "dark").accent
    assert both.guarded(by="light-dark")
    assert {name for name, _ in dark.said} == {name for name, _ in both.said}


@pytest.mark.parametrize("name", SHEETS)
def test_newer_units_have_older_ones_before(name: str) -> None:
    for rule in rules(text(name)):
        for number, (said, value) in enumerate(rule.said):
            for new in NEW_BESIDE_OLD:
                if re.search(new, value) and not rule.guarded(by="("):
                    before = [was for one, was in rule.said[:number] if one == said]
                    older = any(not re.search(new, was) for was in before)
                    assert older, f"{name}: {rule.selector} {{ {said}: {value} }}"


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("new", NEW_SELECTORS)
def test_new_selectors_take_no_others_along(name: str, new: str) -> None:
    for rule in rules(text(name)):
        if new not in rule.selector or rule.guarded(by=NEW_SELECTORS[new]):
            continue
        assert name not in GUESTS or only_hides(rule), f"{name}: {rule.selector}"
        if new == ":popover-open":
            assert {said for said, _ in rule.said} == {"animation"}, f"{name}: {rule.selector}"


def only_hides(rule: Rule) -> bool:
    """Where the rule is not read, more is shown: a button that stays."""
    return rule.said == (("display", "none"),)


@pytest.mark.parametrize("name", SHEETS)
def test_safari_selects_no_text_where_none_is_meant(name: str) -> None:
    for rule in rules(text(name)):
        said = {one for one, _ in rule.said}
        assert ("user-select" in said) == ("-webkit-user-select" in said), f"{name}: {rule.selector}"


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_read_by_browsers_of_2021(name: str) -> None:
    script = (assets.FOLDER / "js" / name).read_text()
    for what, pattern in NEW_IN_SCRIPT.items():
        found = re.search(pattern, script, re.M)
        allowed = name == "popovers.js" and "popover" in what
        assert not found or allowed, f"{name}: {what}: {found.group()}"


@pytest.mark.parametrize("name", [name for name in SHEETS if name not in GUESTS])
def test_a_phone_does_not_zoom_into_a_field(name: str) -> None:
    """An iPhone does where letters are smaller than 16 px; guests have 17 everywhere."""
    small = re.compile(r"var\(--(small|tiny)\)|^0?\.\d+r?em$")
    for rule in rules(text(name)):
        for one in rule.selector.split(", "):
            is_field = re.search(r"(?<![\w-])(input|select|textarea|\.by-hand)(\[[^]]*\])*$", one)
            if is_field and small.search(dict(rule.said).get("font-size", "")):
                assert any(
                    other.selector == one and "16px" in dict(other.said).get("font-size", "")
                    for other in rules(text(name))
                ), f"{name}: {one}"
