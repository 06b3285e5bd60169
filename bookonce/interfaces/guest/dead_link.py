"""The page of a dead link, with the form to ask for a new one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect

from bookonce.domain.links import link_requests
from bookonce.foundation import clock
from bookonce.foundation.errors import Invalid, Refused
from bookonce.foundation.translation import gettext_noop
from bookonce.interfaces.guest import refusals, visit_limits
from bookonce.interfaces.guest.details import FIELD
from bookonce.interfaces.guest.guest_request import GuestRequest
from bookonce.interfaces.guest.offered_slots import Offer
from bookonce.interfaces.pages.errors import PageStale, TooQuick
from bookonce.interfaces.pages.form_tokens import (
    HONEYPOT,
    FormToken,
    Purpose,
    new_form_token,
    read_form_token,
    require_same_site,
)

JUST_NOW = 600.0
"""Seconds for which the address of the answer says that a request was sent; it may be passed on later."""


def dead_link_page(visit: GuestRequest, offer: Offer, why: Refused) -> HttpResponse:
    """The page of a dead link: why, whom to contact, and the form for a new one, or the form's answer."""
    if visit.posts and visit.said.get("step") == "ask":
        return _asked(visit, offer, why)
    sent = _just_sent(visit, offer)
    if sent is not None:
        done = {"done": True, "reach": sent.said["reach"]}
        return refusals.refusal_page(visit, why, offer.calendar, asking=done)
    return _form(visit, offer, why, {})


def is_link_request(visit: GuestRequest, offer: Offer) -> bool:
    """Whether this is the form for a new link, or the page after it."""
    return visit.said.get("step") == "ask" if visit.posts else _just_sent(visit, offer) is not None


def _just_sent(visit: GuestRequest, offer: Offer) -> FormToken | None:
    """What the address says of a form that was just sent; None where it says nothing."""
    try:
        sent = read_form_token(visit.said.get("asked", ""), Purpose.ASKED, subject=offer.thing)
    except PageStale:
        return None
    return sent if clock.now_precise() - sent.shown_at < JUST_NOW else None


def _asked(visit: GuestRequest, offer: Offer, why: Refused) -> HttpResponse:
    """Request a new link. The answer does not depend on the outcome (rule 5 of a link)."""
    said = {key: visit.typed.get(key, "") for key in ("name", "reach", "message")}
    try:
        # Looking at a dead link is never counted (promise 3), but this form writes.
        visit_limits.count_visit(visit)
        require_same_site(visit.request)
        # Lengths of its own three fields are judged with the rest, so that all faults are told at once.
        if not visit.faults.keys() <= said.keys():
            visit.require_fitting()
        read_form_token(visit.said.get("seal", ""), Purpose.ASK, subject=offer.thing).require_human_delay()
        if visit.said.get(HONEYPOT):
            # Password managers fill the honeypot, too: their user is asked to send the form once more.
            raise TooQuick
        if offer.link is not None:
            link_requests.request_new_link(
                offer.link, place=visit_limits.client_of(visit.request), now=visit.now, **said
            )
    except (Invalid, PageStale, TooQuick) as refusal:
        return _form(visit, offer, why, said, refusal)
    except Refused as refusal:
        return refusals.refusal_page(visit, refusal, offer.calendar)
    # The answer depends on what was typed alone, not on what came of it.
    sent = new_form_token(offer.thing).saying(reach=bool(said["reach"].strip()))
    told = {"asked": sent.encode(Purpose.ASKED)} | visit.kept
    return HttpResponseRedirect(f"{offer.address}?{urlencode(told)}", status=303)


def _form(
    visit: GuestRequest, offer: Offer, why: Refused, said: dict[str, str], refusal: Refused | None = None
) -> HttpResponse:
    status = refusal.status if refusal else None
    told = request_form(visit, offer, refusals.owner_of(visit, why), said, refusal)
    answer = refusals.refusal_page(visit, why, offer.calendar, status=status, asking=told)
    return visit.known_as(answer, visit.to(offer.address))


def request_form(
    visit: GuestRequest, offer: Offer, owner: str, said: dict[str, str], refusal: Refused | None = None
) -> dict[str, Any]:
    """The context of the form for a new link (``guest/link_request.html``)."""
    errors = refusal.data.get("errors", ()) if refusal else ()
    wrong = {error["pointer"].removeprefix("/"): visit.voice.say(error["detail"]) for error in errors}
    token = new_form_token(offer.thing)
    return {
        "done": False,
        "open": refusal is not None,
        "address": offer.address,
        "form_token": token.encode(Purpose.ASK),
        "wait": token.wait,
        "honeypot": HONEYPOT,
        "fields": [_field(key, said, wrong, owner) for key in ("name", "reach", "message")],
        "problems": [(f"#{key}", words) for key, words in wrong.items()],
        "notice": (visit.voice.say(refusal.title), visit.voice.say(refusal.sentence))
        if refusal and not errors
        else None,
    }


def _field(key: str, said: dict[str, str], wrong: dict[str, str], owner: str) -> dict[str, Any]:
    label, kind, most, filled = {
        "name": (gettext_noop("Your name"), "text", link_requests.NAME, "name"),
        # No autofill: it may be an address or a number, and the browser cannot know which.
        "reach": (gettext_noop("How to reach you"), "text", link_requests.REACH, "off"),
        "message": (gettext_noop("Message"), "textarea", link_requests.MESSAGE, "off"),
    }[key]
    return FIELD | {
        "id": key,
        "name": key,
        "label": label,
        "kind": kind,
        "most": most,
        "autocomplete": filled,
        "required": key == "name",
        "value": said.get(key, ""),
        "error": wrong.get(key, ""),
        "help": "An e-mail or a phone number, if it is another than they have." if key == "reach" else "",
    }
