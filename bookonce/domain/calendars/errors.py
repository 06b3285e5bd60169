"""The refusals of calendars."""

from __future__ import annotations

from bookonce.foundation.errors import NotFound, Refused


class CalendarUnknown(NotFound):
    """No such calendar in this workspace."""

    title = "There is no such calendar"


class SlugTaken(Refused):
    """Another calendar of this workspace has this slug."""

    code = "invalid"
    status = 422
    title = "This address is taken"
    sentence = "Another calendar has this address already. Choose another one."


class CalendarChanged(Refused):
    """It was saved after the version that this change is based on. ``data["now_is"]``: the calendar now."""

    code = "wrong_state"
    status = 409
    title = "This calendar was changed meanwhile"
    sentence = "It was saved in another place since you opened it. Nothing of yours was saved yet."
