"""``/b/<manage token>``: a guest sees, moves and cancels their own booking."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from bookonce.domain.bookings import cancellation_reasons, changes, queries
from bookonce.domain.bookings.errors import BookingUnknown, SlotTaken
from bookonce.domain.bookings.ics import PUBLISH, calendar_file
from bookonce.domain.bookings.models import Booking
from bookonce.foundation.errors import Refused, WrongState
from bookonce.foundation.guest_paths import booking_path
from bookonce.foundation.translation import gettext_noop
from bookonce.interfaces.guest import booking_flow, offered_slots, refusals, visit_limits
from bookonce.interfaces.guest.confirmation import booking_context, can_change, confirmation_page, is_over
from bookonce.interfaces.guest.errors import NothingChosen
from bookonce.interfaces.guest.guest_request import GuestRequest
from bookonce.interfaces.pages.errors import MovedMeanwhile, PageStale, TooQuick
from bookonce.interfaces.pages.form_tokens import (
    FormToken,
    Purpose,
    new_form_token,
    read_form_token,
    require_same_site,
)
from bookonce.interfaces.pages.methods import method_refusal

REASONS = cancellation_reasons.CHOSEN | {"none": gettext_noop("No reason")}

OwnView = Callable[[GuestRequest, Booking, str], HttpResponse]


def _own(*methods: str) -> Callable[[OwnView], Callable[..., HttpResponse]]:
    """Give the view the booking of its token; an unknown token is answered like any unknown address."""

    def decorate(view: OwnView) -> Callable[..., HttpResponse]:
        @wraps(view)
        def found(request: HttpRequest, token: str) -> HttpResponse:
            refused = method_refusal(request, methods)
            # A form sent to an unknown token gets the same page as a GET of it.
            if refused is not None and request.method != "POST":
                return refused
            try:
                booking = queries.find_by_manage_token(token)
            except BookingUnknown:
                return refusals.unknown_page(request)
            if refused is not None:
                return refused
            visit = GuestRequest.of_booking(request, booking, booking.calendar)
            try:
                visit_limits.count_visit(visit)
                visit.require_fitting()
                return view(visit, booking, booking_path(token))
            except WrongState:
                # The booking's own page explains best why (it was cancelled, it has begun).
                return HttpResponseRedirect(visit.to(booking_path(token)), status=303)
            except Refused as refusal:
                return refusals.refusal_page(visit, refusal, booking.calendar)

        return found

    return decorate


@_own("GET")
def show_booking(visit: GuestRequest, booking: Booking, address: str) -> HttpResponse:
    """The booking's page; right after it was made or moved, while it stands, as a confirmation."""
    # Anybody can type this address: only a booking that was really moved is said to be.
    moved = "moved" in visit.said and booking.sequence > 0
    if (moved or "booked" in visit.said) and not is_over(booking, now=visit.now):
        return confirmation_page(visit, booking, here=True, moved=moved)
    return visit.page("guest/manage_booking.html", **booking_context(visit, booking), address=address)


@_own("GET", "POST")
def cancel_booking(visit: GuestRequest, booking: Booking, address: str) -> HttpResponse:
    """Ask whether and why to cancel; cancel when a person has chosen."""
    if not can_change(booking, now=visit.now):
        raise WrongState
    refusal: Refused | None = None
    if visit.posts:
        try:
            require_same_site(visit.request)
            token = read_form_token(
                visit.said.get("seal", ""), Purpose.CANCEL, subject=offered_slots.form_subject(booking)
            )
            reason = visit.said.get("reason", "")
            # Before the delay: whoever chose nothing is told so, however quickly they pressed.
            if reason not in REASONS:
                raise NothingChosen("Choose one; “No reason” is fine too.")
            token.require_human_delay()
            # Stored in English; each reader gets it in their own language (cancellation_reasons).
            said = "" if reason == "none" else REASONS[reason]
            # The version is passed on, because somebody else may move it between this check and the lock.
            changes.cancel(booking, reason=said, seen=booking.sequence, by="guest", now=visit.now)
            return HttpResponseRedirect(visit.to(address), status=303)
        except (NothingChosen, TooQuick, PageStale) as found:
            refusal = found
    return _ask_why(visit, booking, address, refusal)


