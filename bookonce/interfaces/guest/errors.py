"""Refusals of guest pages themselves, before any operation is called."""

from __future__ import annotations

from bookonce.foundation.errors import Refused


class NothingChosen(Refused):
    """A required choice was not made."""

    code = "invalid"
    status = 422
    title = "Something is missing."
    sentence = "Choose a time."
