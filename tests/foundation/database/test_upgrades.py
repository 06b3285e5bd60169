"""A database of any release before goes on: nothing is lost, and it ends in the form of a new one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps as todays
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

import bookonce
from bookonce.delivery.outbox import claims
from bookonce.delivery.outbox.models import Delivery
from bookonce.delivery.outbox.recipients import host_key
from bookonce.domain import invariants
from bookonce.domain.bookings.changes import cancel
from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.diary import guards
from tests import make
from tests.foundation.database import old_databases
from tests.make import NOW, later

SQUASHED = "0001_squashed_0013_fewer_indexes"
CHANGED = {("Person", "language"), ("Delivery", "thread"), ("Delivery", "audience"), ("Hold", "link")}
"""What a migration means to change in rows that are there."""


@pytest.fixture(scope="module")
def new_schema(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Any:
    """What a new database of this release looks like."""
    with django_db_blocker.unblock(), old_databases.empty_database_here(tmp_path_factory.mktemp("new")):
        call_command("migrate", verbosity=0)
        return old_databases.schema()


@pytest.fixture
def empty_database(tmp_path: Path, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), old_databases.empty_database_here(tmp_path):
        yield


@pytest.mark.parametrize("last", ["0001_initial", "0005_signing_in", "0010_deliveries_workspace"])
def test_a_database_of_before_loses_nothing(last: str, new_schema: Any, empty_database: None) -> None:
    then = old_databases.migrate_as_then(last)
    written = old_databases.fill_every_table(then)
    assert all(written.values())
    call_command("migrate", verbosity=0)
    assert old_databases.schema() == new_schema
    assert guards.missing_guards() == []
    for name, old in written.items():
        model: Any = todays.get_model("bookonce", name)
        now = model.objects.values().get(pk=old[model._meta.pk.attname])
        changed = {field for field in old if (name, field) not in CHANGED and now.get(field) != old[field]}
        assert not changed, f"{name}: {changed}"
    assert invariants.find_broken() == []
    _goes_on()


def _goes_on() -> None:
    """What was there works: the mail that waited, the booking, the calendar."""
    key = host_key(old_databases.MEMBER)
    waiting = set(Delivery.objects.values_list("purpose", "recipient", "thread"))
    assert waiting == {
        ("notice", recipient, f"{old_databases.BOOKING}:notice:email:{recipient}")
        for recipient in ("guest", key)
    }
    assert {claims.claim_delivery({"email"}, now=NOW) for _ in waiting} == set(Delivery.objects.all())
    booking = Booking.objects.get()
    assert booking.starts_at not in make.slots(Calendar.objects.get(), 96)
    cancel(booking, by="guest", now=later(1))
    assert booking.starts_at in make.slots(Calendar.objects.get(), 96)


def test_a_new_database_comes_by_the_squashed_migration_alone(empty_database: None) -> None:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    assert next(migration.name for migration, _ in plan if migration.app_label == "bookonce") == SQUASHED
    assert not any(migration.name == "0002_sessions" for migration, _ in plan)


def test_a_database_with_the_thirteen_counts_as_having_the_squashed_one(empty_database: None) -> None:
    old_databases.migrate_as_then("0013_fewer_indexes")
    call_command("migrate", verbosity=0)
    assert ("bookonce", SQUASHED) in MigrationLoader(connection).applied_migrations


def test_the_squashed_migration_replaces_all_before_it() -> None:
    loader = MigrationLoader(None, replace_migrations=False)
    replaced = set(loader.get_migration("bookonce", SQUASHED).replaces)
    assert replaced == {key for key in loader.disk_migrations if key[0] == "bookonce" and key[1] < "0014"} - {
        ("bookonce", SQUASHED)
    }


def test_the_thirteen_leave_with_0_2_0() -> None:
    beside = any(Path(bookonce.__file__).parent.glob("migrations/0002_*.py"))
    assert beside == (bookonce.__version__ < "0.2.0")
