"""Somebody's text as lines: without what nobody sees, and safe in a header."""

from __future__ import annotations

import re
import unicodedata

_BREAKS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
JOINERS = "\u200c\u200d"
"""They shape what stands beside them: half of Persian and Hindi, and every family of emoji, need them."""
_SOFT_HYPHEN = "\u00ad"


def single_line(text: str) -> str:
    """The text without control characters and line breaks, trimmed: safe in a mail header.

    A joiner stays between two signs; a hyphen that shows only where a line ends goes without a trace.
    """
    if text.isprintable():  # nothing in it is a break, a joiner or a soft hyphen: most texts end here
        return " ".join(text.split())
    signs = text.replace(_SOFT_HYPHEN, "")
    kept = (sign if sign in JOINERS or not _breaks(sign) else " " for sign in signs)
    words = (word.strip(JOINERS) for word in "".join(kept).split())
    return " ".join(word for word in words if word)


def _breaks(sign: str) -> bool:
    return unicodedata.category(sign) in _BREAKS


def without_joiners(text: str) -> str:
    """The text as it is compared with what it must not be: nobody sees a joiner in the middle of it."""
    return re.sub(f"[{JOINERS}]", "", text)


def clean_lines(text: str) -> str:
    """The text in such lines: its line breaks stay."""
    return "\n".join(single_line(line) for line in re.split(r"\r\n|\r|\n", text)).strip()
