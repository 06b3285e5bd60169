"""Many people with one link, at once: exactly one books (promises 1 to 3)."""

from __future__ import annotations

import pytest

from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.operations import RequestIdentity
from tests import make
from tests.races.crowd import RACERS, at_once, book, outcomes
from tests.races.invariants import broken

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_many_on_one_link_and_different_slots_one_books() -> None:
    team = make.team()
    link, times = make.link(team.calendar), make.slots(team.calendar, RACERS)
    results = at_once([lambda at=at: book(team.calendar, at, link=link) for at in times])
    assert outcomes(results) == {"Booking": 1, "LinkUsed": RACERS - 1}
    assert broken() == []


def test_of_many_on_one_link_and_one_slot_one_books() -> None:
    team = make.team()
    link, [at] = make.link(team.calendar), make.slots(team.calendar, 1)
    results = at_once([lambda: book(team.calendar, at, link=link)] * RACERS)
    assert outcomes(results) == {"Booking": 1, "LinkUsed": RACERS - 1}
    assert broken() == []


def test_the_same_attempt_many_times_is_one_booking_for_all() -> None:
    """As a form's key is: its twins wait, and see the confirmation."""
    team = make.team()
    link, [at] = make.link(team.calendar), make.slots(team.calendar, 1)
    again = RequestIdentity(f"link:{link.pk}", "one key", b"one body")
    results = at_once([lambda: book(team.calendar, at, link=link, attempt=again)] * RACERS)
    assert outcomes(results) == {"Booking": RACERS}
    assert len({booking.pk for booking in results}) == 1
    assert broken() == []


@pytest.mark.parametrize("with_link", [True, False])
def test_the_same_call_of_a_program_is_one_booking_and_the_others_are_told(with_link: bool) -> None:
    """As an Idempotency-Key is: while the first is at work its twins are told so; afterwards they see it."""
    team = make.team()
    link, [at] = make.link(team.calendar) if with_link else None, make.slots(team.calendar, 1)
    again = RequestIdentity("a program", "one key", b"one body", alone=True)
    results = at_once([lambda: book(team.calendar, at, link=link, attempt=again)] * RACERS)
    assert {*outcomes(results)} <= {"Booking", "InFlight"}
    assert {result for result in results if isinstance(result, Booking)} == {Booking.objects.get()}
    if link is not None:
        link.refresh_from_db()
    assert {book(team.calendar, at, link=link, attempt=again) for _ in results} == {Booking.objects.get()}
    assert broken() == []


def test_the_same_attempt_without_a_link_is_one_booking_for_all() -> None:
    team = make.team()
    [at], again = make.slots(team.calendar, 1), RequestIdentity("workspace", "one key", b"one body")
    results = at_once([lambda: book(team.calendar, at, attempt=again)] * RACERS)
    assert {booking.pk for booking in results} == {Booking.objects.get().pk}
    assert broken() == []


def test_many_browsers_and_the_winners_own_repeats() -> None:
    team = make.team()
    link, times = make.link(team.calendar), make.slots(team.calendar, 8)
    jobs = [
        lambda at=at, browser=browser: book(
            team.calendar, at, link=link, attempt=RequestIdentity(browser=browser)
        )
        for browser in ("one", "two", "three", "four")
        for at in times
    ]
    results = at_once(jobs)
    winners = {number // 8 for number, result in enumerate(results) if isinstance(result, Booking)}
    assert len(winners) == 1
    assert outcomes(results)["Booking"] == 8
    assert broken() == []
