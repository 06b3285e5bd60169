"""What any page with a form refuses by itself, before an operation is asked."""

from __future__ import annotations

from bookonce.foundation.errors import Refused


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
    title = "One moment, please."
    sentence = "Nothing is lost. Have a quick look, and press the button once more."


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
