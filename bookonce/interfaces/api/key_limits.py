"""How often programs and guests may ask, and what is never counted: see "Rates" in docs/api.md.

A try on a dead link is answered 410 and nothing else, however many there are; the winner's repeat and
tries in flight count for nobody. So the guest's side looks at the link first, and bookings are counted
by their outcome.
"""

from __future__ import annotations

from bookonce.domain.bookings.operations import Attempt
from bookonce.domain.links import queries
from bookonce.domain.links.errors import LinkDead, LinkUnknown
from bookonce.domain.links.models import Link
from bookonce.foundation import clock, rate_limits
from bookonce.foundation.errors import InFlight, Refused
from bookonce.foundation.idempotency import in_flight
from bookonce.interfaces.api.request_context import Call

CLIENT = "bookonce.client"
API_KEY, GUEST, UNKNOWN, TRIES = "api_key", "guest", "unknown_token", "booking_tries"
COUNTED = (409, 422)


def client(request: Call) -> str:
    """The network that asks; the gate has found out."""
    return str(request.http.META.get(CLIENT, ""))


def by_key(request: Call) -> None:
    """Count a call by key, or refuse it."""
    _count(request, API_KEY, request.who.by)


def by_guest(request: Call) -> None:
    """Count a call without a key, or refuse it."""
    _count(request, GUEST, client(request))


def find(request: Call, token: str) -> Link:
    """The link behind the token; asking for unknown ones is counted, and soon refused."""
    try:
        return queries.find(token)
    except LinkUnknown:
        _count(request, UNKNOWN, client(request))
        by_guest(request)
        raise


def usable(request: Call, link: Link) -> None:
    """Count a look at the link, and raise why it cannot be used; a dead one is never counted."""
    refusal = queries.why_not(link, now=request.now)
    if not isinstance(refusal, LinkDead):
        by_guest(request)
    if refusal is not None:
        raise refusal


class Tries:
    """Tries to book, counted by how they end: one on a dead link or beside its own twin is never counted.

    By key each counts for the key. On the guest's side each counts for the network, and those answered
    409 or 422 for the link and the network.
    """

    def __init__(self, request: Call, attempt: Attempt, *, of: Link | None = None) -> None:
        self.request, self.attempt = request, attempt
        self.every = (GUEST, client(request)) if of else (API_KEY, request.who.by)
        self.failed = (TRIES, f"{of.pk} {client(request)}") if of else None

    def __enter__(self) -> None:
        for name, key in filter(None, (self.every, self.failed)):
            verdict = rate_limits.peek(name, key, now=clock.precise())
            if not verdict.ok and in_flight.running(self.attempt.key_hash):
                raise InFlight
            _judged(self.request, verdict)

    def __exit__(self, kind: object, refusal: BaseException | None, trace: object) -> None:
        if isinstance(refusal, (LinkDead, InFlight)):
            return
        rate_limits.add(*self.every, now=clock.precise())
        if self.failed and isinstance(refusal, Refused) and refusal.status in COUNTED:
            rate_limits.add(*self.failed, now=clock.precise())


def _count(request: Call, name: str, key: str) -> None:
    _judged(request, rate_limits.count(name, key, now=clock.precise()))


def _judged(request: Call, verdict: rate_limits.Verdict) -> None:
    request.headers.update(verdict.headers())
    if not verdict.ok:
        raise verdict.refusal()
