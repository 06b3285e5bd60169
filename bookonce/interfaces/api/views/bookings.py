"""Bookings, by key: make, read, cancel, move."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.http import HttpResponse

from bookonce.domain.bookings import changes, ics, queries
from bookonce.domain.bookings.guest_details import single_line
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.operations import book, earlier_booking
from bookonce.domain.calendars import queries as calendars
from bookonce.domain.calendars.errors import CalendarUnknown
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.links import queries as links
from bookonce.domain.links.models import Link
from bookonce.domain.schemas import parsing
from bookonce.domain.schemas.output_bookings import describe_booking, describe_new_booking
from bookonce.foundation import tokens
from bookonce.foundation.errors import Invalid
from bookonce.interfaces.api import key_limits, responses
from bookonce.interfaces.api.endpoints import First, api
from bookonce.interfaces.api.idempotency import RepeatableAction
from bookonce.interfaces.api.request_context import ApiRequest
from bookonce.interfaces.api.schemas.bookings import AskedByKey, BookingPage, Reason, Start
from bookonce.interfaces.api.schemas.lists import range_start
from bookonce.interfaces.pages.negotiation import preferred_value

WRITE = "bookings:write"
ICS = "text/calendar"


def _find(request: ApiRequest, name: str) -> Booking:
    return queries.find_booking(name, workspace_id=request.who.workspace_id)


def _wanted(request: ApiRequest) -> tuple[Calendar, Link | None]:
    """The calendar and the link that the body names, before the rest of it is judged."""
    workspace_id = request.who.workspace_id
    link, calendar = request.named("link"), request.named("calendar")
    if link is not None:
        found = links.find_link(link, workspace_id=workspace_id)
        if (
            calendar is not None
            and calendars.find_by_id_or_slug(calendar, workspace_id=workspace_id) != found.calendar
        ):
            raise CalendarUnknown("The link is for another calendar. Leave the calendar out.")
        return found.calendar, found
    if calendar is None:
        raise _nothing_named(request)
    return calendars.find_by_id_or_slug(calendar, workspace_id=workspace_id), None


def _nothing_named(request: ApiRequest) -> Invalid:
    """The refusal of a body that names neither link nor calendar, with what else needs a mend."""
    wrong = parsing.list_problems(AskedByKey, request.tree)
    if isinstance(request.tree, dict) and not {"/link", "/calendar"} & {at for at, _ in wrong}:
        wrong.append(("/link", "Name a link or a calendar."))
    return Invalid(*sorted(wrong))


@api.post(
    "/bookings",
    operation_id="bookings_make",
    scope=WRITE,
    body=AskedByKey,
    answer="NewBooking",
    status=201,
    refusals=[404, 409, 410, 422],
    counts_itself=True,
)
def create_booking(request: ApiRequest) -> HttpResponse:
    """Book with a link, or on a public calendar."""
    attempt = request.attempt(f"workspace:{request.who.workspace_id}")
    # By the Idempotency-Key alone: a program has no browser to be recognised by.
    booking = earlier_booking(attempt, link=None)
    if booking is not None:
        return _made(booking, queries.describe_as_booked(booking))
    calendar, link = _wanted(request)
    # Before a try is counted: a dead link answers 410 however often it is tried (promise 3).
    queries.require_bookable(calendar, link, now=request.now)
    with key_limits.BookingTries(request, attempt):
        wish = request.read(AskedByKey).wish()
        booking = book(calendar, wish, now=request.now, by=request.who.by, link=link, attempt=attempt)
    return _made(booking, describe_booking(booking))


def _made(booking: Booking, told: Mapping[str, Any]) -> HttpResponse:
    return responses.json_response(describe_new_booking(booking, told), 201)


@api.get(
    "/bookings",
    operation_id="bookings_every",
    scope="bookings:read",
    query=BookingPage,
    answer="Booking[]",
    refusals=[422],
)
def list_bookings(request: ApiRequest) -> HttpResponse:
    """The bookings of the workspace, newest first."""
    asked = request.query(BookingPage)
    found = queries.list_bookings(
        request.who.workspace_id,
        state=asked.state,
        calendar=asked.calendar,
        link=asked.link,
        starts_from=range_start(asked.first),
        starts_to=range_start(asked.last),
    )
    page, following = asked.of(found)
    return responses.json_response(
        {"data": [describe_booking(one) for one in page], "next_cursor": following}
    )


# Registered before /bookings/{id}, whose pattern would take .ics as part of the id.
@api.get(
    "/bookings/{id}.ics",
    operation_id="bookings_calendar_file",
    scope="bookings:read",
    answer="ics",
    refusals=[404],
)
def calendar_file(request: ApiRequest, id: str) -> HttpResponse:
    """The booking as an iCalendar file."""
    return _as_file(_find(request, id))


def _as_file(booking: Booking) -> HttpResponse:
    file = ics.calendar_file(queries.booking_snapshot(booking), ics.PUBLISH, audience="host")
    response = HttpResponse(file, content_type=f"{ICS}; charset=utf-8; method={ics.PUBLISH}")
    response["Content-Disposition"] = f'attachment; filename="{tokens.public_id("bkg", booking.pk)}.ics"'
    return response


@api.get(
    "/bookings/{id}", operation_id="bookings_get", scope="bookings:read", answer="Booking", refusals=[404]
)
def get_booking(request: ApiRequest, id: str) -> HttpResponse:
    """One booking; with ``Accept: text/calendar`` as an iCalendar file."""
    booking = _find(request, id)
    # The preferred type alone: who takes anything gets JSON, as from every address of the API.
    if preferred_value(request.http.headers.get("Accept", "")) == ICS:
        return _as_file(booking)
    return responses.object_response(describe_booking(booking))


def _again(request: ApiRequest, made: str, first: First) -> Mapping[str, Any]:
    return first or describe_booking(_find(request, made))


def _acted(request: ApiRequest, act: Callable[[], Booking]) -> HttpResponse:
    return responses.object_response(
        request.once(
            RepeatableAction(act, lambda booking: tokens.public_id("bkg", booking.pk), describe_booking)
        )
    )


_action = partial(api.post, scope=WRITE, answer="Booking", refusals=[404, 409, 422], again=_again)


@_action("/bookings/{id}/cancel", operation_id="bookings_cancel", body=Reason, optional_body=True)
def cancel_booking(request: ApiRequest, id: str) -> HttpResponse:
    """Cancel the booking, and give its time back."""
    booking = _find(request, id)
    reason = single_line(request.read(Reason).reason or "")
    return _acted(request, lambda: changes.cancel(booking, reason=reason, by=request.who.by, now=request.now))


@_action("/bookings/{id}/move", operation_id="bookings_move", body=Start)
def move_booking(request: ApiRequest, id: str) -> HttpResponse:
    """Move the booking to another free time; it stays the same booking."""
    booking = _find(request, id)
    starts_at = request.read(Start).starts_at
    return _acted(
        request, lambda: changes.move(booking, starts_at=starts_at, by=request.who.by, now=request.now)
    )
