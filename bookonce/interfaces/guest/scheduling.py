"""``/c/<workspace>/<calendar>``: the scheduling link of a public calendar."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from bookonce.domain.calendars.errors import CalendarUnknown
from bookonce.domain.calendars.queries import find_public_calendar
from bookonce.foundation.errors import Refused
from bookonce.interfaces.guest import booking_flow, offered_slots, refusals, visit_limits
from bookonce.interfaces.guest.guest_request import GuestRequest
from bookonce.interfaces.pages.methods import allow_methods


@allow_methods("GET", "POST")
def scheduling_link(request: HttpRequest, workspace: str, calendar: str) -> HttpResponse:
    """The booking pages with no link to spend; a calendar that is link only answers as an unknown one."""
    try:
        found = find_public_calendar(workspace, calendar)
    except CalendarUnknown:
        return refusals.unknown_page(request)
    visit, offer = GuestRequest.of_calendar(request, found), offered_slots.offer_of_calendar(found)
    try:
        visit_limits.count_visit(visit)
        return (
            visit_limits.take_counted_step(booking_flow.take_step, visit, offer)
            if visit.posts
            else booking_flow.show_step(visit, offer)
        )
    except Refused as refusal:
        return refusals.refusal_page(visit, refusal, found)
