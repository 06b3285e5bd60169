"""Refusals about copies of the database; what they say is for operators, in English."""

from __future__ import annotations

from bookonce.foundation.errors import Refused

UNWRITTEN = "The copy could not be written: {reason}."
DAMAGED = "{copy} is damaged ({reason})."


class CopyFailed(Refused):
    """A copy could not be written or put back; nothing was left of it, and nothing was changed."""

    title = "The copy failed"


class CopyUnusable(Refused):
    """The file is no copy that can be put back here."""

    title = "The copy cannot be used"


class ProgramMissing(Refused):
    """A program of PostgreSQL is not on this machine."""

    title = "A program is missing"
