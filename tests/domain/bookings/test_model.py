"""The product against a plain sequential model: whatever people do, in whatever order (Hypothesis)."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from bookonce.delivery.outbox.models import Event
from bookonce.domain.bookings import changes, holds, queries
from bookonce.domain.bookings.models import Booking
from bookonce.domain.diary.models import HeldTime
from bookonce.domain.links import operations as links
from bookonce.domain.links.models import Link
from bookonce.domain.links.queries import state_of, with_state
from bookonce.foundation.errors import Refused
from tests import make
from tests.races.invariants import broken

FULL = bool(os.environ.get("BOOKONCE_TEST_FULL"))
HALF_HOUR = timedelta(minutes=30)
PLACES = 8
"""So many half hours are on offer: few enough that people meet."""


@dataclass
class PlainBooking:
    at: datetime
    link: PlainLink | None
    stands: bool = True
    on_link: bool = True
    moves: int = 0

    def is_over(self, now: datetime) -> bool:
        return self.at + HALF_HOUR <= now


@dataclass
class PlainLink:
    reopens: bool
    expires_at: datetime | None = None
    opens_at: datetime | None = None
    revoked: bool = False
    used: bool = False
    kept: tuple[datetime, datetime] | None = None

    def state(self, now: datetime) -> str:
        if self.revoked:
            return "revoked"
        if self.used:
            return "used"
        if self.expires_at is not None and self.expires_at <= now:
            return "expired"
        return "not_open" if self.opens_at is not None and self.opens_at > now else "active"


@dataclass
class Plain:
    """What should be, kept in lists, one thing after another."""

    first: datetime
    now: datetime
    bookings: list[PlainBooking] = field(default_factory=list)
    links: list[PlainLink] = field(default_factory=list)

    def is_free(
        self, at: datetime, *, but: PlainBooking | None = None, link: PlainLink | None = None
    ) -> bool:
        taken = [booking.at for booking in self.bookings if booking.stands and booking is not but]
        held = [
            other.kept[0]
            for other in self.links
            if other is not link and other.kept is not None and other.kept[1] > self.now
        ]
        return at >= self.now and at not in taken and at not in held

    def book(self, at: datetime, link: PlainLink | None) -> str:
        if link is not None and link.state(self.now) != "active":
            return f"link_{link.state(self.now)}"
        if not self.is_free(at, link=link):
            return "slot_taken"
        if link is not None:
            link.used, link.kept = True, None
        self.bookings.append(PlainBooking(at, link))
        return "booked"

    def cancel(self, booking: PlainBooking) -> str:
        if booking.stands and booking.is_over(self.now):
            return "wrong_state"
        if booking.stands and booking.link is not None and booking.link.reopens:
            booking.link.used, booking.on_link = False, False
        booking.stands = False
        return "cancelled"

    def move(self, booking: PlainBooking, at: datetime) -> str:
        if not booking.stands:
            return "wrong_state"
        if at != booking.at and booking.is_over(self.now):
            return "wrong_state"
        if at != booking.at and not self.is_free(at, but=booking, link=booking.link):
            return "slot_taken"
        booking.moves += at != booking.at
        booking.at = at
        return "moved"


def outcome(operation: Any, done: str) -> tuple[str, Any]:
    """The refusal's code, or ``done``; and the value."""
    try:
        return done, operation()
    except Refused as refused:
        return refused.code, None


