"""The prefixes of guests' pages, one letter each, as in ``/o/TOKEN``: defined here alone.

All of them share the headers of their answers, the lack of a session, the one page of unknown addresses and
its rate, and that no token is logged.
"""

from __future__ import annotations

from enum import StrEnum


class GuestPath(StrEnum):
    """The prefix of an address. It stands in links that were sent, so it never changes."""

    LINK = "o"
    CALENDAR = "c"
    BOOKING = "b"
    # Has no pages yet: until then its addresses are answered like any unknown one of a guest.
    BUNDLE = "p"

    @property
    def carries_token(self) -> bool:
        """Whether a token follows, which has to be kept out of logs."""
        return self is not GuestPath.CALENDAR


_BEGINNINGS = frozenset([*(f"/{path}/" for path in GuestPath), *(f"/{path}" for path in GuestPath)])
_LINK, _CALENDAR, _BOOKING = (f"/{path}/" for path in (GuestPath.LINK, GuestPath.CALENDAR, GuestPath.BOOKING))


def is_guest_path(path: str) -> bool:
    """Whether this path belongs to guests' pages, existing or not."""
    # Asked for every request, so that it is one look into a set.
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
