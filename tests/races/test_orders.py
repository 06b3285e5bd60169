"""Book against revoke, expire, cancel, move, hold: every order, forced and free (promises 3, 5, 16)."""

from __future__ import annotations

import pytest
from django.db import connection

from bookonce.domain.bookings import changes, holds
from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.calendars.operations import archive_calendar
from bookonce.domain.diary.models import Hold
from bookonce.domain.links.models import Link
from bookonce.domain.links.operations import revoke
from bookonce.domain.links.pausing import pause_links, release_link, release_links
from bookonce.domain.links.queries import state_of
from tests import make
from tests.make import NOW, later
from tests.races.crowd import RACERS, at_once, book, in_order, outcomes
from tests.races.invariants import broken

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = max(4, RACERS // 10)


def test_a_revocation_that_comes_while_booking_finds_it_used() -> None:
    team = make.team()
    link = make.link(team.calendar)
    booked, refused = in_order(
        "book.redeemed",
        lambda: book(team.calendar, link=link),
        lambda: revoke(link, by="test", now=NOW),
    )
    assert [type(booked).__name__, type(refused).__name__] == ["Booking", "WrongState"]
    assert state_of(Link.objects.get(pk=link.pk), now=NOW) == "used"
    assert broken() == []


def test_a_booking_that_comes_while_revoking_finds_it_revoked() -> None:
    team = make.team()
    link, [at] = make.link(team.calendar), make.slots(team.calendar, 1)
    revoked, refused = in_order(
        "revoke.written",
        lambda: revoke(link, by="test", now=NOW),
        lambda: book(team.calendar, at, link=link),
    )
    assert [type(revoked).__name__, type(refused).__name__] == ["Link", "LinkRevoked"]
    assert not Booking.objects.exists()


@pytest.mark.parametrize("point", ["book.redeemed", "book.locked", "book.written"])
def test_the_second_to_book_waits_for_the_first_and_is_told(point: str) -> None:
    team = make.team()
    link, times = make.link(team.calendar), make.slots(team.calendar, 2)
    results = in_order(
        point,
        lambda: book(team.calendar, times[0], link=link),
        lambda: book(team.calendar, times[1], link=link),
    )
    assert outcomes(results) == {"Booking": 1, "LinkUsed": 1}
    assert broken() == []


@pytest.mark.parametrize("point", ["book.locked", "book.written"])
def test_another_link_for_the_same_slot_waits_and_keeps_its_link(point: str) -> None:
    team = make.team()
    one, two, [at] = make.link(team.calendar), make.link(team.calendar), make.slots(team.calendar, 1)
    results = in_order(
        point,
        lambda: book(team.calendar, at, link=one),
        lambda: book(team.calendar, at, link=two),
    )
    assert outcomes(results) == {"Booking": 1, "SlotTaken": 1}
    assert state_of(Link.objects.get(pk=two.pk), now=NOW) == "active"
    assert broken() == []


@pytest.mark.parametrize("point", ["book.redeemed", "book.locked", "book.found_free", "book.written"])
@pytest.mark.parametrize("with_link", [True, False], ids=["link", "open"])
def test_nobody_books_once_the_calendar_is_said_to_be_archived(point: str, with_link: bool) -> None:
    team = make.team()
    team.calendar.visibility = Calendar.Visibility.PUBLIC
    team.calendar.save()
    link, [at] = make.link(team.calendar) if with_link else None, make.slots(team.calendar, 1)

    def archive() -> int:
        archive_calendar(team.calendar, by="test", now=NOW)
        return Booking.objects.count()

    made, booked_by_then = in_order(point, lambda: book(team.calendar, at, link=link), archive)
    assert Booking.objects.count() == booked_by_then == (type(made).__name__ == "Booking")
    assert broken() == []


def test_a_booking_that_comes_while_archiving_finds_it_archived() -> None:
    team = make.team()
    link, [at] = make.link(team.calendar), make.slots(team.calendar, 1)
    _, refused = in_order(
        "archive.written",
        lambda: archive_calendar(team.calendar, by="test", now=NOW),
        lambda: book(team.calendar, at, link=link),
    )
    assert type(refused).__name__ == "LinkRevoked"
    assert not Booking.objects.exists()


def test_book_against_revoke_has_always_exactly_one_winner() -> None:
    team = make.team()
    for at in make.slots(team.calendar, ROUNDS):
        link = make.link(team.calendar)
        ended, booked = at_once(
            [
                lambda link=link: revoke(link, by="test", now=NOW),
                lambda link=link, at=at: book(team.calendar, at, link=link),
            ]
        )
        assert {type(ended).__name__, type(booked).__name__} in (
            {"Link", "LinkRevoked"},
            {"WrongState", "Booking"},
        )
    assert broken() == []


def test_a_booking_that_comes_while_pausing_finds_it_paused() -> None:
    team = make.team()
    link, [at] = make.link(team.calendar), make.slots(team.calendar, 1)
    _, refused = in_order(
        "pause.written",
        lambda: pause_links(by="test", now=NOW),
        lambda: book(team.calendar, at, link=link),
    )
    assert type(refused).__name__ == "LinkPaused"
    assert not Booking.objects.exists()


def test_a_pause_that_comes_while_booking_leaves_the_booking() -> None:
    team = make.team()
    link = make.link(team.calendar)
    booked, _ = in_order(
        "book.redeemed",
        lambda: book(team.calendar, link=link),
        lambda: pause_links(by="test", now=NOW),
    )
    assert type(booked).__name__ == "Booking"
    assert state_of(Link.objects.get(pk=link.pk), now=NOW) == "used"
    assert broken() == []


def test_a_release_between_the_two_looks_at_a_link_makes_it_no_unknown_one() -> None:
    team = make.team()
    link, [at] = make.link(team.calendar), make.slots(team.calendar, 1)
    pause_links(by="test", now=NOW)
    booked, released = in_order(
        "redeem.missed",
        lambda: book(team.calendar, at, link=link),
        lambda: release_link(link, by="test", now=NOW),
    )
    # SQLite's only writer is the booking: the release comes after it.
    assert type(booked).__name__ == ("Booking" if connection.vendor == "postgresql" else "LinkPaused")
    assert type(released).__name__ == "Link"


def test_book_against_pause_and_release_never_books_while_it_is_paused() -> None:
    team = make.team()
    for at in make.slots(team.calendar, ROUNDS):
        link = make.link(team.calendar)
        _, booked = at_once(
            [
                lambda: pause_links(by="test", now=NOW),
                lambda link=link, at=at: book(team.calendar, at, link=link),
            ]
        )
        assert type(booked).__name__ in ("Booking", "LinkPaused")
        spent = state_of(Link.objects.get(pk=link.pk), now=NOW)
        assert spent == ("used" if isinstance(booked, Booking) else "paused")
        # Many presses of both buttons, while two people book.
        results = at_once(
            [
                lambda link=link: release_link(link, by="test", now=NOW),
                lambda: release_links(team.workspace.pk, by="test", now=NOW),
                lambda: pause_links(by="test", now=NOW),
                *[lambda link=link, at=at: book(team.calendar, at, link=link)] * 2,
            ]
        )
        assert outcomes([booked, *results])["Booking"] <= 1
        assert set(outcomes(results[3:])) <= {"Booking", "LinkUsed", "LinkPaused", "SlotTaken"}
    assert broken() == []


def test_nobody_books_at_or_after_the_expiry() -> None:
    team = make.team()
    expiry, times = later(10), make.slots(team.calendar, RACERS + 1)[1:]
    links = [make.link(team.calendar, expires_at=expiry) for _ in times]
    jobs = [
        lambda link=link, at=times[-1 - n], minute=n % 20: book(
            team.calendar, at, link=link, now=later(minute)
        )
        for n, link in enumerate(links)
    ]
    for number, result in enumerate(at_once(jobs)):
        assert isinstance(result, Booking) == (number % 20 < 10), result
    assert broken() == []


def test_cancel_and_book_again_never_overlap() -> None:
    team = make.team()
    for at in make.slots(team.calendar, ROUNDS):
        first, link = book(team.calendar, at), make.link(team.calendar)
        cancelled, booked = at_once(
            [
                lambda first=first: changes.cancel(first, by="guest", now=NOW),
                lambda link=link, at=at: book(team.calendar, at, link=link),
            ]
        )
        assert cancelled.state == "cancelled"
        assert type(booked).__name__ in ("Booking", "SlotTaken")
        assert broken() == []


def test_a_reopened_link_is_booked_once_more_and_not_twice() -> None:
    team = make.team(on_cancel="reopen")
    link, times = make.link(team.calendar), make.slots(team.calendar, 9)
    first = book(team.calendar, times[0], link=link)
    results = at_once(
        [
            lambda: changes.cancel(first, by="guest", now=NOW),
            *[lambda at=at: book(team.calendar, at, link=link) for at in times[1:]],
        ]
    )
    assert outcomes(results[1:])["Booking"] <= 1
    assert Booking.objects.filter(gave_back_at=None).count() == outcomes(results[1:])["Booking"]
    assert broken() == []


def test_many_cancel_once() -> None:
    team = make.team(on_cancel="reopen")
    booking = book(team.calendar, link=make.link(team.calendar))
    at_once([lambda: changes.cancel(booking, by="guest", now=NOW)] * 8)
    assert Booking.objects.get().sequence == 1
    assert broken() == []


def test_move_against_cancel_ends_in_one_of_the_two_and_frees_the_rest() -> None:
    team = make.team()
    times = make.slots(team.calendar, 40)
    for number in range(ROUNDS):
        booking = book(team.calendar, times[number])
        moved, cancelled = at_once(
            [
                lambda b=booking, at=times[39 - number]: changes.move(b, starts_at=at, by="guest", now=NOW),
                lambda b=booking: changes.cancel(b, by="guest", now=NOW),
            ]
        )
        assert cancelled.state == "cancelled"
        assert type(moved).__name__ in ("Booking", "WrongState")
        assert broken() == []


def test_many_move_to_one_time_and_one_gets_it() -> None:
    team = make.team()
    times = make.slots(team.calendar, 20)
    bookings = [book(team.calendar, at) for at in times[:8]]
    results = at_once(
        [lambda b=b: changes.move(b, starts_at=times[15], by="guest", now=NOW) for b in bookings]
    )
    assert outcomes(results) == {"Booking": 1, "SlotTaken": 7}
    assert Booking.objects.filter(starts_at=times[15]).count() == 1
    assert broken() == []


def test_move_and_book_for_the_same_time() -> None:
    team = make.team()
    times = make.slots(team.calendar, 40)
    for number in range(ROUNDS):
        booking, link = book(team.calendar, times[number]), make.link(team.calendar)
        results = at_once(
            [
                lambda b=booking, at=times[39 - number]: changes.move(b, starts_at=at, by="guest", now=NOW),
                lambda link=link, at=times[39 - number]: book(team.calendar, at, link=link),
            ]
        )
        assert outcomes(results) == {"Booking": 1, "SlotTaken": 1}
        assert broken() == []


def test_two_swap_their_times_or_not_but_never_meet() -> None:
    team = make.team()
    times = make.slots(team.calendar, 2)
    one, two = (book(team.calendar, at) for at in times)
    at_once(
        [
            lambda: changes.move(one, starts_at=times[1], by="guest", now=NOW),
            lambda: changes.move(two, starts_at=times[0], by="guest", now=NOW),
        ]
    )
    assert broken() == []


def test_holds_of_many_links_on_one_slot_are_one() -> None:
    team = make.team()
    [at] = make.slots(team.calendar, 1)
    links = [make.link(team.calendar) for _ in range(RACERS)]
    results = at_once([lambda link=link: holds.hold_slot(link, at, now=NOW) for link in links])
    assert outcomes(results) == {"datetime": 1, "SlotTaken": RACERS - 1}
    assert Hold.objects.count() == 1


def test_a_hold_and_a_booking_for_the_same_slot() -> None:
    team = make.team()
    for at in make.slots(team.calendar, ROUNDS):
        one, two = make.link(team.calendar), make.link(team.calendar)
        results = at_once(
            [
                lambda one=one, at=at: holds.hold_slot(one, at, now=NOW),
                lambda two=two, at=at: book(team.calendar, at, link=two),
            ]
        )
        assert outcomes(results)["SlotTaken"] == 1
        assert broken() == []
