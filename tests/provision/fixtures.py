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
