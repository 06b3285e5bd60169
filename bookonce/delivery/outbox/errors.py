"""Why a message did not arrive. The reasons are ours: they hold no address, no token, no text of a guest."""

from __future__ import annotations

from datetime import timedelta

from bookonce.foundation.errors import WrongState


class NoServer(WrongState):
    """A person asks for a mail to go out, and there is nothing that could send it."""

    title = "Nothing can be sent yet"
    sentence = "No mail server is set up, so nothing was sent. The Outbox says how to set one up."


class NotDelivered(Exception):
    """It did not arrive this time; another time may go better. ``reason`` is short and safe to log."""

    for_good = False
    at_once = False
    moot = False

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Undeliverable(NotDelivered):
    """The other side said for good that it will not take this."""

    for_good = True


class Unaddressed(Undeliverable):
    """It has no address that could be written: nobody was asked, and no later attempt could go better."""

    at_once = True


class Postponed(NotDelivered):
    """It was not tried: it is to wait for so long, which costs it no attempt."""

    def __init__(self, reason: str, wait: timedelta) -> None:
        super().__init__(reason)
        self.wait = wait


class Moot(NotDelivered):
    """What it would tell of is over; nobody needs it any more."""

    moot = True
