"""What every test run stands on: one database, no skips in CI, and no network but this machine.

A run uses one database, SQLite or PostgreSQL (`--db`), and `make test` makes one run of each. The
address is in the environment before Django reads its settings, so the processes that a test starts
(a server, a worker, racers) use the same database as the test.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.provision import sockets, today
from tests.provision.postgres import GIVEN, postgres_server

USES_A_DATABASE = {"db", "empty_database", "transactional_db", "django_db_reset_sequences", "own_database"}

_until_the_end = ExitStack()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=["sqlite", "postgres"], default="sqlite", help="the database to test on")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, Any, Any]:
    """Provide before pytest-django loads the settings, which is where it wraps this same hook."""
    today.go_there()
    _keep_compiled_files()
    _provide(early_config.known_args_namespace.db)
    return (yield)


def _keep_compiled_files() -> None:
    """Most of a server's start is compiling, where the environment forbids to keep what was compiled: tests
    start some two hundred."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def _provide(kind: str) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    folder = Path(tempfile.mkdtemp(prefix=f"bookonce-test-{worker}-"))
    _until_the_end.callback(shutil.rmtree, folder, ignore_errors=True)
    for name in [
        name for name in os.environ if name.startswith("BOOKONCE_") and not name.startswith("BOOKONCE_TEST_")
    ]:
        del os.environ[name]
    # Whatever http_proxy says: a proxy of the shell would be asked for this machine's own ports.
    os.environ["no_proxy"] = "*"
    os.environ["BOOKONCE_DATA"] = str(folder)
    os.environ["BOOKONCE_SECRET_KEY"] = "a key for tests, long enough and known to everybody"
    os.environ["BOOKONCE_DATABASE_URL"] = f"sqlite:///{folder}/{worker}.sqlite3"
    if kind == "postgres":
        # The workers of xdist find the first process's server in the environment, as a given one.
        server = os.environ[GIVEN] = _until_the_end.enter_context(postgres_server())
        os.environ["BOOKONCE_DATABASE_URL"] = (
            urlsplit(server)._replace(path=f"/bookonce_test_{worker}").geturl()
        )


def pytest_configure(config: pytest.Config) -> None:
    sockets.shut()
    config.pluginmanager.import_plugin(
        "tests.provision.fixtures"
    )  # late, so that they replace pytest-django's
    config.addinivalue_line("markers", "browser: needs Chromium; runs once, on SQLite")
    config.addinivalue_line("markers", "one_database: the database plays no part; runs once, on SQLite")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One process for each core and one more: tests wait for browsers, commands and the database."""
    return (os.cpu_count() or 1) + 1


def pytest_unconfigure() -> None:
    _until_the_end.close()


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('db')}, now: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


def _runs_once(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in ("browser", "one_database"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "chromium_browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    if config.getoption("db") == "postgres":
        asks = [item for item in items if _uses_a_database(item) and not _runs_once(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in asks])
        items[:] = asks
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    """Where in the run: what waits for other processes begins, beside what only counts, and nobody is left
    to wait for it at the end."""
    if item.get_closest_marker("browser"):
        return 0
    return 1 if "own_database" in getattr(item, "fixturenames", ()) else 2


def _uses_a_database(item: pytest.Item) -> bool:
    return bool(
        item.get_closest_marker("django_db") or USES_A_DATABASE & set(getattr(item, "fixturenames", ()))
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    return _no_skip_in_ci((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    return _no_skip_in_ci((yield))


def _no_skip_in_ci(report: Any) -> Any:
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and in CI nothing may be: {report.longrepr}"
    return report
