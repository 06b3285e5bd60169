"""Many events of one kind at once, as of links that are minted together: ``record_event`` in bulk.

None of them asks for a delivery. The caller's rows and these are written in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable

from bookonce.delivery.outbox.models import Event
from bookonce.foundation.database import guarded_rows
from bookonce.foundation.database.guarded_rows import RowPattern
from bookonce.foundation.database.transactions import requires_transaction


def event_pattern(event: Event) -> RowPattern:
    """The row that many events share; each has an ``id``, a ``link_id`` and a ``data`` (JSON) of its own."""
    return RowPattern(event, "id", "link_id", "data")


@requires_transaction
def record_events(events: Iterable[tuple[RowPattern, tuple[str, str, str]]]) -> None:
    """Insert an event for each (pattern, (id, link_id, data))."""
    guarded_rows.insert_many(Event, events)
