"""A booking as its guest sees it: always as it is now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect

from bookonce.domain.bookings.guest_details import mask_email
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.queries import manage_url
from bookonce.domain.bookings.states import State, is_blocking, is_called_off
from bookonce.domain.calendars.queries import is_public
from bookonce.domain.links.queries import refusal_of
from bookonce.foundation import tokens
from bookonce.foundation.phones import format_phone
from bookonce.foundation.translation import gettext_noop
from bookonce.interfaces.guest import add_to_calendar, link_requests, mail_status, offered_slots, refusals
from bookonce.interfaces.guest.guest_request import GuestRequest
from bookonce.interfaces.guest.offered_slots import Offer, place_of
from bookonce.interfaces.pages.template_environment import names_host

STATES = {
    "pending": ("Your request is in.", "You will get a mail as soon as it is confirmed."),
    "confirmed": (gettext_noop("You're booked"), ""),
    "cancelled": ("This appointment has been cancelled.", "Its time is free again."),
    "declined": ("This request was declined.", "No appointment was made."),
    "lapsed": ("This request was not answered in time.", "No appointment was made."),
    "no_show": ("This appointment is over.", ""),
    "past": ("This appointment is over.", ""),
}
MOVED = {
    "pending": "Your request has been moved.",
    "confirmed": gettext_noop("Your appointment has been moved"),
}
NO_MAIL = "Come back to this page: it says so as soon as it is confirmed."


def state_of(booking: Booking, *, now: datetime) -> str:
    """The state that a guest reads: what stood and has passed is over."""
    if booking.stands and booking.ends_at <= now:
        return "past"
    return booking.state


def can_change(booking: Booking, *, now: datetime) -> bool:
    """Whether the guest can still move or cancel: it stands and has not begun."""
    return booking.stands and booking.starts_at > now


def confirm_to_winner(visit: GuestRequest, offer: Offer, booking: Booking) -> HttpResponse:
    """Show the winner what they have booked; a form is answered by way of an address that shows it again.

    That is the link where it knows them, and their own page where there is no link to spend.
    """
    own = manage_url(booking) if offer.link is None else None
    if own:
        return HttpResponseRedirect(visit.to(own.removeprefix(settings.BASE_URL), booked=1), status=303)
    mine = visit.browser and tokens.hash_of(visit.browser) == bytes(booking.browser_hash or b"")
    if visit.posts and mine and booking.gave_back_at is None:
        return HttpResponseRedirect(visit.to(offer.address), status=303)
    return confirmation_page(visit, booking, once=_once(visit, offer, booking))


def confirmation_page(
    visit: GuestRequest,
    booking: Booking,
    *,
    here: bool = False,
    moved: bool = False,
    once: dict[str, Any] | None = None,
) -> HttpResponse:
    """What was booked, or moved, as it is now. ``here``: at the address by which it can be changed, too."""
    said = booking_context(visit, booking)
    if moved:
        said["title"] = visit.voice.say(MOVED[said["state"]])
    mail = mail_status.mail_sentences(visit, booking, mask_email(booking.guest_email), moved=moved)
    return visit.page("guest/booked.html", **said, here=here, moved=moved, once=once, mail=mail)


def is_over(booking: Booking, *, now: datetime) -> bool:
    """Whether nothing of it is left to come: it was cancelled, declined, or is past."""
    return not (booking.stands and booking.ends_at > now)


def _once(visit: GuestRequest, offer: Offer, booking: Booking) -> dict[str, Any] | None:
    """What is said of a link that worked once; with whom to contact where its appointment is over."""
    if offer.link is None:
        return None
    why = refusal_of(offer.link, now=visit.now)
    if why is None or not is_over(booking, now=visit.now):
        return {"over": False}
    owner = refusals.owner_of(visit, why)
    return refusals.refusal_text(visit, why) | {
        "over": True,
        "asking": link_requests.request_form(visit, offer, owner, {}),
    }


ANOTHER = "To make another appointment, please contact {owner}."
CHOOSE = "To make another appointment, choose a time or contact {owner}."
AGAIN = "Your link is good again: open it to choose another time."
BEGUN = (
    "It has begun, and can no longer be moved or cancelled here. "
    "Should anything be in the way, please contact {owner}."
)


def _onward(visit: GuestRequest, booking: Booking, host: str) -> dict[str, Any] | None:
    """What is left to do where the guest can change nothing any more, and whom to contact.

    A link that is good again is told of, never named: who may change a booking need not have its link.
    Whoever booked without one has the calendar's page, while anybody may book there; what becomes of a
    link that was used is its owner's choice, not to be walked round.
    """
    if can_change(booking, now=visit.now):
        return None
    reach, sentence, times = refusals.contact_routes(booking.calendar, otherwise=host), ANOTHER, ""
    if not is_over(booking, now=visit.now):
        sentence = BEGUN
    elif booking.gave_back_at and booking.link and refusal_of(booking.link, now=visit.now) is None:
        return {"sentence": visit.voice.say(AGAIN), "routes": [], "text": "", "times": ""}
    elif booking.link_id is None and is_public(booking.calendar):
        sentence, times = CHOOSE, visit.to(offered_slots.offer_of_calendar(booking.calendar).address)
    return reach | {"sentence": visit.voice.say(sentence, owner=reach["owner"]), "times": times}


FOLLOWING = {
    "url": "When it is time, open the address above.",
    "phone": "When it is time, call the number above.",
    "ask": "{host} will call you.",
}
"""What the guest does next, by the kind of place; nothing where the place says it all."""


def _following(visit: GuestRequest, location: dict[str, Any], host: str) -> str:
    kind, value = location["kind"], location["value"]
    if kind == "phone" and not value:
        kind = "ask"
    if kind not in FOLLOWING or (kind == "ask" and value):
        return ""
    return visit.voice.say(FOLLOWING[kind], host=host)


def _where(visit: GuestRequest, location: dict[str, Any], host: str) -> str:
    """The place as another calendar shows it: a number is called one, a guest's own is not told."""
    kind, value = location["kind"], str(location["value"])
    if kind == "phone" and value:
        return visit.voice.say("Phone: {number}", number=format_phone(value))
    if value or kind not in ("phone", "ask"):
        return value
    return visit.voice.say("By phone: {host} calls you", host=host)


