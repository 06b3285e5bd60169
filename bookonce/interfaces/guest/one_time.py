"""``/o/<token>``: the page of a one-time link."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.operations import earlier_booking
from bookonce.domain.links import observations
from bookonce.domain.links import queries as links
from bookonce.domain.links.errors import LinkDead, LinkUnknown
from bookonce.domain.links.models import Link
from bookonce.foundation.errors import Refused
from bookonce.interfaces.guest import booking_flow, dead_link, offered_slots, refusals, visit_limits
from bookonce.interfaces.guest.confirmation import confirm_to_winner, is_over
from bookonce.interfaces.guest.guest_request import GuestRequest
from bookonce.interfaces.guest.offered_slots import Offer
from bookonce.interfaces.pages.methods import allow_methods


@allow_methods("GET", "POST")
def one_time_link(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a one-time link in any state; of an active one also its forms."""
    try:
        link = links.find_by_token(token)
    except LinkUnknown:
        return refusals.unknown_page(request)
    visit, offer = GuestRequest.of_calendar(request, link.calendar), offered_slots.offer_of_link(link, token)
    # Before the link's state: whoever booked with it sees their booking, not that the link is used.
    booking = _own_booking(visit, offer)
    asks = dead_link.is_link_request(visit, offer) and booking is not None and is_over(booking, now=visit.now)
    if booking is not None and not asks:
        return confirm_to_winner(GuestRequest.of_booking(request, booking, link.calendar), offer, booking)
    try:
        links.require_usable(link, now=visit.now)
        # After the state: looks at a dead link are never counted, and so never refused (promise 3).
        visit_limits.count_visit(visit)
        if visit.posts:
            return visit_limits.take_counted_step(booking_flow.take_step, visit, offer)
        answer = visit.know_again(booking_flow.show_step(visit, offer))
    except LinkDead as refusal:
        _note(visit, link, observations.REFUSED, refusal.code)
        return dead_link.dead_link_page(visit, offer, refusal)
    except Refused as refusal:
        _note(visit, link, observations.REFUSED, refusal.code)
        return refusals.refusal_page(visit, refusal, link.calendar)
    _note(visit, link, observations.OPENED)
    return answer


def _note(visit: GuestRequest, link: Link, kind: str, reason: str = "") -> None:
    """Record the visit as an observation, unless it is a prefetch or HEAD."""
    if visit.is_looking_ahead:
        return
    visitor = observations.visitor_kind(visit.request.headers.get("User-Agent", ""))
    observations.record_observation(link, kind=kind, visitor=visitor, reason=reason, now=visit.now)


def _own_booking(visit: GuestRequest, offer: Offer) -> Booking | None:
    """The booking that this browser has made with this link (rule 12 of a link)."""
    # A link that was never used has no booking: this saves the usual page a query.
    if offer.link is None or offer.link.used_at is None:
        return None
    return earlier_booking(booking_flow.request_identity(visit, offer), link=offer.link)
