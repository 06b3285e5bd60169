"""What a delivery is known by: event, purpose, channel and recipient; and that nothing waits for another."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.db import transaction as django_transaction
from django.db.migrations.executor import MigrationExecutor

from bookonce.delivery.outbox import claims, operations, queries
from bookonce.delivery.outbox.models import Delivery, Event
from bookonce.delivery.outbox.operations import DeliveryRequest, record_event, send_again
from bookonce.delivery.outbox.recipients import host_key, person_key
from bookonce.domain import invariants
from bookonce.domain.accounts import mailed_tokens
from bookonce.domain.bookings import mails
from bookonce.domain.bookings.changes import cancel
from bookonce.domain.bookings.models import Booking
from bookonce.domain.diary import guards
from bookonce.domain.links import link_requests
from bookonce.foundation.database import guarded_rows as database_rows
from bookonce.foundation.database.transactions import transaction
from bookonce.foundation.errors import WrongState
from tests import make
from tests.make import NOW, later

OTHER_HOST = host_key(uuid.UUID(int=7))
TO = "a@example.net"


def told(team: make.Team, *asked: DeliveryRequest, position: int = 0, kind: str = "booking.made") -> Event:
    event = operations.new_event(
        kind, workspace_id=team.workspace.pk, now=NOW, by="test", data={"hosts": ["mem_1"]}
    )
    with transaction():
        record_event(event, asked, subject="s", position=position)
    return event


def whatever_waits() -> set[tuple[str, str, str]]:
    """All that workers could take at this moment."""
    taken = set()
    while found := claims.claim_delivery({"email", "calendar"}, now=NOW):
        taken.add((found.purpose, found.channel, found.recipient))
    return taken


@pytest.mark.django_db
def test_a_reminder_a_second_host_and_a_calendar_are_no_copies_and_wait_for_nobody(hana: make.Team) -> None:
    asked = [
        DeliveryRequest("email", "guest", TO),
        DeliveryRequest("email", "guest", TO, purpose="reminder"),
        DeliveryRequest("email", host_key(hana.owner.pk), TO),
        DeliveryRequest("email", OTHER_HOST, TO),
        DeliveryRequest("calendar", host_key(hana.owner.pk), TO),
    ]
    told(hana, *asked)
    event = told(hana, *asked, position=1)
    assert not Delivery.objects.exclude(copy_of=None).exists()
    assert Delivery.objects.filter(event=event).count() == len(asked)
    assert len(whatever_waits()) == len(asked), "the first of each thread, and no thread stands still"
    keys = [mails.message_key(one) for one in Delivery.objects.filter(event=event, channel="email")]
    assert len(set(keys)) == len(keys), "no mail of an event has another's Message-ID"


@pytest.mark.django_db
def test_an_event_has_one_delivery_of_each(hana: make.Team) -> None:
    twice = [DeliveryRequest("email", "guest", TO), DeliveryRequest("email", "guest", "b@example.net")]
    with pytest.raises(ValueError, match="one delivery for each"):
        told(hana, *twice)
    event = told(hana, twice[0])
    first = Delivery.objects.get(event=event)
    with pytest.raises(IntegrityError), django_transaction.atomic():
        _clone(first).save(force_insert=True)
    _clone(first, copy_of=first).save(force_insert=True)
    with pytest.raises(IntegrityError), django_transaction.atomic():
        _clone(first, copy_of=first).save(force_insert=True)


def _clone(delivery: Delivery, **other: Any) -> Delivery:
    names = [
        field.attname for field in database_rows.fields_of(Delivery) if field.name not in ("id", "copy_of")
    ]
    return Delivery(**{name: getattr(delivery, name) for name in names}, **other)


@pytest.mark.django_db
def test_a_mail_sent_again_breaks_no_promise_for_the_doctor(hana: make.Team) -> None:
    make.booking(hana.calendar)
    Delivery.objects.update(state="done", ended_at=NOW)
    for delivery in list(Delivery.objects.all()):
        copy = send_again(delivery, now=later(1))
        assert copy.copy_of == delivery
    assert Delivery.objects.count() == 4
    assert invariants.find_broken() == []


@pytest.mark.django_db
def test_a_copy_of_a_copy_is_a_copy_of_the_first(hana: make.Team) -> None:
    event = told(hana, DeliveryRequest("email", "guest", TO))
    first = Delivery.objects.get(event=event)
    Delivery.objects.update(state="done", ended_at=NOW)
    copy = send_again(first, now=NOW)
    Delivery.objects.update(state="done", ended_at=NOW)
    assert send_again(copy, now=NOW).copy_of == first


@pytest.mark.django_db
@pytest.mark.parametrize("which", ["first", "copy"])
def test_what_was_given_up_does_not_wait_beside_its_copy(hana: make.Team, which: str) -> None:
    event = told(hana, DeliveryRequest("email", "guest", TO))
    first = Delivery.objects.get(event=event)
    Delivery.objects.update(state="done", ended_at=NOW)
    copy = send_again(first, now=NOW)
    Delivery.objects.filter(pk=copy.pk).update(state="dead", ended_at=NOW)
    Delivery.objects.filter(pk=first.pk).update(state="dead" if which == "first" else "done")
    dead = first if which == "first" else copy
    if which == "first":
        operations.resend(copy, now=NOW)
    else:
        assert send_again(first, now=NOW).copy_of == first
    with pytest.raises(WrongState, match="waits already"):
        operations.resend(dead, now=NOW)
    assert Delivery.objects.filter(state="waiting").count() == 1


@pytest.fixture
def from_before(transactional_db: None) -> Any:
    """Deliveries as the release before wrote them: of bookings, asks and an account, with copies."""
    hana, sam = make.team(), make.team("Beta", "Sam")
    bookings = [make.booking(team.calendar) for team in (hana, sam)]
    used = make.link(hana.calendar)
    make.booking(hana.calendar, link=used)
    link_requests.request_new_link(used, name="Gil", now=NOW)
    with transaction():
        mailed_tokens.record_account_event(hana.owner.person, "account.passkey_added", to=TO, now=NOW)
    strange = told(hana, DeliveryRequest("email", OTHER_HOST, TO))
    Event.objects.filter(pk=strange.pk).update(data={})
    gone = Delivery.objects.get(event__booking_id=bookings[0].pk, recipient="guest")
    Delivery.objects.filter(pk=gone.pk).update(state="done", ended_at=NOW)
    copies = [send_again(gone, now=NOW)]
    known = Delivery.objects.filter(event__booking_id__isnull=False)
    keys = {one.pk: mails.message_key(one) for one in known}
    call_command("migrate", "bookonce", "0010", verbosity=0)
    try:
        # Nothing kept two copies from waiting, where one was given up in between.
        _second_copy(copies)
        call_command("migrate", verbosity=0)
        yield hana, sam, bookings, keys, copies
    finally:
        call_command("migrate", verbosity=0)


def _second_copy(copies: list[Delivery]) -> None:
    """Look at the rows of before, and write one more of the copy."""
    old = MigrationExecutor(connection).loader.project_state(("bookonce", "0010_deliveries_workspace")).apps
    delivery = old.get_model("bookonce", "Delivery")
    assert set(delivery.objects.values_list("audience", flat=True)) == {"guest", "host", "person"}
    ends = {thread.rpartition(":")[2] for thread in delivery.objects.values_list("thread", flat=True)}
    assert ends == {"guest", "host", ""}
    row = delivery.objects.get(pk=copies[0].pk)
    row.pk = Delivery().pk
    row.save(force_insert=True)
    copies.append(row)


def test_what_was_written_before_says_whom_it_is_for(from_before: Any) -> None:
    hana, sam, (hers, his), keys, (copy, second) = from_before
    assert guards.missing_guards() == []
    for team, booking in ((hana, hers), (sam, his)):
        about = queries.deliveries_about(booking.pk).filter(copy_of=None)
        assert {(one.purpose, one.recipient, one.thread) for one in about} == {
            ("notice", "guest", f"{booking.pk}:notice:email:guest"),
            ("notice", key := host_key(team.owner.pk), f"{booking.pk}:notice:email:{key}"),
        }
    asked = Delivery.objects.get(event__kind="link.asked")
    assert (asked.recipient, asked.thread) == (
        host_key(hana.owner.pk),
        link_requests.owner_thread(hana.owner),
    )
    account = Delivery.objects.get(event__kind__startswith="account.")
    assert (account.recipient, account.thread) == (person_key(hana.owner.person_id), "")
    assert Delivery.objects.get(event__data={}).recipient == "host"
    first = queries.deliveries_about(hers.pk).get(recipient="guest", copy_of=None)
    kept = {one.pk: (one.copy_of, one.state) for one in Delivery.objects.exclude(copy_of=None)}
    assert kept == {copy.pk: (first, "waiting"), second.pk: (first, "dropped")}
    found = Delivery.objects.filter(pk__in=keys)
    assert {one.pk: mails.message_key(one) for one in found} == keys, "a Message-ID stays (promise 13)"


def test_what_was_written_before_keeps_its_order_with_what_comes_after(from_before: Any) -> None:
    """Promise 15: what waits from before is dropped, or goes out before the news."""
    _, _, (hers, his), _, _ = from_before
    cancel(Booking.objects.get(pk=his.pk), by="guest", now=later(1))
    old = queries.deliveries_about(his.pk).filter(event__kind="booking.made")
    assert {one.state for one in old} == {"dropped"}
    guests = queries.deliveries_about(hers.pk).get(recipient="guest", copy_of=None)
    under_way = Delivery.objects.filter(event__booking_id=hers.pk, state="waiting")
    under_way.update(lease_until=later(5))
    cancel(Booking.objects.get(pk=hers.pk), by="guest", now=later(1))
    assert {one.position for one in under_way} == {0, 1}
    taken = claims.claim_delivery({"email"}, now=later(2))
    while taken is not None and taken.event.booking_id != hers.pk:
        taken = claims.claim_delivery({"email"}, now=later(2))
    assert taken is None, "the news waits for what is under way from before"
    Delivery.objects.filter(event__booking_id=hers.pk, position=0).update(state="done", ended_at=NOW)
    with pytest.raises(WrongState, match="newer"):
        send_again(guests, now=later(1))
