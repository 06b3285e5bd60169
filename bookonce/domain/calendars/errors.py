"""The refusals of calendars."""

from __future__ import annotations

from bookonce.foundation.errors import NotFound, Refused


class CalendarUnknown(NotFound):
    """No such calendar in this workspace, or not for you."""

    title = "There is no such calendar"


class SlugTaken(Refused):
    """Another calendar of this workspace has this address."""

    code = "invalid"
    status = 422
    title = "This address is taken"
    sentence = "Another calendar has this address already. Choose another one."


class CalendarChanged(Refused):
    """It was saved since you opened it, by somebody else or by you. ``data["now_is"]`` is what it is now."""

    code = "wrong_state"
    status = 409
    title = "This calendar was changed meanwhile"
    sentence = "It was saved in another place since you opened it. Nothing of yours was saved yet."
