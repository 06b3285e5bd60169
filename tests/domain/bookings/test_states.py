"""A booking goes only where the table of states leads, by compare-and-set (promise 16)."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest

from bookonce.delivery.outbox.models import Event
from bookonce.domain.bookings import changes, ics, notifications, queries, states
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.states import BLOCKING, CALLED_OFF, TRANSITIONS, Change, State
from bookonce.domain.bookings.transitions import change_booking
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.diary.models import HeldTime
from bookonce.domain.invariants import INVARIANTS
from bookonce.domain.links.queries import state_of
from bookonce.foundation.database.transactions import transaction
from bookonce.foundation.errors import WrongState
from bookonce.interfaces.api import openapi
from bookonce.interfaces.guest import confirmation
from tests import make
from tests.house.house import name_of, product
from tests.make import NOW

ALLOWED = {
    ("pending", "move"): "pending",
    ("confirmed", "move"): "confirmed",
    ("pending", "cancel"): "cancelled",
    ("confirmed", "cancel"): "cancelled",
    ("pending", "approve"): "confirmed",
    ("pending", "decline"): "declined",
    ("pending", "lapse"): "lapsed",
    ("confirmed", "no_show"): "no_show",
}
"""Every change that there is, written down once more: from which state, by what, and where to."""

PAIRS = [(state, change) for state in State for change in Change]


def in_state(hana: make.Team, state: State) -> Booking:
    booking = make.booking(hana.calendar, link=make.link(hana.calendar))
    Booking.objects.filter(pk=booking.pk).update(state=state)
    if state in CALLED_OFF:
        HeldTime.objects.filter(booking=booking).delete()
    return Booking.objects.get(pk=booking.pk)


def stored(booking: Booking) -> dict[str, Any]:
    return Booking.objects.filter(pk=booking.pk).values().get()


def test_every_state_has_one_meaning() -> None:
    assert sorted([*BLOCKING, *CALLED_OFF, State.NO_SHOW]) == sorted(State)
    assert {state for state in State if states.is_final(state)} == {*CALLED_OFF, State.NO_SHOW}
    assert {state for state in State if states.is_blocking(state)} == set(BLOCKING)
    assert {state for state in State if states.is_called_off(state)} == set(CALLED_OFF)
    assert set(TRANSITIONS) == set(Change)


@pytest.mark.parametrize(("state", "change"), PAIRS)
def test_a_change_that_is_listed_is_made_and_any_other_refused(
    hana: make.Team, state: State, change: Change
) -> None:
    booking, leads_to = in_state(hana, state), ALLOWED.get((state.value, change.value))
    before = stored(booking)
    if leads_to is None:
        with pytest.raises(WrongState), transaction():
            change_booking(booking, change, answers={"why": "x"})
        assert stored(booking) == before
        assert (booking.state, booking.sequence, booking.answers) == (state, 0, before["answers"])
    else:
        with transaction():
            change_booking(booking, change, answers={"why": "x"})
        assert stored(booking) == before | {"state": leads_to, "sequence": 1, "answers": {"why": "x"}}
        assert (booking.state, booking.sequence) == (leads_to, 1)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("change", [Change.MOVE, Change.CANCEL])
def test_the_operations_keep_to_the_table(hana: make.Team, state: State, change: Change) -> None:
    booking, times = in_state(hana, state), make.slots(hana.calendar)
    before, events = stored(booking), Event.objects.count()

    def operate() -> Booking:
        if change == Change.MOVE:
            return changes.move(booking, starts_at=times[3], by="test", now=NOW)
        return changes.cancel(booking, by="test", now=NOW)

    if leads_to := ALLOWED.get((state.value, change.value)):
        assert operate().state == leads_to == stored(booking)["state"]
        return
    if states.is_done(state, change):
        operate()
    else:
        with pytest.raises(WrongState):
            operate()
    assert stored(booking) == before
    assert Event.objects.count() == events


def test_only_what_was_made_already_may_be_asked_for_again() -> None:
    done = {(state.value, change.value) for state, change in PAIRS if states.is_done(state, change)}
    assert done == {
        ("confirmed", "approve"),
        ("cancelled", "cancel"),
        ("declined", "decline"),
        ("lapsed", "lapse"),
        ("no_show", "no_show"),
    }


@pytest.mark.parametrize("meanwhile", [{"state": "declined"}, {"sequence": 1}])
def test_what_changed_since_it_was_read_is_left_as_it_is(hana: make.Team, meanwhile: dict[str, Any]) -> None:
    booking = in_state(hana, State.PENDING)
    Booking.objects.filter(pk=booking.pk).update(**meanwhile)
    before = stored(booking)
    with pytest.raises(WrongState), transaction():
        change_booking(booking, Change.APPROVE)
    assert stored(booking) == before
    assert booking.state == "pending"


@pytest.mark.parametrize(
    ("approval", "state", "kind"),
    [(False, "confirmed", "booking.made"), (True, "pending", "booking.requested")],
)
def test_where_approval_is_asked_for_a_booking_begins_as_a_request(
    hana: make.Team, approval: bool, state: str, kind: str
) -> None:
    Calendar.objects.filter(pk=hana.calendar.pk).update(approval=approval)
    calendar = Calendar.objects.select_related("workspace").get(pk=hana.calendar.pk)
    link, times = make.link(calendar), make.slots(calendar)
    booking = make.booking(calendar, times[0], link=link)
    assert (booking.state, stored(booking)["state"]) == (state, state)
    assert Event.objects.get(booking_id=booking.pk).kind == kind
    assert queries.describe_as_booked(booking)["state"] == state
    assert HeldTime.objects.get().booking_id == booking.pk
    link.refresh_from_db()
    assert state_of(link, now=NOW) == "used"
    assert changes.move(booking, starts_at=times[2], by="test", now=NOW).state == state
    assert changes.cancel(booking, by="test", now=NOW).state == "cancelled"


def test_the_invariants_say_the_same_as_the_table() -> None:
    said = {
        frozenset(re.findall(r"'(\w+)'", listed))
        for invariant in INVARIANTS
        for listed in re.findall(r"b\.state IN \(([^)]*)\)", invariant.sql)
    }
    assert said == {frozenset(BLOCKING), frozenset(CALLED_OFF)}
    told = {kind for kind in states.FIRST_EVENT.values() if kind in notifications.TOLD}
    assert told == set(states.FIRST_EVENT.values())
    [untold] = [invariant.sql for invariant in INVARIANTS if invariant.name == "booked_untold"]
    assert set(re.findall(r"'(booking\.\w+)'", untold)) == told
    assert set(states.FIRST_EVENT) == {states.initial_state(approval=asked) for asked in (True, False)}


def test_pages_files_and_programs_know_every_state() -> None:
    assert set(confirmation.STATES) == {*State, "past"}
    assert set(confirmation.MOVED) == set(BLOCKING)
    assert set(ics.STATUS) == set(State) - set(CALLED_OFF)
    enums = [enum for enum in _enums(openapi.openapi_document()) if State.NO_SHOW in enum]
    assert enums
    assert all(set(enum) - {None} == set(State) for enum in enums)


def _enums(document: Any) -> list[list[Any]]:
    if isinstance(document, list):
        return [enum for part in document for enum in _enums(part)]
    if not isinstance(document, dict):
        return []
    own = [document["enum"]] if isinstance(document.get("enum"), list) else []
    return [*own, *(enum for part in document.values() for enum in _enums(part))]


def test_nobody_else_compares_states() -> None:
    """A rule about states stands in the table; elsewhere it is asked."""
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in product()
        if path.name != "states.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Compare)
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and part.value in set(State.values)
    ]
    assert not found
