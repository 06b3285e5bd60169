"""Calendars: make, read, change, archive, and when they can be booked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from bookonce.domain.accounts.access import find_member
from bookonce.domain.accounts.models import Member
from bookonce.domain.bookings.queries import open_slots
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.calendars import queries
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.schemas.calendars import CalendarChange, NewCalendar, phone_rules, unreadable_hours
from bookonce.domain.schemas.output_calendars import describe_calendar
from bookonce.foundation import tokens
from bookonce.foundation.errors import Invalid, Sentence
from bookonce.foundation.phones import PhoneRules
from bookonce.interfaces.api import idempotency, responses
from bookonce.interfaces.api.endpoints import First, api
from bookonce.interfaces.api.idempotency import RepeatableAction
from bookonce.interfaces.api.request_context import ApiRequest
from bookonce.interfaces.api.schemas.lists import CalendarSpan, Page


def _find(request: ApiRequest, name: str) -> Calendar:
    return queries.find_by_id_or_slug(name, workspace_id=request.who.workspace_id)


def _terms(request: ApiRequest, said: CalendarChange) -> dict[str, Any]:
    """What was said, with its hosts found and its hours understood."""
    terms = said.terms()
    problems = unreadable_hours(terms)
    if terms.get("approval"):
        problems.append(("/approval", "Approval is not available yet. Leave it out, or send false."))
    if "hosts" in said.model_fields_set:
        if len(said.hosts) != 1:
            problems.append(
                ("/hosts", "Name exactly one host; calendars with several are not available yet.")
            )
        terms["hosts"] = [_host(request, name) for name in said.hosts]
    # All faults at once, so that mending one does not reveal the next.
    if problems:
        raise Invalid(*problems)
    return terms


def _phone_rules(request: ApiRequest, calendar: Calendar | None = None) -> PhoneRules:
    """By the zone that the body names, else by the calendar's own."""
    zone = request.named("zone") or (calendar.zone if calendar else "")
    return phone_rules(zone, calendar)


def _host(request: ApiRequest, name: str) -> Member:
    return find_member(name, workspace_id=request.who.workspace_id)


@api.get(
    "/calendars",
    operation_id="calendars_every",
    scope="calendars:read",
    query=Page,
    answer="Calendar[]",
    refusals=[422],
)
def list_calendars(request: ApiRequest) -> HttpResponse:
    """The calendars in use, newest first."""
    page, following = request.query(Page).of(queries.list_calendars(request.who.workspace_id))
    found = [describe_calendar(calendar) for calendar in page]
    return responses.json_response({"data": found, "next_cursor": following})


def _again(request: ApiRequest, made: str, first: First) -> Mapping[str, Any]:
    calendar = queries.find_including_archived(made, workspace_id=request.who.workspace_id)
    return first or describe_calendar(calendar)


@api.post(
    "/calendars",
    operation_id="calendars_create",
    scope="calendars:write",
    body=NewCalendar,
    answer="Calendar",
    status=201,
    refusals=[404, 422],
    again=_again,
)
def create_calendar(request: ApiRequest) -> HttpResponse:
    """Make a calendar."""
    terms = _terms(request, request.read(NewCalendar, _phone_rules(request)))
    act = RepeatableAction(
        lambda: calendars.create_calendar(
            request.who.key.member, by=request.who.by, now=request.now, **terms
        ),
        lambda calendar: tokens.public_id("cal", calendar.pk),
        describe_calendar,
        # A calendar's url contains no token, so its answer can be kept whole.
        hide=(),
    )
    return responses.object_response(request.once(act, status=201), 201)


@api.get(
    "/calendars/{id}", operation_id="calendars_get", scope="calendars:read", answer="Calendar", refusals=[404]
)
def get_calendar(request: ApiRequest, id: str) -> HttpResponse:
    """One calendar, by id or slug."""
    return responses.object_response(describe_calendar(_find(request, id)))


@api.patch(
    "/calendars/{id}",
    operation_id="calendars_change",
    scope="calendars:write",
    body=CalendarChange,
    answer="Calendar",
    refusals=[404, 412, 422],
)
def change_calendar(request: ApiRequest, id: str) -> HttpResponse:
    """Change what is named; links keep their address, bookings their time."""
    calendar = _find(request, id)
    terms = _terms(request, request.read(CalendarChange, _phone_rules(request, calendar)))
    calendar = idempotency.run_if_unchanged(
        request.if_match,
        calendar,
        lambda: describe_calendar(_find(request, id)),
        lambda: calendars.change_calendar(calendar, by=request.who.by, now=request.now, **terms),
    )
    return responses.object_response(describe_calendar(calendar))


@api.delete(
    "/calendars/{id}",
    operation_id="calendars_archive",
    scope="calendars:write",
    answer="",
    status=204,
    refusals=[404, 412],
)
def archive_calendar(request: ApiRequest, id: str) -> HttpResponse:
    """Archive the calendar: its links end, its bookings stay."""
    calendar = _find(request, id)
    idempotency.run_if_unchanged(
        request.if_match,
        calendar,
        lambda: describe_calendar(_find(request, id)),
        lambda: calendars.archive_calendar(calendar, by=request.who.by, now=request.now),
    )
    return HttpResponse(status=204)


@api.get(
    "/calendars/{id}/slots",
    operation_id="calendars_slots",
    scope="calendars:read",
    query=CalendarSpan,
    answer="Slot[]",
    refusals=[404, 422],
)
def list_slots(request: ApiRequest, id: str) -> HttpResponse:
    """When the calendar can be booked."""
    calendar = _find(request, id)
    span = request.query(CalendarSpan)
    start, end = span.seconds(zone=calendar.zone, now=request.now)
    if span.minutes and span.minutes not in calendar.minutes:
        offered = ", ".join(str(length) for length in sorted(calendar.minutes))
        raise Invalid(("/minutes", Sentence("Choose a length that is on offer: {offered}.", offered=offered)))
    found = open_slots(calendar, start=start, end=end, now=request.now, minutes=span.minutes)
    return responses.slots_response(found)
