"""Why guests cancel, as they choose it from a list; kept in one language, told in its reader's."""

from __future__ import annotations

from bookonce.foundation import translation
from bookonce.foundation.translation import gettext_noop

CHOSEN = {
    "cannot": gettext_noop("I can't make it"),
    "another_time": gettext_noop("I'll ask for another time"),
}


def reason_text(reason: str, language: str) -> str:
    """A reason in the reader's language where it was chosen; what somebody wrote stays as it is."""
    return translation.translate(language, reason) if reason in CHOSEN.values() else reason
