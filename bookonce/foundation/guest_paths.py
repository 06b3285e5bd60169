"""Where guests' pages begin: one letter each, as ``/o/TOKEN``. Everybody reads them here.

What holds for one of them holds for all: the headers of their answers, no session, the one page for what is
unknown and how often it may be asked for, and no token in a log.
"""

from __future__ import annotations

from enum import StrEnum


class GuestPath(StrEnum):
    """The first letter of an address; it is written in links that were sent, so it stays."""

    LINK = "o"
    CALENDAR = "c"
    BOOKING = "b"
    BUNDLE = "p"

    @property
    def carries_token(self) -> bool:
        """Whether a token follows, which opens something: it is kept out of logs."""
        return self is not GuestPath.CALENDAR


_BEGINNINGS = frozenset([*(f"/{path}/" for path in GuestPath), *(f"/{path}" for path in GuestPath)])
_LINK, _CALENDAR, _BOOKING = (f"/{path}/" for path in (GuestPath.LINK, GuestPath.CALENDAR, GuestPath.BOOKING))


def is_guest_path(path: str) -> bool:
    """Whether this address is a guest's, one that nobody gave out among them."""
    return path[:3] in _BEGINNINGS


def link_path(token: str) -> str:
    """The page of a one-time link."""
    return _LINK + token


def calendar_path(workspace: str, calendar: str) -> str:
    """The page of a public calendar, by the slugs of both."""
    return f"{_CALENDAR}{workspace}/{calendar}"


def booking_path(token: str) -> str:
    """The page on which a guest manages a booking."""
    return _BOOKING + token
