"""Refusals as guest pages: why, and what to do; never who booked, or when."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from bookonce.domain.calendars.models import Calendar
from bookonce.domain.calendars.queries import contact_of
from bookonce.domain.links.errors import LinkUnknown
from bookonce.foundation.errors import Refused
from bookonce.foundation.phones import dial_address, format_phone
from bookonce.foundation.translation import gettext_noop
from bookonce.interfaces.guest import visit_limits
from bookonce.interfaces.guest.guest_request import GuestRequest
from bookonce.interfaces.pages.methods import allow_methods
from bookonce.interfaces.pages.template_environment import mailto_address


@allow_methods("GET", "POST")
def unknown_link_page(request: HttpRequest, **_: Any) -> HttpResponse:
    """The page of an address with a guest's prefix that does not exist."""
    return unknown_page(request)


def unknown_page(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The one page of every unknown address, which tells nothing (promise 28)."""
    # Nothing from the address goes into the page, so that all unknown ones get the same bytes.
    visit = GuestRequest.of(request)
    try:
        visit_limits.count_unknown(request)
    except Refused as refusal:
        return refusal_page(visit, refusal)
    return refusal_page(visit, LinkUnknown())


def refusal_page(
    visit: GuestRequest,
    refusal: Refused,
    calendar: Calendar | None = None,
    *,
    status: int | None = None,
    asking: dict[str, Any] | None = None,
) -> HttpResponse:
    """A page with the refusal's title and sentence, and the owner's contact where that helps."""
    shown = {"calendar": calendar, "asking": asking} | refusal_text(visit, refusal)
    answer = visit.page("refused.html", status or refusal.status, **shown)
    for name, value in (refusal.data.get("headers") or {}).items():
        answer.headers[name] = value
    return answer


def owner_of(visit: GuestRequest, refusal: Refused) -> str:
    """The owner's name, where it is not hidden, else a general word."""
    contact = refusal.data.get("contact") or {}
    return contact.get("name") or visit.voice.say("the person who sent it to you")


def contact_routes(calendar: Calendar, *, otherwise: str) -> dict[str, Any]:
    """The calendar's contact and how to reach them; ``otherwise`` where the name is hidden."""
    contact = contact_of(calendar)
    return {"owner": contact["name"] or otherwise, "routes": _routes(contact), "text": contact["text"]}


def refusal_text(visit: GuestRequest, refusal: Refused) -> dict[str, Any]:
    """The context of a refusal: title, sentence, contact and how to reach them."""
    contact = refusal.data.get("contact") or {}
    voice, values = visit.voice, {"owner": owner_of(visit, refusal)}
    at = refusal.data.get("opens_at") or refusal.data.get("expires_at")
    if at is not None:
        values["date"] = f"{voice.moment(at)} ({voice.place(at)})"
    return {
        "title": voice.say(refusal.title, **values),
        "sentence": voice.say(refusal.sentence, **values),
        "dated": at is not None,
        "owner": values["owner"],
        "routes": _routes(contact),
        "text": contact.get("text") or "",
    }


def _routes(contact: dict[str, str]) -> list[tuple[str, str, str]]:
    """(kind, address to follow, text) of each way to reach the owner."""
    routes = []
    if contact.get("email"):
        routes.append((gettext_noop("E-mail"), mailto_address(contact["email"]), contact["email"]))
    if contact.get("phone"):
        number = contact["phone"]
        routes.append((gettext_noop("Phone"), dial_address(number), format_phone(number)))
    return routes
