"""A lock on a row holds up who changes that row, and nobody who only refers to it by a foreign key."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection

from bookonce.domain.accounts import passwords
from bookonce.domain.accounts.models import Session
from bookonce.domain.accounts.sessions import SessionStore
from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.links import observations
from bookonce.domain.links import operations as links
from bookonce.domain.links.models import Observation
from bookonce.foundation.database.transactions import transaction
from bookonce.interfaces.api.idempotency import run_if_unchanged
from tests import make
from tests.make import NOW
from tests.races.crowd import at_once, book

pytestmark = pytest.mark.django_db(transaction=True)

Job = Callable[[], Any]


def while_held(hold: Job, act: Job) -> None:
    """Let ``act`` run and commit while the transaction of ``hold`` is still open.

    On SQLite a transaction is the only writer, whatever it locks: there the two come one after the other.
    """
    held, acted = threading.Event(), threading.Event()

    def holding() -> None:
        with transaction():
            hold()
            if connection.vendor == "postgresql":
                held.set()
                assert acted.wait(30)
        held.set()

    def acting() -> None:
        assert held.wait(30)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
        try:
            act()
        finally:
            acted.set()

    at_once([holding, acting])


def make_calendar(team: make.Team) -> None:
    calendars.create_calendar(team.owner, name="Another", key=uuid4(), by="test", now=NOW)


def copy_calendar(team: make.Team) -> None:
    calendars.duplicate_calendar(team.calendar, name="A copy", key=uuid4(), by="test", now=NOW)


def change_calendar(team: make.Team) -> None:
    calendars.change_calendar(team.calendar, name="Renamed", by="test", now=NOW)


def change_if_unchanged(team: make.Team) -> None:
    run_if_unchanged("*", team.calendar, dict, lambda: None)


@pytest.mark.parametrize("hold", [make_calendar, copy_calendar, change_calendar, change_if_unchanged])
def test_a_booking_goes_on_while_a_calendar_is_made_or_changed(hold: Callable[[make.Team], None]) -> None:
    team = make.team()
    while_held(lambda: hold(team), lambda: book(team.calendar, link=make.link(team.calendar)))
    assert Booking.objects.count() == 1


def test_an_opening_is_noted_while_the_link_is_locked() -> None:
    link = make.link(make.team().calendar)
    while_held(
        lambda: links.lock_link(link.pk),
        lambda: observations.record_observation(
            link, kind=Observation.Kind.OPENED, visitor=Observation.Visitor.PERSON, now=NOW
        ),
    )
    assert Observation.objects.count() == 1


def test_somebody_signs_in_while_their_account_is_changed() -> None:
    person = make.team().owner.person
    secret = passwords.create_setup_link(person, without_authenticator=False, now=NOW)

    def sign_in() -> None:
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session.create()

    while_held(lambda: passwords.set_first_password(secret, "three words for it", now=NOW), sign_in)
    assert Session.objects.get().person_id == person.pk
