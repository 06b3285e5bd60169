"""Recording that a key was used: at most once a minute, without waiting for another writer."""

from __future__ import annotations

import contextlib
import uuid
from datetime import datetime

from django.db import DatabaseError

from bookonce.domain.accounts.models import ApiKey
from bookonce.domain.accounts.operations import USED_EVERY, note_key_use
from bookonce.foundation.database.transactions import Busy, transaction

_noted: dict[uuid.UUID, datetime] = {}


def note_use_if_free(key: ApiKey, *, now: datetime) -> None:
    """Record the use of this key, unless another writer is at work: then the next use is recorded."""
    seen = max((at for at in (key.last_used_at, _noted.get(key.pk)) if at), default=None)
    if seen is not None and now - seen < USED_EVERY:
        return
    # An unrecorded use harms nobody; a call that waits or fails because of it would.
    with contextlib.suppress(Busy, DatabaseError):
        with transaction(wait=False):
            note_key_use(key, now=now)
        _noted[key.pk] = now
