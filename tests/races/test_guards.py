"""Each guard is taken away to see that the races notice: a race that cannot turn red proves nothing.

Two guards stand before every promise, the code's and the database's. With one gone the other holds
alone; with both gone the race must go red.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError, connection, connections

from bookonce.domain.bookings import operations as bookings
from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.diary import guards
from bookonce.domain.diary import operations as diaries
from bookonce.domain.diary.models import HeldTime
from bookonce.domain.links import operations as links
from bookonce.domain.links.models import Link
from bookonce.foundation.database import failpoints, transactions
from tests import make
from tests.races.crowd import at_once, book
from tests.races.invariants import broken

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 12
Taken = Callable[[], Any]


@contextmanager
def without_constraint(name: str) -> Iterator[None]:
    """Drop a guard of the database; whatever the race did is deleted before it is put back."""
    constraint = next((c for c in Booking._meta.constraints if c.name == name), None)
    with connection.schema_editor() as editor:
        if constraint is not None:
            editor.remove_constraint(Booking, constraint)
        elif connection.vendor == "postgresql":
            editor.execute(f'ALTER TABLE bookonce_heldtime DROP CONSTRAINT "{name}"')
        else:
            editor.execute(f'DROP TRIGGER "{name}"')
    try:
        assert name in guards.missing_guards() or constraint is not None
        yield
    finally:
        HeldTime.objects.all().delete()
        Booking.objects.all().delete()
        if constraint is not None:
            with connection.schema_editor() as editor:
                editor.add_constraint(Booking, constraint)
        guards.install_guards()
        assert guards.missing_guards() == []


@contextmanager
def instead(thing: Any, name: str, other: Any) -> Iterator[None]:
    """Let an operation be another one for a while."""
    was = getattr(thing, name)
    setattr(thing, name, other)
    try:
        yield
    finally:
        setattr(thing, name, was)


def redeem_without_guard(link_id: Any, *, now: Any) -> Link:
    """Spend the link whether or not somebody has: the field's famous fault."""
    Link.objects.filter(pk=link_id).update(used_at=now)
    return Link.objects.get(pk=link_id)


no_constraint_on_links: Taken = partial(without_constraint, guards.ONE_BOOKING)
no_constraint_on_time: Taken = partial(without_constraint, guards.ONE_MEETING)
no_guarded_update: Taken = partial(instead, links, "redeem", redeem_without_guard)
no_engine: Taken = partial(instead, bookings, "lock_free_host", lambda hosts, *_, **__: hosts[0])


def no_lock() -> Any:
    """Read the diaries without locking them."""

    def read(known: Calendar) -> Any:
        return known, list(diaries.diaries_of(known.pk))

    return instead(diaries, "lock_hosts", read)


@contextmanager
def no_single_writer() -> Iterator[None]:
    """SQLite's lock is its one writer: let transactions begin as readers, and without a queue."""
    options: dict[str, Any] = connections.settings["default"]["OPTIONS"]
    was = options["transaction_mode"]
    options["transaction_mode"] = "DEFERRED"
    try:
        with (
            instead(transactions, "_turn", lambda wait: nullcontext()),
            # The guest's contact is a first write, which would take the lock all the same.
            instead(bookings, "_contact", lambda *_, **__: None),
        ):
            yield
    finally:
        options["transaction_mode"] = was


@contextmanager
def all_of(*taken: Taken) -> Iterator[None]:
    with ExitStack() as stack:
        for take in taken:
            stack.enter_context(take())
        yield


def race_on_one_link() -> list[str]:
    """Who broke what, when many book different times with one link."""
    team = make.team()
    link, times = make.link(team.calendar), make.slots(team.calendar, MANY)
    at_once([lambda at=at: book(team.calendar, at, link=link) for at in times])
    return broken()


def race_on_one_slot(*, with_links: bool = True) -> list[str]:
    """Who broke what, when many links book one time; each looks a while before it writes."""
    team = make.team()
    [at] = make.slots(team.calendar, 1)
    spent = [make.link(team.calendar) if with_links else None for _ in range(MANY)]
    jobs = [lambda link=link: book(team.calendar, at, link=link) for link in spent]
    failpoints.watch_failpoints(lambda point: time.sleep(0.02) if point == "book.found_free" else None)
    try:
        at_once(jobs)
    finally:
        failpoints.watch_failpoints(None)
    return broken()


@pytest.mark.parametrize("taken", [no_constraint_on_links, no_guarded_update], ids=["update", "constraint"])
def test_either_guard_of_a_link_holds_alone(taken: Taken) -> None:
    with taken():
        assert race_on_one_link() == []


def test_with_both_guards_of_a_link_gone_the_race_turns_red() -> None:
    with all_of(no_constraint_on_links, no_guarded_update):
        assert "one_booking_per_link" in race_on_one_link()


@pytest.mark.parametrize("taken", [no_constraint_on_time, no_engine], ids=["lock-and-engine", "constraint"])
def test_either_guard_of_time_holds_alone(taken: Taken) -> None:
    with taken():
        assert race_on_one_slot() == []


def test_with_both_guards_of_time_gone_the_race_turns_red() -> None:
    with all_of(no_constraint_on_time, no_engine):
        assert "one_meeting_at_a_time" in race_on_one_slot()


def test_without_the_lock_the_engine_alone_is_not_enough() -> None:
    """The engine decides rightly only because the diary is locked: the lock is a guard of its own."""
    if connection.vendor == "sqlite":
        with no_single_writer(), pytest.raises(OperationalError, match="locked"):
            race_on_one_slot(with_links=False)
        return
    with all_of(no_constraint_on_time, no_lock):
        assert "one_meeting_at_a_time" in race_on_one_slot()


def test_spending_the_link_after_the_booking_turns_the_race_red() -> None:
    """What the field does: book first, spend the link afterwards, in a transaction of its own."""

    def look(link_id: Any, *, now: Any) -> Link:
        return Link.objects.get(pk=link_id)

    with all_of(no_constraint_on_links, partial(instead, links, "redeem", look)):
        found = race_on_one_link()
    assert "one_booking_per_link" in found
    assert "booked_without_spending" in found


class Crash(Exception):
    """The process ends here."""


def crash_at(point: str) -> Callable[[str], None]:
    def watcher(reached: str) -> None:
        if reached == point:
            raise Crash

    return watcher


@pytest.mark.parametrize("point", ["book.redeemed", "book.locked", "book.written"])
def test_a_crash_before_the_commit_leaves_nothing(point: str) -> None:
    team = make.team()
    link = make.link(team.calendar)
    failpoints.watch_failpoints(crash_at(point))
    try:
        with pytest.raises(Crash):
            book(team.calendar, link=link)
    finally:
        failpoints.watch_failpoints(None)
    assert not Booking.objects.exists()
    assert book(team.calendar, link=link)
    assert broken() == []


def test_an_outbox_outside_the_transaction_loses_what_a_crash_interrupts() -> None:
    team = make.team()
    late: list[Any] = []

    def told_later(*_: Any, **__: Any) -> list[Any]:
        late.append("the rows that would be written after the commit")
        return []

    failpoints.watch_failpoints(crash_at("book.committed"))
    try:
        with instead(bookings, "event_rows", told_later), pytest.raises(Crash):
            book(team.calendar)
    finally:
        failpoints.watch_failpoints(None)
    assert late
    assert broken() == ["booked_untold"]


def test_with_every_guard_in_place_nothing_is_broken() -> None:
    assert race_on_one_link() == race_on_one_slot() == []
