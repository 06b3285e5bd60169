"""Who is told of which event of a booking. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from bookonce.delivery.outbox.operations import EMAIL, DeliveryRequest, thread_of
from bookonce.delivery.outbox.recipients import GUEST, host_key

TOLD = frozenset({"booking.requested", "booking.made", "booking.moved", "booking.cancelled"})


def delivery_requests(kind: str, booking: Mapping[str, Any]) -> list[DeliveryRequest]:
    """The deliveries that this event asks for: to the guest, where they have an address, and to the host."""
    if kind not in TOLD:
        return []
    asked = [DeliveryRequest(EMAIL, host_key(booking["hosts"][0]), booking["host"]["email"])]
    if booking["guest"]["email"]:
        asked.insert(0, DeliveryRequest(EMAIL, GUEST, booking["guest"]["email"]))
    return asked


def guest_thread(booking_id: uuid.UUID) -> str:
    """The thread of mails to the guest about this booking."""
    return thread_of(str(booking_id), recipient=GUEST)
