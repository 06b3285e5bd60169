"""Refusals of pages with forms themselves, before an operation is called."""

from __future__ import annotations

from bookonce.foundation.errors import Refused


class PageStale(Refused):
    """The form's token is not ours, for another purpose or subject, or a day old."""

    code = "invalid"
    status = 422
    title = "This page was open for too long."
    sentence = "Nothing is lost. Please look at it again and repeat your last step."


class TooQuick(Refused):
    """The form came back faster than a person can press, as from a robot."""

    code = "invalid"
    status = 422
    title = "One moment, please."
    sentence = "Nothing is lost. Have a quick look, and press the button once more."


class MovedMeanwhile(PageStale):
    """The form is about an earlier version of its subject. ``data["said"]``: what its token carries."""

    code = "wrong_state"
    status = 409
    title = "The appointment was moved meanwhile."
    sentence = "It is now on {when}. If you want another time, choose it here."


class FromElsewhere(Refused):
    """The browser says that another site's page sent the form."""

    code = "forbidden"
    status = 403
    title = "This form came from another place."
    sentence = "Open your link itself, and send the form from there."
