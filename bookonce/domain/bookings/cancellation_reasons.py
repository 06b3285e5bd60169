"""The reasons for cancelling that guests choose from; stored in English, shown in the reader's language."""

from __future__ import annotations

from bookonce.foundation import translation
from bookonce.foundation.translation import gettext_noop

CHOSEN = {
    "cannot": gettext_noop("I can't make it"),
    "another_time": gettext_noop("I'll ask for another time"),
}


def reason_text(reason: str, language: str) -> str:
    """A chosen reason in the reader's language; text that somebody wrote is returned unchanged."""
    return translation.translate(language, reason) if reason in CHOSEN.values() else reason
