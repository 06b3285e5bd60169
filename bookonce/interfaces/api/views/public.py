"""The guest's side of a one-time link, without a key: who holds the address may book, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.http import HttpResponse

from bookonce.domain.bookings import holds
from bookonce.domain.bookings import queries as bookings
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.operations import BookingRequest, book, earlier_booking
from bookonce.domain.links import observations, queries
from bookonce.domain.links.models import Link
from bookonce.domain.schemas.output_bookings import describe_booking, describe_public_booking
from bookonce.domain.schemas.output_links import HoldOutput, describe_public_link
from bookonce.foundation import tokens
from bookonce.foundation.errors import InFlight, Refused
from bookonce.interfaces.api import key_limits, responses
from bookonce.interfaces.api.endpoints import First, api
from bookonce.interfaces.api.idempotency import RepeatableAction
from bookonce.interfaces.api.request_context import ApiRequest
from bookonce.interfaces.api.schemas.bookings import Asked, Held
from bookonce.interfaces.api.schemas.lists import Span

GUEST = "/public/links/{token}"


@contextmanager
def _observed(request: ApiRequest, link: Link) -> Iterator[None]:
    """Record a refusal as an observation, then raise it; a concurrent duplicate is not recorded."""
    try:
        yield
    except InFlight:
        raise
    except Refused as refusal:
        _note(request, link, observations.REFUSED, refusal.code)
        raise


def _note(request: ApiRequest, link: Link, kind: str, reason: str = "") -> None:
    # HEAD is sent by scanners and previews, not by somebody who looks.
    if request.http.method != "HEAD":
        visitor = observations.visitor_kind(request.http.headers.get("User-Agent", ""))
        observations.record_observation(link, kind=kind, visitor=visitor, reason=reason, now=request.now)


@api.get(GUEST, operation_id="public_get", open=True, answer="PublicLink", refusals=[403, 404, 410])
def get_public_link(request: ApiRequest, token: str) -> HttpResponse:
    """What the link offers, and to whom, as far as the guest may see it."""
    link = key_limits.find_link_counted(request, token)
    with _observed(request, link):
        key_limits.require_usable(request, link)
    _note(request, link, observations.OPENED)
    return responses.json_response(describe_public_link(link, now=request.now))


@api.get(
    f"{GUEST}/slots",
    operation_id="public_slots",
    open=True,
    query=Span,
    answer="Slot[]",
    refusals=[403, 404, 410, 422],
)
def list_link_slots(request: ApiRequest, token: str) -> HttpResponse:
    """When the link can be used."""
    link = key_limits.find_link_counted(request, token)
    key_limits.require_usable(request, link)
    start, end = request.query(Span).seconds(zone=link.calendar.zone, now=request.now)
    found = bookings.open_slots(link.calendar, start=start, end=end, now=request.now, link=link)
    return responses.slots_response(found)


def _held_again(request: ApiRequest, made: str, first: First) -> dict[str, Any]:
    assert first is not None, "so short an answer is always kept"
    return first


@api.post(
    f"{GUEST}/holds",
    operation_id="public_hold",
    open=True,
    body=Held,
    answer="Hold",
    status=201,
    refusals=[403, 404, 409, 410, 422],
    again=_held_again,
)
def hold_slot(request: ApiRequest, token: str) -> HttpResponse:
    """Keep a slot for ten minutes while the form is open; the last pick wins."""
    link = key_limits.find_link_counted(request, token)
    with _observed(request, link):
        key_limits.require_usable(request, link)
        with key_limits.counted_holds(request, link):
            said = request.read(Held)
            act = RepeatableAction(
                lambda: holds.hold_slot(link, said.starts_at, minutes=said.minutes, now=request.now),
                lambda _: tokens.public_id("lnk", link.pk),
                lambda until: HoldOutput(starts_at=said.starts_at, until=until),
            )
            return responses.json_response(request.once(act, status=201), 201)


@api.post(
    f"{GUEST}/bookings",
    operation_id="public_make",
    open=True,
    body=Asked,
    answer="PublicBooking",
    status=201,
    refusals=[403, 404, 409, 410, 422],
)
def book_with_link(request: ApiRequest, token: str) -> HttpResponse:
    """Book with the link: it is spent in the same commit."""
    link = key_limits.find_link_counted(request, token)
    attempt = request.attempt(f"link:{link.pk}")
    with _observed(request, link):
        # Before the state: a winner who repeats gets the booking from a used link (rule 12 of a link).
        booking = earlier_booking(attempt, link=link)
        if booking is not None:
            # As it was made, not as it is now: a replay is the first answer (promise 9).
            return _made(booking, bookings.describe_as_booked(booking), request.read(Asked).wish())
        queries.require_usable(link, now=request.now)
        # The body is read inside, so that a 422 counts as a try.
        with key_limits.BookingTries(request, attempt, of=link):
            wish = request.read(Asked).wish()
            booking = book(link.calendar, wish, now=request.now, by="guest", link=link, attempt=attempt)
    return _made(booking, describe_booking(booking), wish)


def _made(booking: Booking, told: Mapping[str, Any], wish: BookingRequest) -> HttpResponse:
    return responses.json_response(describe_public_booking(booking, told, wish.guest), 201)
