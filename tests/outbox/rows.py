"""Deliveries to work on, written the product's way."""

from __future__ import annotations

from bookonce.doors import door
from bookonce.outbox import operations as outbox
from bookonce.outbox.models import Delivery
from bookonce.outbox.operations import Letter
from tests import make
from tests.make import NOW


def delivery(team: make.Team, *, thread: str = "", position: int = 0, to: str = "a@example.net") -> Delivery:
    """One delivery, due at once."""
    happened = outbox.event("booking.made", workspace_id=team.workspace.pk, now=NOW, by="test")
    rows = outbox.with_deliveries(happened, [Letter("email", "guest", to)], thread=thread, position=position)
    with door():
        for row in rows:
            row.save(force_insert=True)
    return Delivery.objects.get(event=happened)
