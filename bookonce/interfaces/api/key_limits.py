"""Rates of the API (docs/api.md, "Rates"), and what is never counted.

A try on a dead link is answered 410, however many there are; the winner's repeat and concurrent duplicates
are not counted. So public addresses look at the link first, and bookings are counted by their outcome.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bookonce.domain.bookings.operations import RequestIdentity
from bookonce.domain.links import queries
from bookonce.domain.links.errors import LinkDead, LinkUnknown
from bookonce.domain.links.models import Link
from bookonce.foundation import clock, rate_limits
from bookonce.foundation.errors import InFlight, Invalid, Refused
from bookonce.foundation.idempotency import in_flight
from bookonce.interfaces.api.request_context import ApiRequest

CLIENT = "bookonce.client"
API_KEY, GUEST, UNKNOWN, TRIES = "api_key", "guest", "unknown_token", "booking_tries"
COUNTED = (409, 422)


def client_network(request: ApiRequest) -> str:
    """The network of the client, as ``middleware`` has found it."""
    return str(request.http.META.get(CLIENT, ""))


def count_key_call(request: ApiRequest) -> None:
    """Count a call with a key, or raise ``RateLimited``."""
    _count(request, API_KEY, request.who.by)


def count_guest_call(request: ApiRequest) -> None:
    """Count a call without a key, or raise ``RateLimited``."""
    _count(request, GUEST, client_network(request))


def find_link_counted(request: ApiRequest, token: str) -> Link:
    """The link with this token; look-ups of unknown tokens are counted and limited."""
    try:
        return queries.find_by_token(token)
    except LinkUnknown:
        # Guesses at tokens have a narrower rate of their own: 60 a minute where other calls have 600.
        _count(request, UNKNOWN, client_network(request))
        count_guest_call(request)
        raise


def require_usable(request: ApiRequest, link: Link) -> None:
    """Count the call, unless the link is dead; raise why the link cannot be used, if so."""
    refusal = queries.refusal_of(link, now=request.now)
    # A dead link answers 410 however often it is tried, never 429 (promise 3).
    if not isinstance(refusal, LinkDead):
        count_guest_call(request)
    if refusal is not None:
        raise refusal


class BookingTries:
    """Tries to book, counted by how they end: one on a dead link or a concurrent duplicate is never counted.

    By key each counts for the key. On the guest's side each counts for the network, and those answered
    409 or 422 for the link and the network.
    """

    def __init__(self, request: ApiRequest, attempt: RequestIdentity, *, of: Link | None = None) -> None:
        self.request, self.attempt = request, attempt
        self.every = (GUEST, client_network(request)) if of else (API_KEY, request.who.by)
        self.failed = (TRIES, f"{of.pk} {client_network(request)}") if of else None

    def __enter__(self) -> None:
        for name, key in filter(None, (self.every, self.failed)):
            verdict = rate_limits.check_without_counting(name, key, now=clock.now_precise())
            # While the first call is running, 409 is the true answer; a 429 would make its client give up.
            if not verdict.ok and in_flight.is_in_flight(self.attempt.key_hash):
                raise InFlight
            _judged(self.request, verdict)

    def __exit__(self, kind: object, refusal: BaseException | None, trace: object) -> None:
        if isinstance(refusal, (LinkDead, InFlight)):
            return
        # Added afterwards, because the outcome decides whether a try counts.
        rate_limits.add_attempt(*self.every, now=clock.now_precise())
        if self.failed and isinstance(refusal, Refused) and refusal.status in COUNTED:
            rate_limits.add_attempt(*self.failed, now=clock.now_precise())


@contextmanager
def counted_holds(request: ApiRequest, link: Link) -> Iterator[None]:
    """Let a slot be held; what is refused with 422 counts as a try to book, and too many are refused.

    A slot that has gone (409) is no such try: the next pick of the same guest may be good.
    """
    key = f"{link.pk} {client_network(request)}"
    verdict = rate_limits.check_without_counting(TRIES, key, now=clock.now_precise())
    if not verdict.ok:
        _judged(request, verdict)
    try:
        yield
    except Invalid:
        rate_limits.add_attempt(TRIES, key, now=clock.now_precise())
        raise


def _count(request: ApiRequest, name: str, key: str) -> None:
    _judged(request, rate_limits.count_attempt(name, key, now=clock.now_precise()))


def _judged(request: ApiRequest, verdict: rate_limits.Verdict) -> None:
    request.headers.update(verdict.headers())
    if not verdict.ok:
        raise verdict.refusal()
