"""The fixtures that need something provided: a database of one's own, a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.provision import databases
from tests.provision.chromium import MISSING, chromium, chromium_path


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """The database that the environment names is the test database itself: it needs no other name."""
    from django.conf import settings

    database: dict[str, Any] = settings.DATABASES["default"]
    database.setdefault("TEST", {})["NAME"] = database["NAME"]


@pytest.fixture(scope="session", autouse=True)
def rows_are_deleted() -> Iterator[None]:
    """After a test that commits, PostgreSQL deletes a handful of rows in 5 ms; TRUNCATE, which Django says,
    writes new files for forty tables and takes 300."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    def sql_flush(self: Any, style: Any, tables: list[str], **how: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SHOW is_superuser")
            if cursor.fetchone() != ("on",):
                return list(truncate(self, style, tables, **how))
        rows = (f"DELETE FROM {self.quote_name(table)}" for table in tables)
        return ["SET LOCAL session_replication_role = replica", *rows]  # no foreign key looks on

    truncate = DatabaseOperations.sql_flush
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield


@pytest.fixture
def own_database(tmp_path: Path) -> Iterator[str]:
    """The address of a migrated, empty database for this test alone, whose server is another process."""
    with databases.own_database(tmp_path) as url:
        yield url


@pytest.fixture(scope="module")
def _chromium() -> Iterator[Any]:
    """One for each file: while Playwright lives, its loop runs in this process, and no test that follows may
    ask a database or run a loop of its own."""
    if not chromium_path():
        pytest.skip(MISSING)
    with chromium() as browser:
        yield browser


@pytest.fixture
def chromium_browser(_chromium: Any) -> Iterator[Any]:
    """A running Chromium (Playwright's `Browser`); the pages that a test opens are closed after it."""
    yield _chromium
    for context in _chromium.contexts:
        context.close()
