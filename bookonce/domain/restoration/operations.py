"""Marking the database and the data folder as they serve, and pausing links where the two do not agree."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db.models import F

from bookonce.domain.links.models import Link
from bookonce.domain.links.pausing import pause_links
from bookonce.domain.restoration import mark_file
from bookonce.domain.restoration.mark_file import Mark
from bookonce.domain.restoration.models import DatabaseEpoch, FolderMark
from bookonce.foundation.database import failpoints, guarded_rows
from bookonce.foundation.database.transactions import assert_no_transaction, requires_transaction, transaction

log = logging.getLogger("bookonce.restoration")


@dataclass(frozen=True, slots=True)
class KnownHistory:
    """What a database knows of itself: its epochs, oldest first, and the number of one data folder."""

    epochs: Sequence[str]
    number: int


def is_older(mark: Mark, known: KnownHistory) -> bool:
    """Whether a database with this history is older than what left this mark.

    No clock has a say in it. The number of a folder is its own, so another machine that has served an older
    copy meanwhile hides nothing.
    """
    if mark.epoch not in known.epochs:
        return True
    # An earlier epoch ended as links were paused, for whatever this folder has seen before, too.
    return mark.epoch == known.epochs[-1] and known.number < mark.number


def mark_database(data: Path, *, by: str, now: datetime, restored: bool = False) -> bool:
    """Say in the database and in the folder that this folder's server serves it; whether links were paused.

    They are where the database is older than the folder's mark, or where an operator says so (``restored``).
    A process that dies halfway leaves a database that is newer than the mark, or one that is still found
    older. Outside a transaction.
    """
    assert_no_transaction()
    with transaction():
        database, unknown = _first_epoch(now=now)
        mark = mark_file.read_mark(data, database)
        older = unknown and mark_file.has_marks(data) if mark is None else is_older(mark, _history(mark))
    if older or restored:
        begin_epoch(by=by, now=now)
    with transaction():
        _first_epoch(now=now)
        folder = uuid.UUID(mark.folder) if mark is not None and mark.folder else uuid.uuid4()
        new = Mark(_epochs()[-1], str(folder), _next_number(folder))
    failpoints.failpoint("mark.committed")
    _keep(data, database, new)
    return older or restored


def begin_epoch(*, by: str, now: datetime) -> None:
    """Pause links, and note that they were paused, so that no older mark does it a second time.

    In this order: a process that dies in between does it again.
    """
    pause_links(by=by, now=now)
    # The list of forgotten people, once there is one, is applied again here: a copy may hold them.
    with transaction():
        _first_epoch(now=now)
        last = DatabaseEpoch.objects.order_by("-number")[0]
        DatabaseEpoch(number=last.number + 1, begun_at=now).save(force_insert=True)


@requires_transaction
def _first_epoch(*, now: datetime) -> tuple[uuid.UUID, bool]:
    """(its key, whether this database has links and yet knew of no epoch); locks it, and so all of them."""
    begun = guarded_rows.insert_unless_conflict(DatabaseEpoch(number=1, begun_at=now))
    first = DatabaseEpoch.objects.select_for_update(no_key=True).get(number=1)
    # A copy from before there were epochs: only the folder can say that it has served something since.
    return first.key, all(begun) and Link.objects.exists()


def _history(mark: Mark) -> KnownHistory:
    known = FolderMark.objects.filter(folder=mark.folder).first() if mark.folder else None
    return KnownHistory(_epochs(), known.number if known else 0)


def _epochs() -> list[str]:
    return [str(key) for key in DatabaseEpoch.objects.order_by("number").values_list("key", flat=True)]


@requires_transaction
def _next_number(folder: uuid.UUID) -> int:
    if not FolderMark.objects.filter(folder=folder).update(number=F("number") + 1):
        FolderMark(folder=folder, number=1).save(force_insert=True)
    return FolderMark.objects.get(folder=folder).number


def _keep(data: Path, database: uuid.UUID, mark: Mark) -> None:
    try:
        mark_file.write_mark(data, database, mark)
    except OSError as refused:
        # An older mark finds fewer copies too old, and none wrongly: no reason to serve nobody.
        log.warning("the mark of the database cannot be written below %s: %s", data, refused.strerror)
