"""Refusals as problem details (RFC 9457), ``application/problem+json``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpResponse
from django.http.multipartparser import MultiPartParserError

from bookonce.domain.accounts.access import Unauthorized
from bookonce.domain.bookings.errors import KeyMismatch, SlotTaken
from bookonce.domain.links.errors import (
    LinkExpired,
    LinkNotOpen,
    LinkPaused,
    LinkRequired,
    LinkRevoked,
    LinkUnknown,
    LinkUsed,
)
from bookonce.domain.schemas.parsing import MOST_FAULTS
from bookonce.foundation import dates
from bookonce.foundation.base_path import with_base_path
from bookonce.foundation.database.unavailable import unavailable_refusal
from bookonce.foundation.errors import (
    DatabaseUnavailable,
    Forbidden,
    InFlight,
    Invalid,
    NotFound,
    RateLimited,
    Refused,
    WrongState,
)
from bookonce.interfaces.api.responses import encode_json

DOCS = "/api/v1/docs"


class MethodUnknown(Refused):
    """The address exists, but not with this method."""

    code = "method_not_allowed"
    status = 405
    title = "This address does not know this method"
    sentence = "Use one of the methods in the header Allow."


class TooLarge(Refused):
    """The body is larger than this address reads."""

    code = "too_large"
    status = 413
    title = "This body is too large"
    sentence = "Send less, or in several requests."


class MediaUnknown(Refused):
    """The body's media type is not read here."""

    code = "unsupported_media_type"
    status = 415
    title = "This kind of body is not read here"
    sentence = "Send JSON, with Content-Type: application/json."


class PreconditionFailed(WrongState):
    """The object is not as the ``If-Match`` header says any more."""

    status = 412
    title = "It has changed meanwhile"
    sentence = "Read it again, and repeat the change with its new ETag."


class InternalFault(Refused):
    """An unexpected exception."""

    code = "broken"
    status = 500
    title = "Something broke here"
    sentence = "This is our fault. Repeat the request with the same Idempotency-Key."


class Unreadable(Refused):
    """The request itself is not what its headers say, or has more fields than are read."""

    code = "invalid"
    title = "Bad request"
    sentence = "This request cannot be read."


UNREADABLE = (BadRequest, MultiPartParserError, SuspiciousOperation)
"""Exceptions of Django's for that: the client's mistake, answered 400."""


def refusal_of(exception: BaseException | None) -> Refused:
    """What is answered where this exception left a view: the one table for pages and programs."""
    if isinstance(exception, Refused):
        return exception
    if isinstance(exception, UNREADABLE):
        return Unreadable()
    return unavailable_refusal(exception) or InternalFault()


def problem_text(refusal: Refused) -> tuple[str, str]:
    """Title and sentence, with the owner and the date filled in."""
    contact = refusal.data.get("contact") or {}
    owner = contact.get("name") or "the person who sent it"
    when = refusal.data.get("expires_at") or refusal.data.get("opens_at")
    date = f"{dates.format_moment(when, 'UTC')} UTC" if isinstance(when, datetime) else ""
    # Not format, because a sentence may contain names with braces.
    said = (
        text.replace("{owner}", owner).replace("{date}", date) for text in (refusal.title, refusal.sentence)
    )
    title, sentence = said
    return title, sentence


def problem_body(refusal: Refused) -> dict[str, Any]:
    """The problem's JSON: the five members of RFC 9457, the code, and the refusal's data."""
    title, sentence = problem_text(refusal)
    added = {name: value for name, value in refusal.data.items() if name != "headers"}
    if "errors" in added:
        # An answer must not grow faster than its request: each fault repeats the names above it.
        added["errors"] = added["errors"][:MOST_FAULTS]
    return {
        "type": with_base_path(f"{DOCS}#{refusal.code}"),
        "title": title,
        "status": refusal.status,
        "detail": sentence,
        "code": refusal.code,
        **added,
    }


def problem_response(refusal: Refused) -> HttpResponse:
    """The refusal as a response, with its headers."""
    response = HttpResponse(
        encode_json(problem_body(refusal)), status=refusal.status, content_type="application/problem+json"
    )
    # A 401 must have WWW-Authenticate (RFC 9110, section 15.5.2).
    if refusal.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Bookonce"'
    for name, value in refusal.data.get("headers", {}).items():
        response[name] = value
    return response


CODES: list[tuple[type[Refused], str]] = [
    (Unauthorized, "The key is missing, mistyped, over or withdrawn."),
    (Forbidden, "The key lacks the scope that the call needs."),
    (NotFound, "There is no such thing, or it is not yours: the two are never told apart."),
    (LinkUnknown, "Nobody minted such a link, or it is not yours."),
    (LinkUsed, "Somebody has booked with the link. `contact` says whom to ask."),
    (LinkExpired, "The link's time is over. `contact` says whom to ask."),
    (LinkRevoked, "The owner has ended the link. `contact` says whom to ask."),
    (LinkPaused, "It waits for its owner's release, after a restored backup. `contact` says whom to ask."),
    (LinkNotOpen, "The link's time has not come; `opens_at` says when it does."),
    (LinkRequired, "The calendar is link only: name a live link."),
    (Invalid, "The input cannot be taken; `errors` names each field (RFC 6901) and its mend."),
    (KeyMismatch, "This Idempotency-Key came before with another body."),
    (SlotTaken, "The time is not on offer now, whatever the reason; `open` holds up to 20 that are."),
    (WrongState, "The state of the thing forbids it (409), or it has changed since your ETag (412)."),
    (InFlight, "The first call with this Idempotency-Key is still running; nothing was done."),
    (RateLimited, "Too many requests; `Retry-After` says when to come back."),
    (MethodUnknown, "The address does not know this method; `Allow` says which it knows."),
    (TooLarge, "The body is too large."),
    (MediaUnknown, "The body is of a kind that is not read here."),
    (
        DatabaseUnavailable,
        "The database stands still or is full, or the server's clock is being checked; nothing was lost. "
        "`Retry-After` says when to repeat.",
    ),
    (InternalFault, "A fault of ours; the same Idempotency-Key makes it safe to repeat."),
]
"""Every refusal of the API, for the reference of codes."""
