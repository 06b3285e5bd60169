"""No secret in a log line (promise 22): tokens, keys and set-up addresses become an ellipsis."""

from __future__ import annotations

import logging
import re

from bookonce.foundation.guest_paths import GuestPath

_BEFORE_TOKENS = (
    *(path for path in GuestPath if path.carries_token),
    *("setup", "password/new", "email/new", "public/links"),
)
SECRET = re.compile(
    rf"(?P<path>/(?:{'|'.join(_BEFORE_TOKENS)})/)[^/\s?\"'<>]+"
    r"|bko_\w+"
    # A token stands alone; an id of the same alphabet has its prefix before it.
    r"|(?<![0-9A-Za-z_-])[0-9A-Za-z]{23}(?![0-9A-Za-z_-])"
    r"|(?<![0-9A-Za-z_-])[0-9A-Za-z]{43}(?![0-9A-Za-z_-])"
)


def redact(text: str) -> str:
    """The text without tokens, keys and set-up secrets."""
    return SECRET.sub(lambda found: f"{found['path'] or ''}…", text)


class RedactingFormatter(logging.Formatter):
    """Redacts the formatted line, with tracebacks and the text of exceptions."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))
