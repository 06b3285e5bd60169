"""Batches whose links are written in several commits: completed by the last one, or taken back.

Until it is complete a batch has a ``size`` of 0, and nobody was given an address of its links.
"""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from django.db import DatabaseError

from bookonce.delivery.outbox.models import Event
from bookonce.domain.links.models import Batch, Link
from bookonce.foundation.database.pieces import FEW
from bookonce.foundation.database.transactions import requires_transaction, transaction
from bookonce.foundation.errors import DatabaseUnavailable

log = logging.getLogger("bookonce.links")

ABANDONED = timedelta(hours=1)
"""How long minting may take: a batch that was begun earlier and is not complete has lost its process."""
REST = timedelta(minutes=10)
"""The pause between two looks: no index finds these batches, of which there is hardly ever one."""


@requires_transaction
def complete_batch(key: uuid.UUID, *, size: int) -> None:
    """Say that this batch has all of its links; ``DatabaseUnavailable`` where some were taken back."""
    # The update locks the row, for which whoever takes links back waits.
    completed = Batch.objects.filter(pk=key, size=0).update(size=size)
    # A process that slept for an hour finds that the worker thought it dead.
    if not completed or Link.objects.filter(batch_id=key).count() != size:
        raise DatabaseUnavailable


def take_back_quietly(key: uuid.UUID) -> None:
    """``take_back``; where the database cannot be used just now, the worker does it later."""
    try:
        take_back(key)
    except (DatabaseError, DatabaseUnavailable) as refused:
        log.warning("the links of a batch that broke off are taken back later: %s", refused)


def take_back(key: uuid.UUID) -> None:
    """Delete a batch that is not complete, a few links to a commit; one that is complete stays as it is.

    A link that its owner has met in a list and used stays, and is all that the batch has.
    """
    kept, last = 0, uuid.UUID(int=0)
    while True:
        with transaction():
            links = Link.objects.filter(batch_id=key, pk__gt=last).order_by("pk")
            # Locked before the batch, in the order in which locks are always taken.
            keys = list(links.select_for_update(no_key=True).values_list("pk", flat=True)[:FEW])
            if not Batch.objects.select_for_update(no_key=True).filter(pk=key, size=0).exists():
                return
            if not keys:
                _end(key, kept)
                return
            kept += len(keys) - _delete_untouched(keys)
        last = keys[-1]


@requires_transaction
def _end(key: uuid.UUID, kept: int) -> None:
    batch = Batch.objects.filter(pk=key)
    if kept:
        batch.update(size=kept)
    else:
        batch.delete()


@requires_transaction
def _delete_untouched(keys: list[uuid.UUID]) -> int:
    """Delete those of these links of which nothing is told but that they were minted; returns how many."""
    told = Event.objects.filter(link_id__in=keys)
    touched = set(told.exclude(kind="link.minted").values_list("link_id", flat=True))
    gone = [key for key in keys if key not in touched]
    # Events are never deleted else; of these nobody was told, and their links have never been anybody's.
    told.filter(link_id__in=gone).delete()
    Link.objects.filter(pk__in=gone).delete()
    return len(gone)


class AbandonedBatches:
    """Looks now and then for batches whose process was killed, and takes them back."""

    def __init__(self) -> None:
        self.rests_until: datetime | None = None

    def step(self, now: datetime) -> None:
        """Take back the oldest of them, or rest."""
        if self.rests_until is not None and now < self.rests_until:
            return
        abandoned = Batch.objects.filter(size=0, created_at__lt=now - ABANDONED)
        found = abandoned.order_by("pk").values_list("pk", flat=True).first()
        if found is None:
            self.rests_until = now + REST
        else:
            take_back(found)


_looking = AbandonedBatches()


def take_back_abandoned(now: datetime) -> None:
    """Go on with this process's look for abandoned batches (a periodic job of the worker)."""
    _looking.step(now)
