"""Somebody's text as lines: without what nobody sees, and safe in a header."""

from __future__ import annotations

import re
import unicodedata

_BREAKS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def one_line(text: str) -> str:
    """The text without control characters and line breaks, trimmed: safe in a mail header."""
    kept = (" " if unicodedata.category(sign) in _BREAKS else sign for sign in text)
    return " ".join("".join(kept).split())


def many_lines(text: str) -> str:
    """The same, but for line breaks, which stay."""
    return "\n".join(one_line(line) for line in re.split(r"\r\n|\r|\n", text)).strip()
