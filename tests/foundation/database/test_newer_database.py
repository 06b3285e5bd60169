"""A database that a newer release has used is told by the doctor, and refused at the start."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from bookonce.foundation.database.migration_state import newer_migrations
from bookonce.interfaces.commands import doctor, prepare

pytestmark = pytest.mark.django_db

TOMORROW = "9999_of_tomorrow"


def levels() -> list[str]:
    return [line.level for line in doctor.run_checks() if line.about == "migrations"]


def test_a_migration_that_the_code_does_not_know_is_refused() -> None:
    assert (newer_migrations(), levels()) == ([], ["ok"])
    MigrationRecorder(connection).record_applied("bookonce", TOMORROW)
    assert (newer_migrations(), levels()) == ([TOMORROW], ["FAIL"])
    with pytest.raises(prepare.DatabaseNewer, match=TOMORROW) as refused:
        prepare.prepare()
    assert "Install that release or a newer one" in refused.value.sentence


def test_those_that_were_squashed_may_leave_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    MigrationRecorder(connection).record_applied("bookonce", "0007_addresses_end")

    def read_without_it(self: MigrationLoader) -> None:
        self.load_disk()
        assert self.disk_migrations.pop(("bookonce", "0007_addresses_end"))
        self.applied_migrations = MigrationRecorder(connection).applied_migrations()

    monkeypatch.setattr(MigrationLoader, "build_graph", read_without_it)
    assert newer_migrations() == []
