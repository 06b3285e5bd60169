"""Refusals as programs read them: RFC 9457, ``application/problem+json``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse

from bookonce import dates
from bookonce.api.answers import encoded
from bookonce.errors import Refused, WrongState

DOCS = "/api/v1/docs"


class MethodUnknown(Refused):
    """The address exists, and does not know this method."""

    code = "method_not_allowed"
    status = 405
    title = "This address does not know this method"
    sentence = "Use one of the methods in the header Allow."


class TooLarge(Refused):
    """More than this address reads."""

    code = "too_large"
    status = 413
    title = "This body is too large"
    sentence = "Send less, or in several requests."


class MediaUnknown(Refused):
    """A body of a kind that is not read here."""

    code = "unsupported_media_type"
    status = 415
    title = "This kind of body is not read here"
    sentence = "Send JSON, with Content-Type: application/json."


class Changed(WrongState):
    """The thing is not as the ``If-Match`` header says any more."""

    status = 412
    title = "It has changed meanwhile"
    sentence = "Read it again, and repeat the change with its new ETag."


class InFlight(Refused):
    """The same Idempotency-Key is at work at this moment."""

    code = "in_flight"
    status = 409
    title = "The same request is still running"
    sentence = "Wait a moment and repeat it with the same Idempotency-Key."


class Broken(Refused):
    """A fault of ours."""

    code = "broken"
    status = 500
    title = "Something broke here"
    sentence = "This is our fault. Repeat the request with the same Idempotency-Key."


def words(refusal: Refused) -> tuple[str, str]:
    """Title and sentence, with the owner and the date filled in."""
    contact = refusal.data.get("contact") or {}
    owner = contact.get("name") or "the person who sent it"
    when = refusal.data.get("expires_at") or refusal.data.get("opens_at")
    date = f"{dates.moment(when, 'UTC')} UTC" if isinstance(when, datetime) else ""
    said = (
        text.replace("{owner}", owner).replace("{date}", date) for text in (refusal.title, refusal.sentence)
    )
    title, sentence = said
    return title, sentence


def body_of(refusal: Refused) -> dict[str, Any]:
    """The problem as it is sent: the five members of RFC 9457, the code, and what the refusal adds."""
    title, sentence = words(refusal)
    return {
        "type": f"{DOCS}#{refusal.code}",
        "title": title,
        "status": refusal.status,
        "detail": sentence,
        "code": refusal.code,
        **refusal.data,
    }


def answer(refusal: Refused) -> HttpResponse:
    """The refusal as an answer."""
    response = HttpResponse(
        encoded(body_of(refusal)), status=refusal.status, content_type="application/problem+json"
    )
    if refusal.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Bookonce"'
    return response
