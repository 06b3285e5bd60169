"""The pages from a free time to a booking, with and without a link: pick, details, book.

GET shows a page; only a form with our token and a person's choice goes further.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import HttpResponse, HttpResponseRedirect

from bookonce.domain.bookings import queries
from bookonce.domain.bookings.errors import SlotTaken
from bookonce.domain.bookings.holds import hold_slot
from bookonce.domain.bookings.operations import STILL_GOOD, BookingRequest, RequestIdentity, book
from bookonce.foundation import clock
from bookonce.foundation.errors import Invalid, Refused
from bookonce.interfaces.guest import details, slot_picker
from bookonce.interfaces.guest.confirmation import confirm_to_winner
from bookonce.interfaces.guest.details import TypedDetails
from bookonce.interfaces.guest.errors import NothingChosen
from bookonce.interfaces.guest.guest_request import GuestRequest
from bookonce.interfaces.guest.holds import held_until, prolong_hold
from bookonce.interfaces.guest.offered_slots import Offer
from bookonce.interfaces.pages import time_zones
from bookonce.interfaces.pages.errors import MovedMeanwhile, PageStale, TooQuick
from bookonce.interfaces.pages.form_tokens import (
    HONEYPOT,
    FormToken,
    Purpose,
    new_form_token,
    read_form_token,
    require_same_site,
)
from bookonce.interfaces.pages.month_grid import date_in
from bookonce.interfaces.pages.slot_picker import name_instant, read_instant


def show_step(visit: GuestRequest, offer: Offer) -> HttpResponse:
    """The page that the query asks for: times, time zones, or details of a picked time."""
    visit.require_fitting()
    if "zones" in visit.said:
        return show_zones(visit, offer)
    if "pick" not in visit.said:
        return show_times(visit, offer)
    try:
        token = read_form_token(visit.said["pick"], Purpose.DETAILS, subject=offer.thing)
    except PageStale as stale:
        # 200, because this is a look at an old address, not a form that failed.
        return show_times(visit, offer, refusal=stale, status=200)
    typed = TypedDetails({}, other=visit.said.get("other") == "1")
    # A new key for the form, because the address may have been passed on.
    return show_details(visit, offer, token.with_new_key(), typed)


def take_step(visit: GuestRequest, offer: Offer) -> HttpResponse:
    """Act on a form and show the next page, or show the times again with the refusal."""
    steps: dict[str, Callable[[GuestRequest, Offer], HttpResponse]] = {
        "pick": pick_time,
        "keep": extend_hold,
        "book": make_booking,
        "back": back_to_times,
    }
    step = steps.get(visit.said.get("step", ""), _nothing)
    try:
        require_same_site(visit.request)
        return _too_long(visit, offer) if visit.faults else step(visit, offer)
    except (SlotTaken, PageStale, NothingChosen, TooQuick) as refusal:
        return show_times(visit, offer, refusal=refusal, typed=TypedDetails.of(visit, offer))


def _too_long(visit: GuestRequest, offer: Offer) -> HttpResponse:
    """The details as typed, with the limit beside each field that is too long; nothing has read them."""
    at = details.pointers_of(offer)
    if visit.said.get("step") not in ("book", "keep") or not visit.faults.keys() <= at.keys():
        visit.require_fitting()
    token = read_form_token(visit.said.get("pick", ""), Purpose.DETAILS, subject=offer.thing)
    refusal = Invalid(*((at[name], words) for name, words in visit.faults.items()))
    return show_details(visit, offer, token, TypedDetails.of(visit, offer), refusal=refusal)


def _nothing(visit: GuestRequest, offer: Offer) -> HttpResponse:
    raise NothingChosen


def show_times(
    visit: GuestRequest,
    offer: Offer,
    *,
    refusal: Refused | None = None,
    status: int | None = None,
    typed: TypedDetails | None = None,
) -> HttpResponse:
    """The page of times; after a refusal with its sentence, fresh times, and what was typed."""
    wanted = slot_picker.Wanted.of(visit, offer, near=_near(visit, offer, refusal))
    shown = slot_picker.times_context(visit, offer, wanted)
    shown["none_before"] = visit.voice.date(slot_picker.none_before(visit, offer))
    answer = visit.page(
        "guest/slot_picker.html",
        status or (refusal.status if refusal else 200),
        offer=offer,
        form_token=new_form_token(offer.thing).encode(Purpose.PICK),
        notice=_lost(visit, offer, refusal, typed, more=not shown["reach"])
        if isinstance(refusal, SlotTaken)
        else _notice(visit, offer, refusal),
        lost=isinstance(refusal, SlotTaken),
        problems=[("#times", visit.voice.say(refusal.sentence))] if type(refusal) is NothingChosen else [],
        typed=typed.hidden if typed else [],
        **shown,
    )
    query = slot_picker.query_of(visit, offer, minutes=wanted.minutes)
    return visit.known_as(answer, query.to(day=shown["day_value"] or None))


def _near(visit: GuestRequest, offer: Offer, refusal: Refused | None) -> datetime | None:
    """The instant near which times are shown first: the lost time, or that of the booking to move."""
    if isinstance(refusal, SlotTaken):
        picked, purpose = visit.said.get("pick"), Purpose.MOVE if offer.booking else Purpose.DETAILS
        return chosen_instant(
            read_form_token(picked, purpose, subject=offer.thing).said["at"]
            if picked
            else visit.said.get("at", "")
        )
    if offer.booking is not None and not {"day", "month"} & visit.said.keys():
        return offer.booking.starts_at
    return None


def _notice(visit: GuestRequest, offer: Offer, refusal: Refused | None) -> tuple[str, str] | None:
    if refusal is None or isinstance(refusal, NothingChosen):
        return None
    sentence, values = refusal.sentence, dict[str, str]()
    if isinstance(refusal, MovedMeanwhile) and offer.booking is not None:
        values = {"when": visit.voice.moment(offer.booking.starts_at)}
    return visit.voice.say(refusal.title), visit.voice.say(sentence, **values)


def _lost(
    visit: GuestRequest, offer: Offer, refusal: SlotTaken, typed: TypedDetails | None, *, more: bool
) -> tuple[str, str]:
    """The sentences about a lost time: what still holds, and, where there are any, that others follow."""
    # Whole sentences for each case, because sentences put together from parts cannot be translated.
    if offer.booking is not None:
        stays = "Your appointment stays as it was."
        words = "Your appointment stays as it was. Here are the next free times." if more else stays
    elif offer.link is None and typed and typed.values:
        words = "What you typed is kept. Here are the next free times." if more else "What you typed is kept."
    elif offer.link is None:
        words = refusal.sentence if more else ""
    elif typed and typed.values:
        words = STILL_GOOD if more else "Your link is still good, and what you typed is kept."
    else:
        words = (
            "Your link is still good. Here are the next free times." if more else "Your link is still good."
        )
    return visit.voice.say(refusal.title), visit.voice.say(words) if words else ""


def show_zones(visit: GuestRequest, offer: Offer) -> HttpResponse:
    """The page of time zones: common ones, or those that were searched for."""
    minutes, asked = slot_picker.Wanted.of(visit, offer).minutes, visit.said.get("q", "")
    day, tag = visit.said.get("day") or None, visit.voice.tag
    query = slot_picker.query_of(visit, offer, minutes=minutes)
    searched = time_zones.search_zones(tag, visit.now, asked) if asked else None
    shown = (
        searched
        if searched is not None
        else time_zones.common_zones(tag, visit.now, visit.voice.zone, visit.home)
    )
    return visit.page(
        "guest/zones.html",
        calendar=offer.calendar,
        address=offer.address,
        back=query.to(day=day),
        kept=[*query.kept.items(), *([("day", day)] if day else [])],
        asked=asked,
        places=[(place, query.to(day=day, zone=place.zone)) for place in shown],
    )


def back_to_times(visit: GuestRequest, offer: Offer) -> HttpResponse:
    """The page of times again, keeping what was typed."""
    return show_times(visit, offer, typed=TypedDetails.of(visit, offer))


def pick_time(visit: GuestRequest, offer: Offer) -> HttpResponse:
    """Hold the chosen time where there is a link, and go on to the details."""
    token = read_form_token(visit.said.get("seal", ""), Purpose.PICK, subject=offer.thing)
    at, minutes = chosen_instant(visit.said.get("at", "")), slot_picker.Wanted.of(visit, offer).minutes
    if offer.link is not None and offer.booking is None:
        # Held already: picking it again would use up the one extension, which has a button of its own.
        if held_until(offer, at, minutes, now=visit.now) is None:
            hold_slot(offer.link, at, minutes=minutes, now=visit.now)
    # Without a link nothing is held; this check only spares the guest a form for a time that has gone.
    elif not offer.slots(
        clock.seconds_of_instant(at), clock.seconds_of_instant(at) + 1, minutes=minutes, visit=visit
    ):
        raise _gone(visit, offer, at, minutes)
    chosen = token.saying(at=name_instant(at), minutes=minutes)
    typed = TypedDetails.of(visit, offer)
    # No redirect: what was typed would have to travel in the address.
    if typed.values and offer.booking is None:
        return show_details(visit, offer, chosen, typed)
    query = slot_picker.query_of(visit, offer, minutes=minutes)
    purpose = Purpose.MOVE if offer.booking else Purpose.DETAILS
    return HttpResponseRedirect(query.to(pick=chosen.encode(purpose)), status=303)


def chosen_instant(text: str) -> datetime:
    """The instant that a form names, or ``NothingChosen``."""
    at = read_instant(text)
    if at is None:
        raise NothingChosen
    return at


def _gone(visit: GuestRequest, offer: Offer, at: datetime, minutes: int) -> SlotTaken:
    fresh = queries.fresh_times(
        offer.calendar, at=clock.seconds_of_instant(at), minutes=minutes, link=offer.link, now=visit.now
    )
    return SlotTaken(open=fresh)


def extend_hold(visit: GuestRequest, offer: Offer) -> HttpResponse:
    """Extend the hold of the picked time, once; shows the details again with what was typed."""
    token = read_form_token(visit.said.get("pick", ""), Purpose.DETAILS, subject=offer.thing)
    prolong_hold(offer, chosen_instant(token.said["at"]), token.said["minutes"], now=visit.now)
    return _details(visit, offer, token, TypedDetails.of(visit, offer))


def show_details(
    visit: GuestRequest,
    offer: Offer,
    token: FormToken,
    typed: TypedDetails,
    *,
    refusal: Refused | None = None,
) -> HttpResponse:
    """The page of details. Details that the link knows are masked; what was typed stays."""
    query = slot_picker.query_of(visit, offer, minutes=token.said["minutes"])
    pick, other = token.with_new_key().encode(Purpose.DETAILS), 1 if typed.other else None
    return visit.known_as(_details(visit, offer, token, typed, refusal), query.to(pick=pick, other=other))


def _details(
    visit: GuestRequest, offer: Offer, token: FormToken, typed: TypedDetails, refusal: Refused | None = None
) -> HttpResponse:
    starts_at, minutes = chosen_instant(token.said["at"]), token.said["minutes"]
    problems = refusal.data.get("errors", ()) if refusal else ()
    query = slot_picker.query_of(visit, offer, minutes=minutes)
    return visit.page(
        "guest/details.html",
        refusal.status if refusal else 200,
        offer=offer,
        honeypot=HONEYPOT,
        draft=details.draft_of(offer),
        pick=token.encode(Purpose.DETAILS),
        wait=token.wait,
        minutes=minutes,
        starts_at=starts_at,
        day_value=date_in(visit.voice.zone, clock.seconds_of_instant(starts_at)).isoformat(),
        kept=held_until(offer, starts_at, minutes, now=visit.now),
        notice=_notice(visit, offer, refusal) if isinstance(refusal, TooQuick) else None,
        other_address=query.to(pick=token.with_new_key().encode(Purpose.DETAILS), other=1),
        **details.details_form(visit, offer, typed, problems),
    )


def request_identity(visit: GuestRequest, offer: Offer) -> RequestIdentity:
    """What identifies this request when it is repeated: the form's key and the browser's key."""
    key = ""
    # Only from a form: the key in an address may have been passed on.
    if visit.posts and "pick" in visit.said:
        try:
            key = read_form_token(visit.said["pick"], Purpose.DETAILS, subject=offer.thing).key
        except PageStale:
            key = ""
    # One browser may book a public calendar more than once, so there only the form's key identifies a repeat.
    return RequestIdentity(scope=offer.thing, key=key, browser=visit.browser if offer.link else "")


def make_booking(visit: GuestRequest, offer: Offer) -> HttpResponse:
    """Book the picked time with the details of the form."""
    token = read_form_token(visit.said.get("pick", ""), Purpose.DETAILS, subject=offer.thing)
    typed = TypedDetails.of(visit, offer)
    try:
        token.require_human_delay()
        # Answered like a press that came too soon: password managers fill this too, and their user presses
        # again.
        if visit.said.get(HONEYPOT):
            raise TooQuick
        wish = BookingRequest(
            # From the signed token: the time that was held and shown, not one that a script put into the
            # form.
            chosen_instant(token.said["at"]),
            details.guest_of(typed, visit),
            minutes=token.said["minutes"],
            answers=details.answers_of(typed, offer),
        )
        attempt = request_identity(visit, offer)
        booking = book(offer.calendar, wish, now=visit.now, by="guest", link=offer.link, attempt=attempt)
    except (Invalid, TooQuick) as refusal:
        return show_details(visit, offer, token, typed, refusal=refusal)
    return confirm_to_winner(visit, offer, booking)
