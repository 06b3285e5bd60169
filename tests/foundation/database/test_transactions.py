"""Doors open the transaction; steps insist on being inside one."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections

from bookonce.domain.contacts.models import Contact
from bookonce.domain.contacts.operations import find_or_create_contact
from bookonce.foundation.database.transactions import Busy, transaction
from tests import make
from tests.make import NOW


def contact(team: make.Team, email: str) -> object:
    return find_or_create_contact(team.workspace.pk, name="", email=email, phone="", now=NOW)


def test_a_step_outside_a_door_is_a_mistake(hana: make.Team) -> None:
    with pytest.raises(AssertionError, match="find_or_create_contact must be called inside"):
        contact(hana, "gil@example.net")


def test_an_inner_door_is_part_of_the_outer_one(hana: make.Team) -> None:

    def fail_after_an_inner_door() -> None:
        with transaction():
            with transaction():
                contact(hana, "gil@example.net")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_an_inner_door()
    assert not Contact.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_would_not_wait_is_told_on_sqlite_and_never_stopped_on_postgresql() -> None:
    inside, leave, busy = threading.Event(), threading.Event(), []

    def stay() -> None:
        with transaction():
            inside.set()
            leave.wait(10)
        connections.close_all()

    thread = threading.Thread(target=stay)
    thread.start()
    assert inside.wait(10)
    try:
        with transaction(wait=False):
            pass
    except Busy:
        busy.append(True)
    finally:
        leave.set()
        thread.join()
    assert bool(busy) == (connection.vendor == "sqlite")
