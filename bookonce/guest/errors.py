"""What a guest's page refuses by itself, before any operation is asked."""

from __future__ import annotations

from bookonce.foundation.errors import Refused
from bookonce.pages.errors import PageStale as PageStale
from bookonce.pages.errors import TooQuick as TooQuick


class NothingChosen(Refused):
    """The required choice, which has no default, was not made."""

    code = "invalid"
    status = 422
    title = "Something is missing."
    sentence = "Choose a time."


class MovedMeanwhile(PageStale):
    """The form is about the booking as it was before somebody moved it. ``data["said"]``: what it said."""

    code = "wrong_state"
    status = 409
    title = "The appointment was moved meanwhile."
    sentence = "It is now on {when}. If you want another time, choose it here."


class FromElsewhere(Refused):
    """The browser says that the form was sent by a page of somebody else."""

    code = "forbidden"
    status = 403
    title = "This form came from another place."
    sentence = "Open your link itself, and send the form from there."
