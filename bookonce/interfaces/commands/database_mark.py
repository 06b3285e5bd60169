"""The mark of the database while a server runs: at its start, every minute, and as it stops."""

from __future__ import annotations

import fcntl
import logging
import os
import time

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from bookonce.domain.links.queries import list_paused
from bookonce.domain.restoration import mark_file
from bookonce.domain.restoration.operations import begin_epoch, mark_database
from bookonce.foundation import clock
from bookonce.foundation.database import patience
from bookonce.foundation.database.copies import postgres
from bookonce.foundation.database.transactions import allow_doubted_clock
from bookonce.foundation.errors import Refused
from bookonce.foundation.setting_values import BadSetting
from bookonce.interfaces.commands.subprocess_call import call_in_subprocess

log = logging.getLogger("bookonce.restoration")

MINUTE = 60.0
"""Seconds between two marks."""

OLDER = (
    "The database is older than what was last served from %s. "
    "Links may have been used since: %s are on hold until their owners release them (docs/install.md)."
)


def mark_at_start(*, restored: bool = False) -> None:
    """Pause links where the database is older than the folder's mark, or the operator says it is restored.

    Before anybody is served. What a restore that was cut off has left to do is done first.
    """
    if postgres.is_restore_unfinished():
        with allow_doubted_clock():
            begin_epoch(by="cli", now=clock.now())
        postgres.finish_restore()
    _mark(restored=restored)


def keep_marked() -> None:
    """Mark the database every minute; of the processes of a machine one does it."""
    try:
        lock = os.open(mark_file.lock_path(settings.DATA), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as refused:
        log.warning("the database is not marked while it is served: %s", refused)
        return
    # Whoever comes second waits here until the first has ended.
    fcntl.flock(lock, fcntl.LOCK_EX)
    while True:
        time.sleep(MINUTE)
        close_old_connections()
        try:
            _mark()
        except (DatabaseError, InterfaceError, Refused) as refused:
            log.warning("the database was not marked: %s", refused)


def mark_at_stop() -> None:
    """Mark the database once more, so that a copy from before this moment is known for what it is."""
    try:
        call_in_subprocess(_mark_briefly)
    except (DatabaseError, Refused, BadSetting, OSError) as refused:
        log.warning("the database was not marked: %s", refused)


def _mark_briefly() -> None:
    # Who stops must not wait a minute for a database that does not answer.
    patience.limit_process(patience.WEB)
    try:
        _mark()
    finally:
        # The last to close an SQLite database takes its journal into the file: one that is copied by cp is
        # whole then, and no journal of a newer one lies beside an older one that is put in place by hand.
        connections.close_all()


def _mark(*, restored: bool = False) -> None:
    now = clock.now()
    by = "cli" if restored else "server"
    # In doubt of the clock too, which has no say in this.
    with allow_doubted_clock():
        paused = mark_database(settings.DATA, by=by, now=now, restored=restored)
    if paused:
        log.warning(OLDER, settings.DATA, list_paused(None, now=now).count())
