"""Names keep the signs that they are made of, and lose what nobody should see."""

from __future__ import annotations

import pytest

from bookonce.foundation.text import clean_lines, single_line


@pytest.mark.parametrize(
    "name",
    ["نمی\u200cشود", "क्\u200dष", "👩\u200d💻", "Zoë d'Été"],
    ids=["persian", "hindi", "emoji", "plain"],
)
def test_a_name_keeps_its_joiners(name: str) -> None:
    assert single_line(name) == name
    assert clean_lines(f"{name}\r\n{name}") == f"{name}\n{name}"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Donau\u00addampf", "Donaudampf"),
        ("Ana\u202egnp.exe\u2066", "Ana gnp.exe"),
        ("Gil\u200d\r\nBcc: eve@example.com", "Gil Bcc: eve@example.com"),
        ("A\x0b\x1eB\u2028C\x85D", "A B C D"),
        ("\u200dGil\u200c Guest\u200d", "Gil Guest"),
        ("\u200d \u200c\u00ad", ""),
    ],
)
def test_what_nobody_sees_goes(typed: str, kept: str) -> None:
    assert single_line(typed) == kept
