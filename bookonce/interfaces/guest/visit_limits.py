"""Rates of guest pages (docs/api.md, "Rates"). Neither a dead link nor the winner's repeat is counted."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from bookonce.foundation import clock, rate_limits
from bookonce.foundation.errors import Refused
from bookonce.interfaces.guest.guest_request import GuestRequest
from bookonce.interfaces.guest.offered_slots import Offer

TRIED_IN_VAIN, UNREADABLE = (409, 422), (422,)


def client_of(request: HttpRequest) -> str:
    """The network of the client, as ``middleware`` has found it."""
    return str(request.META.get("bookonce.client", "unknown"))


def count_visit(visit: GuestRequest) -> None:
    """Count a request, or raise ``RateLimited``."""
    _count("guest", visit.request)


def count_unknown(request: HttpRequest) -> None:
    """Count a request of an unknown address, or raise ``RateLimited``."""
    _count("unknown_token", request)


def _count(name: str, request: HttpRequest) -> None:
    verdict = rate_limits.count_attempt(name, client_of(request), now=clock.now_precise())
    if not verdict.ok:
        raise verdict.refusal()


def take_counted_step(
    step: Callable[[GuestRequest, Offer], HttpResponse], visit: GuestRequest, offer: Offer
) -> HttpResponse:
    """Act on a form; failed tries to book are counted, and too many raise ``RateLimited``.

    Of other steps, such as to pick a time, those count that could not be read: a time that has gone is no
    try of this guest's.
    """
    counted = TRIED_IN_VAIN if visit.said.get("step") == "book" else UNREADABLE
    thing = offer.link or offer.calendar
    # Per network, so that others cannot use up the tries of the link's own guest.
    key = f"{thing.pk} {client_of(visit.request)}"
    verdict = rate_limits.check_without_counting("booking_tries", key, now=clock.now_precise())
    if not verdict.ok:
        raise verdict.refusal()
    # Afterwards, because the outcome decides whether a try counts; the winner's repeat never does.
    status = 0
    try:
        answer = step(visit, offer)
        status = answer.status_code
    except Refused as refusal:
        status = refusal.status
        raise
    finally:
        if status in counted:
            rate_limits.add_attempt("booking_tries", key, now=clock.now_precise())
    return answer
