"""Output models of one-time links: for API keys, and for whoever has the link's address."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from typing_extensions import TypedDict

from bookonce.delivery.outbox.models import Event
from bookonce.domain.bookings import guest_details
from bookonce.domain.calendars.queries import format_lengths
from bookonce.domain.links.models import Link
from bookonce.domain.links.queries import STATES, effective_state, url_of
from bookonce.domain.schemas.output_calendars import (
    Lengths,
    LocationOutput,
    Policy,
    QuestionOutput,
    WindowOutput,
    describe_window,
)
from bookonce.domain.schemas.output_types import (
    BatchId,
    BookingId,
    CalendarId,
    ContactId,
    EventId,
    Free,
    LinkId,
    Moment,
    OneOf,
    exact,
)
from bookonce.foundation import tokens

LinkState = Annotated[str, OneOf(STATES)]


@exact
class RecipientOutput(TypedDict):
    name: str
    email: str
    phone: str


@exact
class OpenedOutput(TypedDict):
    """How often a link was looked at, as far as it was observed."""

    people: int
    robots: int
    first_at: Moment | None
    last_at: Moment | None


@exact
class LinkOutput(TypedDict):
    """A one-time link, as a key of its workspace sees it."""

    id: LinkId
    calendar: CalendarId
    batch: BatchId | None
    url: str | None
    state: LinkState
    label: str
    note: str
    message: str
    recipient: RecipientOutput | None
    contact: ContactId | None
    prefill: Free
    locked: list[str]
    minutes: int | None
    location: LocationOutput | None
    window: WindowOutput | None
    on_cancel: Policy
    opens_at: Moment | None
    expires_at: Moment | None
    used_at: Moment | None
    revoked_at: Moment | None
    paused_at: Moment | None
    booking: BookingId | None
    opened: OpenedOutput
    asks_muted: bool
    metadata: Free
    created_at: Moment
    created_via: str


@exact
class ReleasedOutput(TypedDict):
    """How many paused links were released, and how many still wait."""

    released: int
    left: int


@exact
class EventOutput(TypedDict):
    """Something that happened to a link."""

    id: EventId
    kind: str
    at: Moment
    by: str
    booking: BookingId | None
    data: Free


@exact
class OfferedCalendarOutput(TypedDict):
    name: str
    description: str
    minutes: Lengths
    zone: str
    location: LocationOutput | None
    questions: list[QuestionOutput]


@exact
class NameOutput(TypedDict):
    name: str


@exact
class PublicLinkOutput(TypedDict):
    """What a link offers, and to whom, as far as whoever holds its address may see it."""

    state: LinkState
    calendar: OfferedCalendarOutput
    host: NameOutput
    message: str
    prefill: Free
    locked: list[str]
    opens_at: Moment | None
    expires_at: Moment | None


@exact
class HoldOutput(TypedDict):
    """A time that is kept while a form is open, and until when."""

    starts_at: Moment
    until: Moment


def describe_link(
    link: Link,
    *,
    now: datetime,
    url: bool,
    opened: Any,
    booking_id: uuid.UUID | None = None,
) -> LinkOutput:
    """The link for API keys; with its address only where ``url`` is true."""
    recipient: RecipientOutput = {
        "name": link.recipient_name,
        "email": link.recipient_email,
        "phone": link.recipient_phone,
    }
    return {
        "id": tokens.public_id("lnk", link.pk),
        "calendar": tokens.public_id("cal", link.calendar_id),
        "batch": tokens.public_id("bat", link.batch_id) if link.batch_id else None,
        "url": url_of(link) if url else None,
        "state": effective_state(link, now=now),
        "label": link.label,
        "note": link.note,
        "message": link.message,
        "recipient": recipient if any(recipient.values()) else None,
        "contact": tokens.public_id("ctc", link.contact_id) if link.contact_id else None,
        "prefill": link.prefill,
        "locked": link.locked,
        "minutes": link.minutes,
        "location": link.location,
        "window": describe_window(link),
        "on_cancel": link.on_cancel or link.calendar.on_cancel,
        "opens_at": link.opens_at,
        "expires_at": link.expires_at,
        "used_at": link.used_at,
        "revoked_at": link.revoked_at,
        "paused_at": link.paused_at,
        "booking": tokens.public_id("bkg", booking_id) if booking_id else None,
        "opened": opened,
        "asks_muted": link.asks_muted_at is not None,
        "metadata": link.metadata,
        "created_at": link.created_at,
        "created_via": link.created_via,
    }


def describe_public_link(link: Link, *, now: datetime) -> PublicLinkOutput:
    """The link for its guest: of the recipient the first name only, e-mail and phone masked."""
    calendar = link.calendar
    return {
        "state": effective_state(link, now=now),
        "calendar": {
            "name": calendar.name,
            "description": calendar.description,
            "minutes": link.minutes or format_lengths(calendar.minutes),
            "zone": calendar.zone,
            "location": link.location or calendar.location,
            "questions": calendar.questions,
        },
        "host": {"name": calendar.owner.person.name},
        "message": link.message,
        "prefill": _masked_prefill(link),
        "locked": link.locked,
        "opens_at": link.opens_at,
        "expires_at": link.expires_at,
    }


def _masked_prefill(link: Link) -> dict[str, Any]:
    """The prefilled details, masked where they are about the recipient."""
    known = {
        "name": link.recipient_name,
        "email": link.recipient_email,
        "phone": link.recipient_phone,
    }
    # In the order in which ``recipient_detail`` chooses: what is prefilled goes before the recipient's own.
    filled: Mapping[str, Any] = {key: value for key, value in known.items() if value} | link.prefill
    return {
        key: guest_details.MASKS[key](value) if key in guest_details.MASKS else value
        for key, value in filled.items()
    }


OF_A_PERSON = ("name", "reach", "message")
"""Fields of an event that are about somebody who asked for a new link."""

# What may be told and not what may not: a field that is added to snapshots stays hidden until named here.
OF_ANY_BOOKING = (
    *("id", "calendar", "calendar_name", "link", "state", "hosts", "uid", "sequence"),
    *("starts_at", "ends_at", "was", "wall", "zone", "minutes", "cancelled_at", "created_at"),
)
"""Fields of a booking's event that are about no person."""


def describe_event(event: Event, *, people: bool) -> EventOutput:
    """An event of a link; who booked or asks for a link only where ``people`` is true."""
    return {
        "id": tokens.public_id("evt", event.pk),
        "kind": event.kind,
        "at": event.at,
        "by": event.by,
        "booking": tokens.public_id("bkg", event.booking_id) if event.booking_id else None,
        "data": event.snapshot if people else _impersonal(event),
    }


def _impersonal(event: Event) -> dict[str, Any]:
    data = event.snapshot
    if event.kind.startswith("booking."):
        return {name: value for name, value in data.items() if name in OF_ANY_BOOKING}
    return {name: value for name, value in data.items() if name not in OF_A_PERSON}
