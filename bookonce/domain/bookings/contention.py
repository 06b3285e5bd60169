"""Many requests for one time: once it is gone, the next ones look first instead of queueing for its locks.

A memory of this process, which decides nothing: a request that finds the time open goes on into the
transaction like any other.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

# Longer than it takes to answer five hundred at once. A time that is free again is found by looking.
REMEMBERED = timedelta(seconds=5)
MOST = 1000

_gone: dict[tuple[uuid.UUID, datetime], datetime] = {}


def note_slot_lost(calendar_id: uuid.UUID, starts_at: datetime, *, now: datetime) -> None:
    """Remember that a request for this time has just failed."""
    # Bounded by forgetting all at once: what is forgotten costs the next request a lock, and nothing else.
    if len(_gone) >= MOST:
        _gone.clear()
    _gone[calendar_id, starts_at] = now


def recently_lost(calendar_id: uuid.UUID, starts_at: datetime, *, now: datetime) -> bool:
    """Whether a request for this time has failed within ``REMEMBERED``."""
    at = _gone.get((calendar_id, starts_at))
    # In both directions: another thread's ``now`` may be a moment earlier than the one that was noted.
    return at is not None and abs(now - at) < REMEMBERED
