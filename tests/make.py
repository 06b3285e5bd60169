"""Things to test with, made by the product's own operations."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bookonce.domain.accounts.models import Member, Workspace
from bookonce.domain.accounts.profile import change_workspace
from bookonce.domain.bookings import queries as bookings
from bookonce.domain.bookings.guest_details import Guest
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.operations import NOBODY, BookingRequest, RequestIdentity, book
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.links import operations as links
from bookonce.domain.links.models import Link
from bookonce.domain.workspaces.operations import found_with_owner
from bookonce.foundation import clock

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
"""A Monday at 07:00 in Berlin, from which the tests look ahead."""

_number = itertools.count(1)


@dataclass(frozen=True)
class Team:
    """A workspace with its owner, a calendar open day and night, and a key with all scopes."""

    workspace: Workspace
    owner: Member
    calendar: Calendar
    api_key: str


ALWAYS = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def team(name: str = "Acme", owner: str = "Hana", *, now: datetime = NOW, **terms: Any) -> Team:
    """A new workspace whose calendar has these terms (by default: half hours in Berlin, all day)."""
    founded = found_with_owner(
        name,
        owner_name=owner,
        owner_email=f"{owner.lower()}{next(_number)}@example.org",
        zone="Europe/Berlin",
        password=None,  # hashing one takes longer than most tests
        now=now,
    )
    terms = {"hours": ALWAYS} | terms
    calendar = calendars.change_calendar(founded.calendar, by="test", now=now, **terms)
    return Team(founded.workspace, founded.owner, calendar, founded.api_key)


def link(to: Calendar, *, now: datetime = NOW, **terms: Any) -> Link:
    """A fresh one-time link that carries these terms."""
    return links.mint(to, links.LinkOptions(**terms), by="test", via="api", now=now)


def slots(to: Calendar, count: int = 10, *, link: Link | None = None, now: datetime = NOW) -> list[datetime]:
    """The next free starts of the calendar."""
    start = clock.seconds_of_instant(now)
    found_slots = bookings.open_slots(to, start=start, end=start + 30 * 86400, now=now, link=link)
    return [clock.instant_of_seconds(at) for at, _ in found_slots[:count]]


GIL = Guest(name="Gil Guest", email="gil@example.net", zone="Europe/Berlin", language="en")


def booking(
    to: Calendar,
    at: datetime | None = None,
    *,
    link: Link | None = None,
    guest: Guest = GIL,
    attempt: RequestIdentity = NOBODY,
    now: datetime = NOW,
    **wish: Any,
) -> Booking:
    """A booking by Gil, at the next free time where none is said."""
    starts_at = at or slots(to, 1, link=link, now=now)[0]
    return book(to, BookingRequest(starts_at, guest, **wish), now=now, by="guest", link=link, attempt=attempt)


def somebody() -> Guest:
    """A guest whom nobody has seen before."""
    number = next(_number)
    return Guest(name=f"Guest {number}", email=f"guest{number}@example.net")


def restyled(workspace: Workspace, accent: str) -> None:
    """The workspace in another colour."""
    _changed(workspace, accent=accent)


def speaking(workspace: Workspace, language: str) -> None:
    """The workspace with another language of its own."""
    _changed(workspace, language=language)


def living(workspace: Workspace, days: int) -> None:
    """The workspace with this life of its links."""
    _changed(workspace, link_days=days)


def _changed(workspace: Workspace, **terms: Any) -> None:
    names = ("name", "slug", "link_days", "accent", "language")
    change_workspace(
        workspace, **{name: getattr(workspace, name) for name in names} | terms, by="test", now=NOW
    )


def later(minutes: float, *, now: datetime = NOW) -> datetime:
    """So many minutes after now."""
    return now + timedelta(minutes=minutes)
