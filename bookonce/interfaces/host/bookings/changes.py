"""The owner's changes of a booking: cancel, move, reopen its link. Each is confirmed by a form."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse

from bookonce.domain.bookings import changes, holds
from bookonce.domain.bookings.errors import SlotTaken
from bookonce.domain.bookings.guest_details import clean_lines
from bookonce.domain.bookings.models import Booking
from bookonce.foundation.errors import Invalid, Refused, WrongState
from bookonce.interfaces.host.bookings import times
from bookonce.interfaces.host.bookings.detail import booking_context, can_change, find_booking
from bookonce.interfaces.host.shared import frame
from bookonce.interfaces.host.shared.booking_address import booking_address
from bookonce.interfaces.host.shared.frame import HostRequest, signed_in
from bookonce.interfaces.pages.errors import PageStale, TooQuick
from bookonce.interfaces.pages.form_fields import Faults, FormFields
from bookonce.interfaces.pages.form_tokens import Purpose, new_form_token, read_form_token
from bookonce.interfaces.pages.slot_picker import read_instant

WORDS = 500
CHOICES = ("stay_used", "reopen")

ChangeView = Callable[[HostRequest, Booking], HttpResponse]


class BookingChanged(Refused):
    """It was moved since the page was shown: nothing else can change of a booking that stands."""

    code = "wrong_state"
    status = 409
    title = "The appointment was moved meanwhile."
    sentence = "This is the time it has now. Look at it again before you go on."


def _of_standing(view: ChangeView) -> Callable[..., HttpResponse]:
    """Decorate a view: gives it the booking; one that cannot be changed is answered by its page."""

    def shown(desk: HostRequest, faults: Faults, name: str) -> HttpResponse:
        booking = find_booking(desk, name)
        wrong = [*faults.items(), *_undecided(desk, booking)]
        return _ask_to_cancel(desk, booking, Invalid(*wrong))

    @signed_in("GET", "POST", fields=FormFields({"words": WORDS}), shown=shown)
    @wraps(view)
    def checked(desk: HostRequest, name: str) -> HttpResponse:
        booking = find_booking(desk, name)
        if not can_change(booking, desk):
            return frame.redirect_to(booking_address(booking))
        return view(desk, booking)

    return checked


def _must_be_as_shown(desk: HostRequest, booking: Booking) -> None:
    if desk.said.get("sequence") != str(booking.sequence):
        raise BookingChanged


@_of_standing
def cancel_booking(desk: HostRequest, booking: Booking) -> HttpResponse:
    """Show what will happen, ask for a message to the guest and what becomes of the link; then cancel."""
    if not desk.posts:
        return _ask_to_cancel(desk, booking)
    try:
        _must_be_as_shown(desk, booking)
        words, reopen = _decided(desk, booking)
        token = read_form_token(desk.said.get("seal", ""), Purpose.HOST_CANCEL, subject=_subject(booking))
        # A press meant for the page before must not cancel an appointment and mail its guest.
        token.require_human_delay()
        seen = booking.sequence
        # The version is passed on, because somebody else may move it between this check and the lock.
        changes.cancel(booking, reason=words, reopen=reopen, seen=seen, by=desk.by, now=desk.now)
    except WrongState:
        return frame.redirect_to(booking_address(booking))
    except (Invalid, BookingChanged, PageStale, TooQuick) as refusal:
        return _ask_to_cancel(desk, booking, refusal)
    return desk.to(booking_address(booking), "The appointment is cancelled, and its time is free again.")


def _decided(desk: HostRequest, booking: Booking) -> tuple[str, bool | None]:
    """(message to the guest, whether the link is reopened); the form has no default for the latter."""
    wrong = _undecided(desk, booking)
    if wrong:
        raise Invalid(*wrong)
    words = clean_lines(desk.said.get("words", ""))
    return words, None if booking.link_id is None else desk.said.get("link") == "reopen"


def _undecided(desk: HostRequest, booking: Booking) -> list[tuple[str, str]]:
    if booking.link_id is None and desk.said.get("sure") != "yes":
        return [("sure", "Tick this to cancel the appointment.")]
    if booking.link_id is not None and desk.said.get("link", "") not in CHOICES:
        return [("link", "Choose what becomes of the link.")]
    return []


def _subject(booking: Booking) -> str:
    """The subject of the form: a version of the booking, so that it is stale after a change."""
    return f"cancel:{booking.pk}:{booking.sequence}"


def _ask_to_cancel(desk: HostRequest, booking: Booking, refusal: Refused | None = None) -> HttpResponse:
    wrong = refusal.data.get("errors", ()) if refusal else ()
    token = new_form_token(_subject(booking))
    found = [(error["pointer"], desk.voice.say(error["detail"])) for error in wrong]
    return desk.page(
        "host/booking_cancel.html",
        refusal.status if refusal else 200,
        section="bookings",
        **booking_context(desk, booking),
        words=desk.said.get("words", "") if desk.posts else "",
        link=desk.said.get("link", "") if desk.posts else "",
        usual="reopen" if changes.reopens_link(booking) else "stay_used",
        form_token=token.encode(Purpose.HOST_CANCEL),
        wait=token.wait,
        errors=[(f"#{name}", words) for name, words in found],
        error_at=dict(found),
        notice=None if isinstance(refusal, Invalid) else refusal,
    )


@_of_standing
def move_booking(desk: HostRequest, booking: Booking) -> HttpResponse:
    """Show the free times in the owner's time zone; move to the chosen one."""
    if not desk.posts:
        return _ask_to_move(desk, booking)
    at = read_instant(desk.said.get("at", ""))
    try:
        if at != booking.starts_at:
            # Where it has this time already, the form was sent twice: the second answer is like the first.
            _must_be_as_shown(desk, booking)
        if at is None:
            raise Invalid(("at", "Choose a time."))
        changes.move(booking, starts_at=at, seen=booking.sequence, by=desk.by, now=desk.now)
    except WrongState:
        return frame.redirect_to(booking_address(booking))
    except (Invalid, BookingChanged, SlotTaken) as refusal:
        return _ask_to_move(desk, booking, refusal)
    return desk.to(booking_address(booking), "The appointment has moved.")


def _ask_to_move(desk: HostRequest, booking: Booking, refusal: Refused | None = None) -> HttpResponse:
    wrong = refusal.data.get("errors", ()) if refusal else ()
    return desk.page(
        "host/booking_move.html",
        refusal.status if refusal else 200,
        section="bookings",
        **booking_context(desk, booking),
        **times.move_times(desk, booking),
        error=desk.voice.say(wrong[0]["detail"]) if wrong else "",
        notice=refusal if isinstance(refusal, (BookingChanged, SlotTaken)) else None,
    )


@signed_in("POST")
def reopen_link(desk: HostRequest, name: str) -> HttpResponse:
    """Make the link of a booking that does not stand any more active again."""
    booking = find_booking(desk, name)
    if booking.link is not None:
        holds.reopen_link(booking.link, by=desk.by, now=desk.now)
    return desk.to(booking_address(booking), "The link is good again: whoever has it can book once more.")
