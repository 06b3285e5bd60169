"""A person asks for a letter once more: it comes once more, and never after what has undone it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bookonce.delivery.outbox import claims
from bookonce.delivery.outbox.models import Delivery
from bookonce.delivery.outbox.operations import send_again
from bookonce.domain.bookings import changes
from bookonce.foundation.database.transactions import transaction
from bookonce.foundation.errors import WrongState
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db

LATER = make.later(10)


@pytest.fixture
def letter(hana: make.Team) -> Delivery:
    """The guest's letter about a new booking; the host's is on its way."""
    make.booking(hana.calendar)
    Delivery.objects.filter(recipient__startswith="host").update(state="done")
    return Delivery.objects.get(recipient="guest")


def ended(letter: Delivery, state: str) -> Delivery:
    Delivery.objects.filter(pk=letter.pk).update(state=state, ended_at=NOW, attempts=3)
    return letter


def guests() -> list[str]:
    return list(Delivery.objects.filter(recipient="guest").order_by("id").values_list("state", flat=True))


@pytest.mark.parametrize("state", ["done", "dropped"])
def test_a_copy_goes_out_to_the_same_people(letter: Delivery, state: str) -> None:
    copy = send_again(ended(letter, state), now=LATER)
    assert guests() == [state, "waiting"]
    assert (copy.to, copy.thread, copy.position) == (letter.to, letter.thread, letter.position)
    assert claims.claim_delivery({"email"}, now=NOW) is None
    assert claims.claim_delivery({"email"}, now=LATER) == copy


def test_a_dead_one_waits_anew_with_all_its_attempts(letter: Delivery) -> None:
    again = send_again(ended(letter, "dead"), now=LATER)
    assert (again.pk, again.attempts) == (letter.pk, 0)
    assert guests() == ["waiting"]


def test_while_it_waits_another_press_changes_nothing(letter: Delivery) -> None:
    assert send_again(letter, now=LATER) == letter
    copy = send_again(ended(letter, "done"), now=LATER)
    assert send_again(letter, now=LATER) == copy
    assert send_again(ended(copy, "done"), now=LATER) not in (letter, copy)
    assert guests() == ["done", "done", "waiting"]


@pytest.mark.parametrize("state", ["done", "dropped", "dead"])
def test_never_after_something_newer(letter: Delivery, state: str) -> None:
    """Promise 15: no REQUEST after its CANCEL."""
    booking = letter.event.booking_id
    ended(letter, state)
    _cancel(booking)
    with pytest.raises(WrongState):
        send_again(letter, now=LATER)
    assert guests() == [state, "waiting"]


def _cancel(booking: object) -> None:
    changes.cancel(changes.Booking.objects.get(pk=booking), by="guest", now=NOW)


@pytest.mark.parametrize("first", ["copy", "cancel"])
def test_a_copy_that_was_asked_for_as_it_was_cancelled_never_comes_second(
    letter: Delivery, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two commits do not see each other; whichever is claimed first, the order is right."""
    ended(letter, "done")
    booking = letter.event.booking_id
    unseen: Callable[..., None] = lambda *_, **__: None  # noqa: E731
    if first == "copy":
        monkeypatch.setattr(changes.outbox, "drop_waiting", unseen)
        send_again(letter, now=NOW)
        _cancel(booking)
        taken = _claimed()
        assert taken.event.kind == "booking.made"
        assert claims.mark_done(taken, now=NOW)
        assert _claimed().event.kind == "booking.cancelled"
        return
    _cancel(booking)
    assert _claimed().event.kind == "booking.cancelled"
    monkeypatch.setattr("bookonce.delivery.outbox.operations._must_be_last", unseen)
    copy = send_again(letter, now=NOW)
    assert claims.claim_delivery({"email"}, now=NOW) is None
    copy.refresh_from_db()
    assert copy.state == "dropped"


def _claimed() -> Delivery:
    """The guest's next letter."""
    with transaction():
        Delivery.objects.filter(recipient__startswith="host", state="waiting").update(state="done")
    found = claims.claim_delivery({"email"}, now=NOW)
    assert found is not None
    return found
