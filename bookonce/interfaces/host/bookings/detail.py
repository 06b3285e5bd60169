"""``/bookings/<bkg_…>``: one booking with its guest, trail and mails."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from bookonce.delivery.outbox import queries as events
from bookonce.domain.bookings import cancellation_reasons, changes, ics, queries
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.operations import wall_time
from bookonce.domain.links import queries as links
from bookonce.foundation import tokens
from bookonce.interfaces.host.mails import listing
from bookonce.interfaces.host.shared import trail
from bookonce.interfaces.host.shared.booking_address import booking_address
from bookonce.interfaces.host.shared.frame import HostRequest, signed_in
from bookonce.interfaces.pages.language import ReaderLanguage


def find_booking(desk: HostRequest, name: str) -> Booking:
    """The booking of this workspace, or ``BookingUnknown``."""
    return queries.find_booking(name, workspace_id=desk.workspace.pk)


@signed_in("GET")
def show_booking(desk: HostRequest, name: str) -> HttpResponse:
    """The page of a booking."""
    booking = find_booking(desk, name)
    written = events.list_mails(desk.workspace.pk, roles=listing.ROLES, booking_id=booking.pk)
    return desk.page(
        "host/booking.html",
        section="bookings",
        **booking_context(desk, booking),
        answers=_answers(desk.voice, booking),
        link=_link(desk, booking),
        trail=trail.trail_entries(desk, events.trail_of_booking(booking.pk)),
        mails=listing.mail_rows(written.order_by("id"), now=desk.now),
    )


def booking_context(desk: HostRequest, booking: Booking) -> dict[str, Any]:
    """The context that all pages about a booking share."""
    guest = booking.guest_zone or booking.zone
    differs = wall_time(booking.starts_at, guest) != wall_time(booking.starts_at, desk.voice.zone)
    return {
        "booking": booking,
        "address": booking_address(booking),
        "reason": cancellation_reasons.reason_text(booking.cancel_reason, desk.voice.language),
        "guest": booking.guest_name or desk.voice.say("the guest"),
        "stands": can_change(booking, desk),
        "sends": bool(settings.EMAIL_URL),
        "theirs": replace(desk.voice, zone=guest) if differs else None,
    }


def can_change(booking: Booking, desk: HostRequest) -> bool:
    """Whether it can still be moved or cancelled: it is agreed, and not over."""
    return changes.can_change(booking, now=desk.now)


def _answers(voice: ReaderLanguage, booking: Booking) -> list[tuple[str, str]]:
    """(question, answer) pairs: those the calendar asks today, in its order; then former ones, as stored."""
    labels = {question["key"]: question["label"] for question in booking.calendar.questions}
    # Answers to questions that are no longer asked are shown too: the host may rely on them.
    today = [key for key in labels if key in booking.answers]
    # No difference of sets: the order of one is another in each process.
    keys = [*today, *(key for key in booking.answers if key not in labels)]
    said = {True: voice.say("Yes"), False: voice.say("No")}
    answered = ((labels.get(key, key), booking.answers[key]) for key in keys)
    return [
        (label, said[value] if isinstance(value, bool) else str(value))
        for label, value in answered
        if value not in (None, "")
    ]


def _link(desk: HostRequest, booking: Booking) -> dict[str, Any] | None:
    """The link that it was booked with, its state, and whether it can be reopened."""
    link = booking.link
    if link is None:
        return None
    # The link's own calendar, which is the booking's, is not loaded.
    link.calendar = booking.calendar
    state = links.effective_state(link, now=desk.now)
    ended = not booking.stands and booking.gave_back_at is None
    return {
        "name": tokens.public_id("lnk", link.pk),
        "label": link.label or link.recipient_name,
        "state": state,
        "can_reopen": ended and state == links.USED,
    }


@signed_in("GET")
def calendar_file(desk: HostRequest, name: str) -> HttpResponse:
    """The booking as an iCalendar file, for the owner's calendar."""
    booking = find_booking(desk, name)
    file = ics.calendar_file(queries.booking_snapshot(booking), ics.PUBLISH, audience="host")
    answer = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    # The file's name holds nothing that a guest typed.
    answer["Content-Disposition"] = (
        f'attachment; filename="{booking_address(booking).rpartition("/")[2]}.ics"'
    )
    return answer
