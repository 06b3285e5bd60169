"""What is said about bookings."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from bookonce.domain.bookings.guest_details import Guest
from bookonce.domain.bookings.operations import BookingRequest
from bookonce.domain.schemas.parsing import RequestBody
from bookonce.domain.schemas.types import Id, Instant, Paragraph
from bookonce.interfaces.api.schemas.lists import Moment, Page

# Only a bound against huge input; the limits of each field are in guest_details, for pages and API alike.
Word = Annotated[str, StringConstraints(max_length=1000)]


class GuestSaid(RequestBody):
    """Who books; what the link knows already may be left out."""

    name: Word | None = None
    email: Word | None = None
    phone: Word | None = None
    zone: Word | None = None
    language: Word | None = None


class Asked(RequestBody):
    """A booking that somebody asks for."""

    starts_at: Instant
    minutes: int | None = None
    guest: GuestSaid = GuestSaid()
    answers: dict[str, Any] = Field(default_factory=dict)

    def wish(self) -> BookingRequest:
        """The request as ``book`` takes it."""
        # null means the same as leaving it out: what the link knows is used.
        said = {name: value for name, value in self.guest.given().items() if value is not None}
        return BookingRequest(self.starts_at, Guest(**said), minutes=self.minutes, answers=self.answers)


class AskedByKey(Asked):
    """A booking that is asked for by key: with a link, or on a public calendar."""

    link: Id | None = None
    calendar: Id | None = None


class Start(RequestBody):
    """A start."""

    starts_at: Instant


class Held(Start):
    """A slot to be kept while a form is open."""

    minutes: int | None = None


class Reason(RequestBody):
    """Why, if somebody says so."""

    reason: Paragraph | None = None


class BookingPage(Page):
    """Which bookings; ``from`` and ``to`` ask for those that start in [from, to)."""

    state: Literal["pending", "confirmed", "cancelled", "declined", "lapsed", "no_show"] | None = None
    calendar: Id | None = None
    link: Id | None = None
    first: Moment = Field(None, alias="from")
    last: Moment = Field(None, alias="to")
