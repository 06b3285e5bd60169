"""Before a command runs: migrations, by one process at a time, and the checks of both guards and the key."""

from __future__ import annotations

import argparse
import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from bookonce.delivery.outbox.queries import latest_instant
from bookonce.domain.accounts.models import Workspace
from bookonce.domain.diary import guards
from bookonce.foundation import clock, environment
from bookonce.foundation.database import clock_readings
from bookonce.foundation.database.migration_state import is_migrated, newer_migrations
from bookonce.foundation.database.transactions import FOUNDING, allow_doubted_clock
from bookonce.foundation.environment import ensure_private_folder
from bookonce.foundation.errors import Refused, Sentence
from bookonce.interfaces.commands.installation import empty_database
from bookonce.interfaces.commands.running import share_database
from bookonce.interfaces.commands.secret_key import require_known_key


class GuardMissing(Refused):
    """A guard of the database is missing; the program does not run without it."""

    title = "A guard of the database is missing"


log = logging.getLogger("bookonce.settings")


class DatabaseNewer(Refused):
    """A newer release has written to the database; this one would break what it does not know."""

    title = "The database is of a newer release"


def prepare(*, on_existing: bool = False, needs_key: bool = True) -> None:
    """Migrate where needed; of commands that start together one does it and the others wait.

    ``on_existing``: raise ``NoInstallation`` where there are no tables yet, and make none. Without
    ``needs_key`` the command goes on where the secret key is another one, too, and none is recorded.
    """
    for sentence in unknown_settings():
        log.warning(sentence)
    ensure_private_folder(settings.DATA, "BOOKONCE_DATA")
    share_database()
    if on_existing and not is_migrated() and not _has_tables():
        raise empty_database()
    if connection.vendor == "sqlite":
        # Two processes that open a new file at once would collide over its journal mode.
        with only_one_process():
            _migrate_if_needed()
    # PostgreSQL can be asked without the lock, and most starts find nothing to do.
    else:
        _require_no_newer()
        if not is_migrated():
            with only_one_process():
                _migrate_if_needed()
    # At every start: a restored dump, or a table that SQLite has rebuilt, may lack them.
    missing = guards.missing_guards()
    if missing:
        mend = (
            "The database lacks {guards}, which keeps a time or a link from being booked twice. "
            "Run `bookonce migrate` to put it back, then `bookonce doctor`."
        )
        raise GuardMissing(Sentence(mend, guards=", ".join(missing)))
    clock_readings.resume_clock(latest_instant, record=False)
    if needs_key:
        # Looking goes on where the clock is doubted, so a server must be able to start.
        with allow_doubted_clock():
            require_known_key(now=clock.now())
    clock_readings.record_reading()


def _has_tables() -> bool:
    return Workspace._meta.db_table in connection.introspection.table_names()


def unknown_settings() -> list[str]:
    """A sentence for each name of the environment that reads like a setting and is none."""
    found = environment.unknown_settings(settings.RATES)
    return [
        f"{name} is no setting and does nothing" + (f"; {meant} may be meant" if meant else "")
        for name, meant in found.items()
    ]


def run(args: argparse.Namespace) -> None:
    """``bookonce migrate``: migrate, and create missing guards in any case."""
    with only_one_process():
        _require_no_newer()
        call_command("migrate", verbosity=0, interactive=False)


def _require_no_newer() -> None:
    newer = newer_migrations()
    if newer:
        mend = (
            "The database was used by a newer release of Bookonce: it has {migrations}, which this one does "
            "not know. Install that release or a newer one, or restore a copy from before the upgrade."
        )
        raise DatabaseNewer(Sentence(mend, migrations=", ".join(newer)))


def _migrate_if_needed() -> None:
    _require_no_newer()
    if not is_migrated():
        call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def only_one_process() -> Iterator[None]:
    """A lock that one process of those that share the database can hold."""
    if connection.vendor == "postgresql":
        # A session's lock, not a transaction's: migrations and founding open transactions of their own.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [FOUNDING])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [FOUNDING])
        return
    database = Path(connection.settings_dict["NAME"])
    ensure_private_folder(database.parent, "BOOKONCE_DATABASE_URL")
    # Not the file of the writers' queue: the transactions inside this lock wait for that one.
    file = os.open(f"{database}-start", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