def _ask_why(visit: GuestRequest, booking: Booking, address: str, refusal: Refused | None) -> HttpResponse:
    missing, token = (
        isinstance(refusal, NothingChosen),
        new_form_token(offered_slots.form_subject(booking)),
    )
    return visit.page(
        "guest/cancel.html",
        refusal.status if refusal else 200,
        **booking_context(visit, booking),
        address=address,
        form_token=token.encode(Purpose.CANCEL),
        wait=token.wait,
        reasons=REASONS,
        chosen=visit.said.get("reason", "") if visit.posts else "",
        problems=[("#reason", visit.voice.say(refusal.sentence))] if refusal and missing else [],
        notice=_notice(visit, booking, refusal, STILL_CANCEL) if refusal and not missing else None,
    )


STILL_CANCEL = "It is now on {when}. Do you still want to cancel it?"
STILL_MOVE = "It is now on {when}. Do you still want to move it?"


def _notice(visit: GuestRequest, booking: Booking, refusal: Refused, still: str) -> tuple[str, str]:
    """The notice above a form that is shown again; where the booking was moved, with its new time."""
    sentence = still if isinstance(refusal, MovedMeanwhile) else refusal.sentence
    when = visit.voice.moment(booking.starts_at)
    return visit.voice.say(refusal.title), visit.voice.say(sentence, when=when)


@_own("GET", "POST")
def move_booking(visit: GuestRequest, booking: Booking, address: str) -> HttpResponse:
    """Choose another time, confirm it, and move."""
    if not can_change(booking, now=visit.now):
        raise WrongState
    offer = offered_slots.offer_of_booking(booking, address.removeprefix(booking_path("")))
    if visit.posts and visit.said.get("step") == "move":
        return _move(visit, offer, booking, address)
    if visit.posts:
        return booking_flow.take_step(visit, offer)
    if "pick" not in visit.said:
        return booking_flow.show_step(visit, offer)
    try:
        token = read_form_token(visit.said["pick"], Purpose.MOVE, subject=offer.thing)
    except MovedMeanwhile as stale:
        return _ask_again(visit, booking, address, stale)
    except PageStale as stale:
        return booking_flow.show_times(visit, offer, refusal=stale, status=200)
    return _ask_to_move(visit, booking, address, token)


def _ask_again(visit: GuestRequest, booking: Booking, address: str, stale: MovedMeanwhile) -> HttpResponse:
    """Ask again where the booking was moved meanwhile, unless it was moved to this very time."""
    token = new_form_token(offered_slots.form_subject(booking)).saying(**stale.data["said"])
    # This form's first press has moved it already; the second gets the same answer.
    if booking_flow.chosen_instant(token.said["at"]) == booking.starts_at:
        return _is_moved(visit, address)
    return _ask_to_move(visit, booking, address, token, stale)


def _ask_to_move(
    visit: GuestRequest, booking: Booking, address: str, token: FormToken, refusal: Refused | None = None
) -> HttpResponse:
    return visit.page(
        "guest/move.html",
        # 200 for an old address that is only looked at: no form has failed.
        refusal.status if refusal and visit.posts else 200,
        **booking_context(visit, booking),
        address=address,
        pick=token.encode(Purpose.MOVE),
        wait=token.wait,
        starts_at=booking_flow.chosen_instant(token.said["at"]),
        notice=_notice(visit, booking, refusal, STILL_MOVE) if refusal else None,
    )


def _move(visit: GuestRequest, offer: offered_slots.Offer, booking: Booking, address: str) -> HttpResponse:
    try:
        require_same_site(visit.request)
        token = read_form_token(visit.said.get("pick", ""), Purpose.MOVE, subject=offer.thing)
        try:
            token.require_human_delay()
        except TooQuick as quick:
            return _ask_to_move(visit, booking, address, token, quick)
        at, seen = booking_flow.chosen_instant(token.said["at"]), booking.sequence
        changes.move(booking, starts_at=at, seen=seen, by="guest", now=visit.now)
    except MovedMeanwhile as stale:
        return _ask_again(visit, booking, address, stale)
    except (SlotTaken, PageStale) as refusal:
        return booking_flow.show_times(visit, offer, refusal=refusal)
    return _is_moved(visit, address)


def _is_moved(visit: GuestRequest, address: str) -> HttpResponse:
    return HttpResponseRedirect(visit.to(address, moved=1), status=303)


@_own("GET")
def booking_file(visit: GuestRequest, booking: Booking, address: str) -> HttpResponse:
    """The booking as a file for the guest's own calendar."""
    file = calendar_file(
        queries.booking_snapshot(booking), PUBLISH, manage_url=f"{settings.BASE_URL}{address}"
    )
    answer = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    # A fixed name: nothing typed by anybody goes into a header.
    answer["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return answer