class Machine(RuleBasedStateMachine):
    minted = Bundle("minted")
    booked = Bundle("booked")
    places = st.integers(0, PLACES - 1)

    @initialize()
    def begin(self) -> None:
        self.team = make.team()
        self.plain = Plain(first=make.NOW + timedelta(days=1), now=make.NOW)

    def at(self, place: int) -> datetime:
        return self.plain.first + place * HALF_HOUR

    @rule(
        target=minted,
        reopens=st.booleans(),
        lives=st.none() | st.integers(1, 40),
        waits=st.none() | st.integers(1, 10),
    )
    def mint(self, reopens: bool, lives: int | None, waits: int | None) -> Any:
        opens_at = self.plain.now + waits * HALF_HOUR if waits else None
        expires_at = (opens_at or self.plain.now) + lives * HALF_HOUR if lives else None
        plain = PlainLink(reopens, expires_at, opens_at)
        on_cancel = "reopen" if reopens else "stay_used"
        link = make.link(
            self.team.calendar,
            on_cancel=on_cancel,
            expires_at=expires_at,
            opens_at=opens_at,
            now=self.plain.now,
        )
        self.plain.links.append(plain)
        return link.pk, plain

    @rule(target=booked, link=st.none() | minted, place=places)
    def book(self, link: Any, place: int) -> Any:
        key, plain = link or (None, None)
        row = Link.objects.get(pk=key) if key else None
        expected = self.plain.book(self.at(place), plain)
        result, booking = outcome(
            lambda: make.booking(self.team.calendar, self.at(place), link=row, now=self.plain.now), "booked"
        )
        assert result == expected
        return (booking.pk, self.plain.bookings[-1]) if booking else multiple()

    @rule(booking=booked)
    def cancel(self, booking: Any) -> None:
        expected = self.plain.cancel(booking[1])
        row = Booking.objects.get(pk=booking[0])
        result, _ = outcome(lambda: changes.cancel(row, by="guest", now=self.plain.now), "cancelled")
        assert result == expected

    @rule(booking=booked, place=places)
    def move(self, booking: Any, place: int) -> None:
        expected = self.plain.move(booking[1], self.at(place))
        row = Booking.objects.select_related("calendar", "link").get(pk=booking[0])
        result, _ = outcome(
            lambda: changes.move(row, starts_at=self.at(place), by="guest", now=self.plain.now), "moved"
        )
        assert result == expected

    @rule(link=minted, place=places)
    def hold(self, link: Any, place: int) -> None:
        key, plain = link
        state, at = plain.state(self.plain.now), self.at(place)
        expected = f"link_{state}"
        if state == "active":
            expected = "held" if self.plain.is_free(at, link=plain) else "slot_taken"
        row = Link.objects.select_related("calendar").get(pk=key)
        result, until = outcome(lambda: holds.hold_slot(row, at, now=self.plain.now), "held")
        assert result == expected
        if until is not None:
            plain.kept = (at, until)

    @rule(link=minted)
    def revoke(self, link: Any) -> None:
        key, plain = link
        expected = "wrong_state" if plain.state(self.plain.now) == "used" else "revoked"
        result, _ = outcome(
            lambda: links.revoke(Link.objects.get(pk=key), by="test", now=self.plain.now), "revoked"
        )
        assert result == expected
        if expected == "revoked":
            plain.revoked, plain.kept = True, None

    @rule(link=minted)
    def reopen(self, link: Any) -> None:
        key, plain = link
        standing = [b for b in self.plain.bookings if b.link is plain and b.on_link and b.stands]
        refused = bool(standing) or plain.state(self.plain.now) == "expired"
        result, _ = outcome(
            lambda: holds.reopen_link(Link.objects.get(pk=key), by="test", now=self.plain.now), "reopened"
        )
        assert result == ("wrong_state" if refused else "reopened")
        if not refused:
            plain.used = plain.revoked = False
            for booking in self.plain.bookings:
                booking.on_link = booking.on_link and booking.link is not plain

    @rule(link=minted, more=st.integers(1, 60))
    def extend(self, link: Any, more: int) -> None:
        key, plain = link
        expected = "wrong_state" if plain.state(self.plain.now) in ("used", "revoked") else "extended"
        until = self.plain.now + more * HALF_HOUR
        row = Link.objects.get(pk=key)
        result, _ = outcome(
            lambda: links.extend_link(row, until=until, by="test", now=self.plain.now), "extended"
        )
        assert result == expected
        if expected == "extended":
            plain.expires_at = until

    @rule(minutes=st.sampled_from([3, 11, 60, 600]))
    def time_passes(self, minutes: int) -> None:
        self.plain.now += timedelta(minutes=minutes)

    @invariant()
    def nothing_is_broken(self) -> None:
        assert broken() == []

    @invariant()
    def links_are_in_the_states_they_should_be(self) -> None:
        if not hasattr(self, "team"):
            return
        asked = ("used_at", "revoked_at", "expires_at", "opens_at")
        mine = Link.objects.filter(calendar=self.team.calendar).order_by("pk").only(*asked)
        expected = [plain.state(self.plain.now) for plain in self.plain.links]
        assert [state_of(link, now=self.plain.now) for link in mine] == expected
        active = with_state(mine, "active", now=self.plain.now)
        assert active.count() == expected.count("active")

    @invariant()
    def the_diary_shows_what_stands_and_nothing_else(self) -> None:
        if not hasattr(self, "team"):
            return
        held = HeldTime.objects.filter(booking__calendar=self.team.calendar)
        standing = sorted(booking.at for booking in self.plain.bookings if booking.stands)
        assert sorted(held.values_list("starts_at", flat=True)) == standing

    @invariant()
    def offered_is_what_would_be_accepted(self) -> None:
        if not hasattr(self, "team"):
            return
        first, last = (int(self.at(place).timestamp()) for place in (0, PLACES))
        slots = queries.open_slots(self.team.calendar, start=first, end=last, now=self.plain.now)
        free = [self.at(place) for place in range(PLACES) if self.plain.is_free(self.at(place))]
        assert [int(at.timestamp()) for at in free] == [start for start, _ in slots]

    @invariant()
    def sequences_count_the_changes(self) -> None:
        if not hasattr(self, "team"):
            return
        mine = Booking.objects.filter(calendar=self.team.calendar).order_by("pk")
        expected = [booking.moves + (not booking.stands) for booking in self.plain.bookings]
        assert list(mine.values_list("sequence", flat=True)) == expected
        told = Event.objects.filter(workspace=self.team.workspace, kind__startswith="booking.")
        assert told.count() == len(expected) + sum(expected)


@pytest.mark.django_db
@pytest.mark.timeout(0)
def test_the_product_does_what_the_plain_model_does() -> None:
    size = {"max_examples": 300, "stateful_step_count": 60} if FULL else {"max_examples": 12}
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Machine,
        settings=settings(
            **size,
            deadline=None,
            derandomize=not FULL,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
