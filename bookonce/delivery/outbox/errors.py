"""Why a message did not arrive. The reasons are ours: they hold no address, no token, no text of a guest."""

from __future__ import annotations

from datetime import timedelta

from bookonce.foundation.errors import WrongState


class NoServer(WrongState):
    """Somebody asks to send a mail again, and no mail server is set."""

    title = "Nothing can be sent yet"
    sentence = "No mail server is set up, so nothing was sent. The Outbox says how to set one up."


class NotDelivered(Exception):
    """An attempt failed; a later one may succeed. ``reason`` is short and safe to log."""

    for_good = False
    at_once = False
    moot = False

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class ServerUnusable(NotDelivered):
    """The server itself could not be used: the message goes once it is back.

    Its reason begins as one of ``REASONS``, by which rows are found that wait for the server.
    """

    REASONS = (
        "the mail server could not be used",
        "the server refused",
        "the server offers no STARTTLS",
        "the server takes no sign-in",
    )


class Undeliverable(NotDelivered):
    """The other side refused this permanently."""

    for_good = True


class Unaddressed(Undeliverable):
    """Its address cannot be written in a header: no later attempt could succeed."""

    at_once = True


class Unmakeable(Undeliverable):
    """The message cannot be made from its event: every attempt would meet the same fault of ours.

    Its reason begins with ``REASON``, by which those are found of which somebody must hear.
    """

    REASON = "it cannot be made"
    at_once = True


class Postponed(NotDelivered):
    """No attempt was made: try again after ``wait``; none is counted."""

    def __init__(self, reason: str, wait: timedelta) -> None:
        super().__init__(reason)
        self.wait = wait


class Moot(NotDelivered):
    """What it would tell of is over: it is dropped."""

    moot = True
