"""A person asks for a mail once more: it comes once more, and never after what has undone it."""

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
def mail(hana: make.Team) -> Delivery:
    """The guest's mail about a new booking; the host's is on its way."""
    make.booking(hana.calendar)
    Delivery.objects.filter(recipient__startswith="host").update(state="done")
    return Delivery.objects.get(recipient="guest")


def ended(mail: Delivery, state: str) -> Delivery:
    Delivery.objects.filter(pk=mail.pk).update(state=state, ended_at=NOW, attempts=3)
    return mail


def guests() -> list[str]:
    return list(Delivery.objects.filter(recipient="guest").order_by("id").values_list("state", flat=True))


@pytest.mark.parametrize("state", ["done", "dropped"])
def test_a_copy_goes_out_to_the_same_people(mail: Delivery, state: str) -> None:
    copy = send_again(ended(mail, state), now=LATER)
    assert guests() == [state, "waiting"]
    assert (copy.to, copy.thread, copy.position) == (mail.to, mail.thread, mail.position)
    assert claims.claim_delivery({"email"}, now=NOW) is None
    assert claims.claim_delivery({"email"}, now=LATER) == copy


def test_a_dead_one_waits_anew_with_all_its_attempts(mail: Delivery) -> None:
    again = send_again(ended(mail, "dead"), now=LATER)
    assert (again.pk, again.attempts) == (mail.pk, 0)
    assert guests() == ["waiting"]


def test_while_it_waits_another_press_changes_nothing(mail: Delivery) -> None:
    assert send_again(mail, now=LATER) == mail
    copy = send_again(ended(mail, "done"), now=LATER)
    assert send_again(mail, now=LATER) == copy
    assert send_again(ended(copy, "done"), now=LATER) not in (mail, copy)
    assert guests() == ["done", "done", "waiting"]


@pytest.mark.parametrize("state", ["done", "dropped", "dead"])
def test_never_after_something_newer(mail: Delivery, state: str) -> None:
    """Promise 15: no REQUEST after its CANCEL."""
    booking = mail.event.booking_id
    ended(mail, state)
    _cancel(booking)
    with pytest.raises(WrongState):
        send_again(mail, now=LATER)
    assert guests() == [state, "waiting"]


def _cancel(booking: object) -> None:
    changes.cancel(changes.Booking.objects.get(pk=booking), by="guest", now=NOW)


@pytest.mark.parametrize("first", ["copy", "cancel"])
def test_a_copy_that_was_asked_for_as_it_was_cancelled_never_comes_second(
    mail: Delivery, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two commits do not see each other; whichever is claimed first, the order is right."""
    ended(mail, "done")
    booking = mail.event.booking_id
    unseen: Callable[..., None] = lambda *_, **__: None  # noqa: E731
    if first == "copy":
        monkeypatch.setattr(changes.outbox, "drop_waiting", unseen)
        send_again(mail, now=NOW)
        _cancel(booking)
        taken = _claimed()
        assert taken.event.kind == "booking.made"
        assert claims.mark_done(taken, now=NOW)
        assert _claimed().event.kind == "booking.cancelled"
        return
    _cancel(booking)
    assert _claimed().event.kind == "booking.cancelled"
    monkeypatch.setattr("bookonce.delivery.outbox.operations._must_be_last", unseen)
    copy = send_again(mail, now=NOW)
    assert claims.claim_delivery({"email"}, now=NOW) is None
    copy.refresh_from_db()
    assert copy.state == "dropped"


def _claimed() -> Delivery:
    """The guest's next mail."""
    with transaction():
        Delivery.objects.filter(recipient__startswith="host", state="waiting").update(state="done")
    found = claims.claim_delivery({"email"}, now=NOW)
    assert found is not None
    return found
