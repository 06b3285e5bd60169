"""``/c/<workspace>/<calendar>``: the scheduling link of a public calendar."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from bookonce.domain.calendars.errors import CalendarUnknown
from bookonce.domain.calendars.queries import public
from bookonce.foundation.errors import Refused
from bookonce.interfaces.guest import booking_flow, offered_slots, refusals, visit_limits
from bookonce.interfaces.guest.guest_request import Visit
from bookonce.interfaces.pages.methods import answers


@answers("GET", "POST")
def scheduling(request: HttpRequest, workspace: str, calendar: str) -> HttpResponse:
    """The same pages without a link to spend; a calendar that is link only is as unknown as any."""
    try:
        found = public(workspace, calendar)
    except CalendarUnknown:
        return refusals.unknown(request)
    visit, offer = Visit.of_calendar(request, found), offered_slots.of_calendar(found)
    try:
        visit_limits.count_visit(visit)
        return (
            visit_limits.counted(booking_flow.post, visit, offer)
            if visit.posts
            else booking_flow.get(visit, offer)
        )
    except Refused as refusal:
        return refusals.page(visit, refusal, found)
