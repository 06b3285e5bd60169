"""Pages hold no script, style or handler of their own and fetch from nobody else: the CSP refuses them."""

from __future__ import annotations

import re

import pytest

from tests.house.house import name_of, tracked

NEVER = {
    "a script in the page": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(ld\+)?json\")", re.I
    ),
    "a style in the page": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "a handler in an attribute": re.compile(r"<[^>{]*\son[a-z]+\s*=", re.I),
    "something from elsewhere": re.compile(r"\b(src|srcset|action)\s*=\s*[\"']?(https?:)?//", re.I),
    "a stylesheet from elsewhere": re.compile(r"<link[^>]*href\s*=\s*[\"']?(https?:)?//", re.I),
    "text taken as HTML": re.compile(r"\|\s*safe\b|autoescape\s+(false|off)", re.I),
}


@pytest.mark.parametrize("what", NEVER)
def test_no_template_has(what: str) -> None:
    found = [
        f"{name_of(path)}:{text.count(chr(10), 0, match.start()) + 1} {match.group()}"
        for path in tracked("bookonce/*.html")
        for text in [path.read_text()]
        if not (
            what == "a style in the page" and "/mail/" in name_of(path)
        )  # a mail has no other place for it
        for match in NEVER[what].finditer(text)
    ]
    assert not found, "\n".join(found)
