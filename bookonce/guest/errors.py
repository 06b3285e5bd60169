"""What a guest's page refuses by itself, before any operation is asked."""

from __future__ import annotations

from bookonce.errors import Refused


class PageStale(Refused):
    """The form's token is not one of ours, not for this, or a day old."""

    code = "invalid"
    status = 422
    title = "This page was open for too long."
    sentence = "Nothing is lost. Please look at it again and repeat your last step."


class TooQuick(Refused):
    """The form came back faster than a person presses; a robot that presses everything does so."""

    code = "invalid"
    status = 422
    title = "That was very quick."
    sentence = "Nothing is lost. Please check it and press the button once more."


class NothingChosen(Refused):
    """The required choice, which has no default, was not made."""

    code = "invalid"
    status = 422
    title = "Something is missing."
    sentence = "Choose a time."


class FromElsewhere(Refused):
    """The browser says that the form was sent by a page of somebody else."""

    code = "forbidden"
    status = 403
    title = "This form came from another place."
    sentence = "Open your link itself, and send the form from there."
