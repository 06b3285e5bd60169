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


def worker_seen(*, now: datetime, since: datetime | None = None) -> bool:
    """Whether a worker has been seen alive a short while ago (and not before ``since``)."""
    seen = Beat.objects.filter(at__gt=now - ALIVE)
    return (seen.filter(at__gte=since) if since else seen).exists()


def latest_instant() -> datetime | None:
    """When the latest thing happened: a clock that starts anew does not go behind it (promise 30)."""
    return Event.objects.order_by("-id").values_list("at", flat=True).first()
