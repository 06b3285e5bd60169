"""A one-time link as pages show it: recipient, state and why, options, actions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bookonce.domain.bookings import queries as bookings
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.states import CALLED_OFF, State
from bookonce.domain.links import queries
from bookonce.domain.links.models import Link
from bookonce.domain.links.operations import EXTENSION
from bookonce.domain.links.queries import ACTIVE, EXPIRED, NOT_OPEN, PAUSED, REVOKED, USED
from bookonce.foundation import tokens
from bookonce.foundation.phones import format_phone
from bookonce.foundation.translation import gettext_noop
from bookonce.interfaces.host.shared.frame import HostRequest
from bookonce.interfaces.pages.language import ReaderLanguage

COPY, REVOKE, EXTEND, REOPEN, RELEASE = "copy", "revoke", "extend", "reopen", "release"

FILTERS = {
    "": gettext_noop("All"),
    ACTIVE: gettext_noop("Open"),
    USED: gettext_noop("Used"),
    EXPIRED: gettext_noop("Expired"),
    REVOKED: gettext_noop("Revoked"),
    NOT_OPEN: gettext_noop("Not yet open"),
    PAUSED: gettext_noop("On hold"),
}


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link as lists and its own page show it. ``kind`` is the shape of its state (docs/design.md)."""

    link: Link
    state: str
    words: str
    kind: str
    booking: Booking | None = None
    seen: bool = False
    """Whether a person was observed to open it."""
    can: frozenset[str] = field(default_factory=frozenset)

    @property
    def id(self) -> str:
        return tokens.public_id("lnk", self.link.pk)

    @property
    def address(self) -> str:
        return f"/links/{self.id}"

    @property
    def who(self) -> str:
        """The recipient, else the label; empty: for anybody."""
        link = self.link
        return link.recipient_name or link.recipient_email or format_phone(link.recipient_phone) or link.label

    @property
    def label(self) -> str:
        """The label, where it is not shown as the recipient."""
        return self.link.label if self.who != self.link.label else ""

    @property
    def booking_address(self) -> str:
        return f"/bookings/{tokens.public_id('bkg', self.booking.pk)}" if self.booking else ""

    @property
    def is_live(self) -> bool:
        return self.state in (ACTIVE, NOT_OPEN)


def rows_of(desk: HostRequest, links: Sequence[Link]) -> list[LinkRow]:
    """These links as rows, with two more queries: their bookings, and whether people opened them."""
    # Asked once for all rows: the statements of each page are counted in tests.
    booked = bookings.bookings_of_links([link.pk for link in links if link.used_at])
    seen = queries.opened_by_people([link.pk for link in links])
    return [row_of(desk.voice, link, booked.get(link.pk), seen=link.pk in seen) for link in links]


def row_of(voice: ReaderLanguage, link: Link, booking: Booking | None, *, seen: bool) -> LinkRow:
    """A link as a row, with the booking on which it is spent, and whether a person has opened it."""
    state = queries.effective_state(link, now=voice.now)
    words, kind = _said(voice, link, state, booking, seen)
    return LinkRow(link, state, words, kind, booking, seen, _can(link, state, booking, voice.now))


def _said(
    voice: ReaderLanguage, link: Link, state: str, booking: Booking | None, seen: bool
) -> tuple[str, str]:
    """(sentence on its state, shape of the state)"""
    if state == ACTIVE:
        return (voice.say("Opened by a person") if seen else voice.say("Open")), "live"
    if state == NOT_OPEN and link.opens_at:
        return voice.say("Opens {when}", when=voice.moment(link.opens_at)), "wait"
    if state == EXPIRED and link.expires_at:
        return voice.say("Expired {day}", day=voice.day(link.expires_at)), ""
    if state == PAUSED:
        return voice.say("On hold"), "wait"
    if state == REVOKED:
        return (
            voice.say("Its calendar is archived") if link.calendar.archived_at else voice.say("Revoked")
        ), ""
    if booking is None:
        return voice.say("Used"), ""
    when = voice.moment(booking.starts_at)
    if booking.state == State.PENDING:
        return voice.say("Asked for {when}", when=when), "wait"
    if booking.state not in CALLED_OFF:
        # The name is news only where somebody else booked than the link was for.
        if booking.guest_name and booking.guest_name != link.recipient_name:
            return voice.say("Booked by {guest}, {when}", guest=booking.guest_name, when=when), "done"
        return voice.say("Booked {when}", when=when), "done"
    return voice.say("Booked, then cancelled"), ""


def _can(link: Link, state: str, booking: Booking | None, now: datetime) -> frozenset[str]:
    """The actions to offer now; operations decide again."""
    # No action on one link brings it back to life: that is for the calendar's Restore.
    if link.calendar.archived_at:
        return frozenset()
    if state in (ACTIVE, NOT_OPEN):
        # Extending is not offered where it would add less than a day.
        ends_soon = link.expires_at is not None and link.expires_at < now + EXTENSION - timedelta(days=1)
        return frozenset({COPY, REVOKE, EXTEND} if ends_soon else {COPY, REVOKE})
    if state == PAUSED:
        return frozenset({RELEASE, REVOKE})
    if state == EXPIRED:
        return frozenset({EXTEND, REVOKE})
    stands = booking is not None and booking.stands
    return frozenset() if stands else frozenset({REOPEN})


def option_lines(voice: ReaderLanguage, link: Link) -> Iterator[tuple[str, str]]:
    """(label, value) of each option that is set."""
    say = voice.say
    answers = {question["key"]: question["label"] for question in link.calendar.questions}
    told = (
        (say("For"), link.recipient_name),
        (say("E-mail"), link.recipient_email),
        (say("Phone"), format_phone(link.recipient_phone)),
        (say("Label"), link.label),
        (say("Message to the guest"), link.message),
        (say("Note"), link.note),
        (say("Opens"), voice.moment(link.opens_at) if link.opens_at else ""),
        (say("Works until"), voice.moment(link.expires_at) if link.expires_at else say("Until it is used")),
        (say("First day on offer"), voice.date(link.window_from) if link.window_from else ""),
        (say("Last day on offer"), voice.date(link.window_to) if link.window_to else ""),
        (say("Length"), say("{minutes} min", minutes=link.minutes) if link.minutes else ""),
        (say("Place"), _place(voice, link)),
        *((answers.get(key, key), _answer(voice, value)) for key, value in link.prefill.items()),
        (say("When its appointment is cancelled"), say(POLICIES[link.on_cancel]) if link.on_cancel else ""),
        (say("Metadata"), json.dumps(link.metadata, ensure_ascii=False) if link.metadata else ""),
        (say("Made"), voice.moment(link.created_at)),
    )
    return ((label, value) for label, value in told if value)


POLICIES = {"stay_used": gettext_noop("The link stays used"), "reopen": gettext_noop("The link opens again")}
PLACES = {
    "url": gettext_noop("Online"),
    "phone": gettext_noop("By phone"),
    "ask": gettext_noop("By phone, on the guest's number"),
}


def _place(voice: ReaderLanguage, link: Link) -> str:
    location = link.location or {}
    value = str(location.get("value") or "")
    value = format_phone(value) if location.get("kind") == "phone" else value
    return value or (voice.say(PLACES[location["kind"]]) if location.get("kind") in PLACES else "")


def _answer(voice: ReaderLanguage, value: Any) -> str:
    return voice.say("Yes") if value is True else format_phone(str(value or ""))
