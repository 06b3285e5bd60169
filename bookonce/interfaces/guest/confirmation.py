"""The guest's view of a booking, always in its present state."""

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
from bookonce.interfaces.guest import add_to_calendar, dead_link, mail_status, offered_slots, refusals
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
    """The state as shown to the guest: ``past`` where a booking that stands has ended."""
    if booking.stands and booking.ends_at <= now:
        return "past"
    return booking.state


def can_change(booking: Booking, *, now: datetime) -> bool:
    """Whether the guest can still move or cancel: it stands and has not begun."""
    # Not ends_at, as at the desk: once it has begun, only the host can still call it off.
    return booking.stands and booking.starts_at > now


def confirm_to_winner(visit: GuestRequest, offer: Offer, booking: Booking) -> HttpResponse:
    """Show the winner what they booked. A form is answered by a redirect, so that a reload shows it again.

    The redirect goes to the link, which recognises their browser, or without a link to the guest's own page.
    """
    own = manage_url(booking) if offer.link is None else None
    if own:
        # A path, so that whoever came by another name of this server (localhost) stays on it.
        return HttpResponseRedirect(visit.to(own.removeprefix(settings.BASE_URL), booked=1), status=303)
    mine = visit.browser and tokens.hash_of(visit.browser) == bytes(booking.browser_hash or b"")
    # Only where the cookie identifies them after the redirect; else the form's answer shows the booking.
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
    """The page of a booking that was made or ``moved``. ``here``: it is the guest's own page."""
    said = booking_context(visit, booking)
    if moved:
        said["title"] = visit.voice.say(MOVED[said["state"]])
    mail = mail_status.mail_sentences(visit, booking, mask_email(booking.guest_email), moved=moved)
    return visit.page("guest/confirmation.html", **said, here=here, moved=moved, once=once, mail=mail)


def is_over(booking: Booking, *, now: datetime) -> bool:
    """Whether nothing is to come: it does not stand any more, or has ended."""
    return not (booking.stands and booking.ends_at > now)


def _once(visit: GuestRequest, offer: Offer, booking: Booking) -> dict[str, Any] | None:
    """What the page says of the used link; with the contact where its appointment is over."""
    if offer.link is None:
        return None
    why = refusal_of(offer.link, now=visit.now)
    if why is None or not is_over(booking, now=visit.now):
        return {"over": False}
    owner = refusals.owner_of(visit, why)
    return refusals.refusal_text(visit, why) | {
        "over": True,
        "asking": dead_link.request_form(visit, offer, owner, {}),
    }


ANOTHER = "To make another appointment, please contact {owner}."
CHOOSE = "To make another appointment, choose a time or contact {owner}."
AGAIN = "Your link is good again: open it to choose another time."
BEGUN = (
    "It has begun, and can no longer be moved or cancelled here. "
    "Should anything be in the way, please contact {owner}."
)


def _onward(visit: GuestRequest, booking: Booking, host: str) -> dict[str, Any] | None:
    """What the guest can still do where the booking cannot be changed any more, and whom to contact.

    That the link is active again is said without its address: who may change a booking need not have it. Only
    guests who booked without a link are sent to the calendar's page: what becomes of a used link is its
    owner's choice.
    """
    if can_change(booking, now=visit.now):
        return None
    reach, sentence, times = refusals.contact_routes(booking.calendar, otherwise=host), ANOTHER, ""
    if not is_over(booking, now=visit.now):
        sentence = BEGUN
    # The link may have been revoked, or have expired, since it was given back.
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
"""What the guest does next, by the kind of location."""


def _following(visit: GuestRequest, location: dict[str, Any], host: str) -> str:
    kind, value = location["kind"], location["value"]
    if kind == "phone" and not value:
        kind = "ask"
    if kind not in FOLLOWING or (kind == "ask" and value):
        return ""
    return visit.voice.say(FOLLOWING[kind], host=host)


def _where(visit: GuestRequest, location: dict[str, Any], host: str) -> str:
    """The place for other calendars: a number is labelled as one, the guest's own is left out."""
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
    # Avoids “Intro call with Hana with Hana”.
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
    """The context of a booking's page."""
    state = state_of(booking, now=visit.now)
    title, sentence = STATES[state]
    mailed = bool(settings.EMAIL_URL and booking.guest_email)
    if state == State.PENDING and not mailed:
        sentence = NO_MAIL
    if state == State.CANCELLED and booking.starts_at <= visit.now:
        sentence = ""  # a time that is over is free for nobody
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
