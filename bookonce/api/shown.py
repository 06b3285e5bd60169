"""What the guest's side is shown: enough to book, little of the recipient, nothing of the owner's notes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bookonce.accounts.access import Visitor
from bookonce.bookings import guests
from bookonce.bookings.guests import Guest
from bookonce.calendars.models import Calendar
from bookonce.calendars.queries import said_minutes
from bookonce.links.models import Link
from bookonce.links.queries import state_of
from bookonce.outbox.models import Event

HIDDEN = ("contact", "metadata", "cancelled_at", "cancel_reason")
"""What of a booking is the owner's."""

OF_A_PERSON = ("name", "reach", "message")
"""What an event of a link says of whoever asked for a new one."""

OF_ANY_BOOKING = (
    *("id", "calendar", "calendar_name", "link", "state", "hosts", "uid", "sequence"),
    *("starts_at", "ends_at", "was", "wall", "zone", "minutes", "cancelled_at", "created_at"),
)
"""What of a booking is about nobody."""


def link(one: Link, *, now: datetime) -> dict[str, Any]:
    """The link as its holder sees it (rule 14 of a link): first name only, e-mail and phone masked."""
    calendar = one.calendar
    return {
        "state": state_of(one, now=now),
        "calendar": {
            "name": calendar.name,
            "description": calendar.description,
            "minutes": one.minutes or said_minutes(calendar.minutes),
            "zone": calendar.zone,
            "location": one.location or calendar.location,
            "questions": calendar.questions,
        },
        "host": {"name": calendar.owner.person.name},
        "message": one.message,
        "prefill": prefill(one),
        "locked": one.locked,
        "opens_at": one.opens_at,
        "expires_at": one.expires_at,
    }


def prefill(one: Link) -> dict[str, Any]:
    """What the link fills in, masked where it is about a person."""
    known = {
        "name": one.recipient_name,
        "email": one.recipient_email,
        "phone": one.recipient_phone,
    }
    filled: Mapping[str, Any] = {key: value for key, value in known.items() if value} | one.prefill
    return {key: guests.MASKS[key](value) if key in guests.MASKS else value for key, value in filled.items()}


def booking(described: Mapping[str, Any], said: Guest, calendar: Calendar) -> dict[str, Any]:
    """The booking for whoever made it: what they said themselves as it is, what the link knew masked."""
    told = {name: value for name, value in described.items() if name not in HIDDEN}
    who = dict(told["guest"])
    told_themselves = {"name": said.name, "email": said.email, "phone": guests.kept_phone(said, calendar)}
    for key, mask in guests.MASKS.items():
        if guests.one_line(told_themselves[key]) != who[key]:
            who[key] = mask(who[key])
    return told | {"guest": who}


def trail_data(event: Event, who: Visitor) -> dict[str, Any]:
    """What an event says to this key: who came to a booking or asks for a link is for ``bookings:read``."""
    data: dict[str, Any] = event.data
    if who.may("bookings:read"):
        return data
    if not event.kind.startswith("booking."):
        return {name: value for name, value in data.items() if name not in OF_A_PERSON}
    return {name: value for name, value in data.items() if name in OF_ANY_BOOKING}


def hold(starts_at: datetime, until: datetime) -> dict[str, Any]:
    """A slot that is kept, and until when."""
    return {"starts_at": starts_at, "until": until}
