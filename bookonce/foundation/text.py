"""Text that people typed, as lines without invisible characters, safe in a mail header."""

from __future__ import annotations

import re
import unicodedata

_BREAKS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
JOINERS = "\u200c\u200d"
"""Zero-width joiners, which shape their neighbours: Persian, Hindi and composed emoji need them."""
_SOFT_HYPHEN = "\u00ad"


def fits_length(text: str, most: int) -> bool:
    """Whether the text has at most so many characters. A line break of two counts as one."""
    return len(text) <= most or ("\r\n" in text and len(text) - text.count("\r\n") <= most)


def single_line(text: str) -> str:
    """The text without control characters and line breaks, trimmed: safe in a mail header.

    A joiner between two characters stays; soft hyphens are removed.
    """
    if text.isprintable():  # no line break, joiner or soft hyphen in it: most texts end here
        return " ".join(text.split())
    signs = text.replace(_SOFT_HYPHEN, "")
    kept = (sign if sign in JOINERS or not _breaks(sign) else " " for sign in signs)
    words = (word.strip(JOINERS) for word in "".join(kept).split())
    return " ".join(word for word in words if word)


def _breaks(sign: str) -> bool:
    return unicodedata.category(sign) in _BREAKS


def without_joiners(text: str) -> str:
    """The text for comparisons: a joiner is invisible, and must not hide what the text is."""
    return re.sub(f"[{JOINERS}]", "", text)


def clean_lines(text: str) -> str:
    """The text with every line as in ``single_line``; its line breaks stay."""
    return "\n".join(single_line(line) for line in re.split(r"\r\n|\r|\n", text)).strip()
