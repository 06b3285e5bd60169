"""That a key was used: noted at most once a minute, and never in anybody's way."""

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
    """Note the use of this key; where somebody else writes, the next use will be noted instead."""
    seen = max((at for at in (key.last_used_at, _noted.get(key.pk)) if at), default=None)
    if seen is not None and now - seen < USED_EVERY:
        return
    with contextlib.suppress(Busy, DatabaseError):
        with transaction(wait=False):
            note_key_use(key, now=now)
        _noted[key.pk] = now
