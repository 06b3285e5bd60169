"""Reading what happened."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db.models import QuerySet

from bookonce.outbox.models import Beat, Event

ALIVE = timedelta(seconds=30)
"""A worker that was not seen for longer is taken for dead."""


def trail_of_link(link_id: uuid.UUID) -> QuerySet[Event]:
    """Every event of a link, oldest first."""
    return Event.objects.filter(link_id=link_id).order_by("id")


def worker_seen(*, now: datetime) -> bool:
    """Whether a worker has been seen alive a short while ago."""
    return Beat.objects.filter(at__gt=now - ALIVE).exists()
