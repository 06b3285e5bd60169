"""``/o/<token>``: what a one-time link opens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.operations import earlier_booking
from bookonce.domain.links import observations
from bookonce.domain.links import queries as links
from bookonce.domain.links.errors import LinkDead, LinkUnknown
from bookonce.domain.links.models import Link
from bookonce.foundation.errors import Refused
from bookonce.interfaces.guest import booking_flow, link_requests, offered_slots, refusals, visit_limits
from bookonce.interfaces.guest.confirmation import confirmed, is_over
from bookonce.interfaces.guest.guest_request import Visit
from bookonce.interfaces.guest.offered_slots import Offer
from bookonce.interfaces.pages.methods import answers


@answers("GET", "POST")
def one_time(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a one-time link, in whatever state it is; a form's step on a live one."""
    try:
        link = links.find(token)
    except LinkUnknown:
        return refusals.unknown(request)
    visit, offer = Visit.of_calendar(request, link.calendar), offered_slots.of_link(link, token)
    booking = _own_booking(visit, offer)
    asks = link_requests.is_meant(visit, offer) and booking is not None and is_over(booking, now=visit.now)
    if booking is not None and not asks:
        return confirmed(Visit.of_booking(request, booking, link.calendar), offer, booking)
    try:
        links.check(link, now=visit.now)
        visit_limits.count_visit(visit)
        if visit.posts:
            return visit_limits.counted(booking_flow.post, visit, offer)
        answer = visit.know_again(booking_flow.get(visit, offer))
    except LinkDead as refusal:
        _note(visit, link, observations.REFUSED, refusal.code)
        return link_requests.dead(visit, offer, refusal)
    except Refused as refusal:
        _note(visit, link, observations.REFUSED, refusal.code)
        return refusals.page(visit, refusal, link.calendar)
    _note(visit, link, observations.OPENED)
    return answer


def _note(visit: Visit, link: Link, kind: str, reason: str = "") -> None:
    """Note that somebody has looked; a question about the page or a guess ahead is no look."""
    if visit.is_looking_ahead:
        return
    visitor = observations.visitor_of(visit.request.headers.get("User-Agent", ""))
    observations.observe(link, kind=kind, visitor=visitor, reason=reason, now=visit.now)


def _own_booking(visit: Visit, offer: Offer) -> Booking | None:
    """The booking that this very visitor has made with this link (rule 12 of a link)."""
    if offer.link is None or offer.link.used_at is None:
        return None
    return earlier_booking(booking_flow.attempt_of(visit, offer), link=offer.link)
