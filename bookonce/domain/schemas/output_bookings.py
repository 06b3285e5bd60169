"""Output models of bookings: for API keys, and for the guest who made one.

The room of bookings builds the description itself, because its events carry it too; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, cast

# Not typing's, which pydantic cannot read before Python 3.12.
from typing_extensions import TypedDict

from bookonce.domain.bookings import guest_details, queries
from bookonce.domain.bookings.guest_details import Guest
from bookonce.domain.bookings.models import Booking
from bookonce.domain.schemas.output_calendars import LocationOutput
from bookonce.domain.schemas.output_types import (
    BookingId,
    CalendarId,
    ContactId,
    Free,
    LinkId,
    MemberId,
    Moment,
    OneOf,
    exact,
)

BookingState = Annotated[str, OneOf(tuple(Booking.State.values))]


@exact
class GuestOutput(TypedDict):
    name: str
    email: str
    phone: str
    zone: str
    language: str


class _Agreed(TypedDict):
    id: BookingId
    calendar: CalendarId
    link: LinkId | None
    state: BookingState
    starts_at: Moment
    ends_at: Moment
    zone: str
    hosts: list[MemberId]
    guest: GuestOutput
    answers: Free
    location: LocationOutput | None
    uid: str
    sequence: int
    created_at: Moment


@exact
class BookingOutput(_Agreed):
    """A booking, as a key of its workspace sees it."""

    contact: ContactId | None
    metadata: Free
    cancelled_at: Moment | None
    cancel_reason: str


@exact
class NewBookingOutput(BookingOutput):
    """A booking that was just made by key."""

    manage_url: str | None


@exact
class PublicBookingOutput(_Agreed):
    """A booking that was just made with a link, for whoever made it."""

    manage_url: str | None


# Derived, so that a field that is added for keys alone stays hidden from guests by itself.
OWNERS_ALONE = BookingOutput.__annotations__.keys() - PublicBookingOutput.__annotations__.keys()
"""Fields that guests do not see."""


def describe_booking(booking: Booking) -> BookingOutput:
    """The booking for API keys. Carries no token."""
    return cast(BookingOutput, queries.describe_booking(booking))


def describe_new_booking(booking: Booking, told: Mapping[str, Any]) -> NewBookingOutput:
    """The booking as it was described when it was made, with the address of the guest's page."""
    return cast(NewBookingOutput, {**told, "manage_url": queries.manage_url(booking)})


def describe_public_booking(booking: Booking, told: Mapping[str, Any], said: Guest) -> PublicBookingOutput:
    """The booking for its guest: details that they sent as they are, those from the link masked."""
    shown = {name: value for name, value in told.items() if name not in OWNERS_ALONE}
    who = dict(shown["guest"])
    told_themselves = {
        "name": guest_details.single_line(said.name) == who["name"],
        "email": guest_details.single_line(said.email) == who["email"],
        "phone": guest_details.is_said_phone(who["phone"], said, booking.calendar),
    }
    for key, mask in guest_details.MASKS.items():
        # What came from the link is masked: whoever holds it need not be its recipient (rule 14 of a link).
        if not told_themselves[key]:
            who[key] = mask(who[key])
    manage_url = queries.manage_url(booking)
    return cast(PublicBookingOutput, shown | {"guest": who, "manage_url": manage_url})
