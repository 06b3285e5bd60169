"""Deliveries to work on, written the product's way."""

from __future__ import annotations

from bookonce.delivery.outbox import operations as outbox
from bookonce.delivery.outbox.models import Delivery
from bookonce.delivery.outbox.operations import DeliveryRequest
from bookonce.foundation.database.transactions import transaction
from tests import make
from tests.make import NOW


def delivery(team: make.Team, *, subject: str = "", position: int = 0, to: str = "a@example.net") -> Delivery:
    """One delivery, due at once."""
    event = outbox.new_event("booking.made", workspace_id=team.workspace.pk, now=NOW, by="test")
    with transaction():
        outbox.record_event(
            event, [DeliveryRequest("email", "guest", to)], subject=subject, position=position
        )
    return Delivery.objects.get(event=event)
