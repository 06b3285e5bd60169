"""What a guest's page refuses by itself, before any operation is asked."""

from __future__ import annotations

from bookonce.foundation.errors import Refused


class NothingChosen(Refused):
    """The required choice, which has no default, was not made."""

    code = "invalid"
    status = 422
    title = "Something is missing."
    sentence = "Choose a time."
