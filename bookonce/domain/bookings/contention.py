"""Many who want one time: once it has gone, the next ones look before they queue for it.

A memory of this process alone, which decides nothing: whoever finds the time open goes on into the
transaction, as everybody does. It saves the losers of a storm a lock, and the winners nothing at all.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

REMEMBERED = timedelta(seconds=5)
MOST = 1000

_gone: dict[tuple[uuid.UUID, datetime], datetime] = {}


def note_slot_lost(calendar_id: uuid.UUID, starts_at: datetime, *, now: datetime) -> None:
    """Remember that somebody has just come too late for this time."""
    if len(_gone) >= MOST:
        _gone.clear()
    _gone[calendar_id, starts_at] = now


def recently_lost(calendar_id: uuid.UUID, starts_at: datetime, *, now: datetime) -> bool:
    """Whether somebody has come too late for this time a moment ago."""
    at = _gone.get((calendar_id, starts_at))
    return at is not None and abs(now - at) < REMEMBERED