def _calendar_addresses(
    visit: GuestRequest, booking: Booking, location: dict[str, Any], host: str
) -> list[tuple[str, str]]:
    """(name, address) of each calendar to which the guest can add this appointment."""
    calendar = booking.calendar
    subject = visit.voice.say("{calendar} with {host}", calendar=calendar.name, host=host)
    if names_host(calendar.name, host):
        subject = calendar.name
    return add_to_calendar.calendar_addresses(
        subject,
        booking.starts_at,
        booking.ends_at,
        place=_where(visit, location, host),
        text=calendar.description,
    )


def booking_context(visit: GuestRequest, booking: Booking) -> dict[str, Any]:
    """What a page says of a booking; of the e-mail address only what its owner will know."""
    state = state_of(booking, now=visit.now)
    title, sentence = STATES[state]
    mailed = bool(settings.EMAIL_URL and booking.guest_email)
    if state == State.PENDING and not mailed:
        sentence = NO_MAIL
    host, location = booking.host.person.name, place_of(booking.location)
    return {
        "booking": booking,
        "calendar": booking.calendar,
        "host": host,
        "location": location,
        "following": _following(visit, location, host),
        "calendars": _calendar_addresses(visit, booking, location, host),
        "state": state,
        "stands": is_blocking(state),
        "called_off": is_called_off(state),
        "title": visit.voice.say(title),
        "sentence": visit.voice.say(sentence) if sentence else "",
        "can_change": can_change(booking, now=visit.now),
        "onward": _onward(visit, booking, host),
        "manage": (manage_url(booking) or "").removeprefix(settings.BASE_URL),
    }
