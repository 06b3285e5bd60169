"""Pure: who is told what, when something happens to a booking."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from bookonce.delivery.outbox.operations import EMAIL, DeliveryRequest, thread_of
from bookonce.delivery.outbox.recipients import GUEST, host_key

TOLD = frozenset({"booking.requested", "booking.made", "booking.moved", "booking.cancelled"})


def delivery_requests(kind: str, booking: Mapping[str, Any]) -> list[DeliveryRequest]:
    """The mails that this event asks for: to the guest, where an address is known, and to the host."""
    if kind not in TOLD:
        return []
    asked = [DeliveryRequest(EMAIL, host_key(booking["hosts"][0]), booking["host"]["email"])]
    if booking["guest"]["email"]:
        asked.insert(0, DeliveryRequest(EMAIL, GUEST, booking["guest"]["email"]))
    return asked


def guest_thread(booking_id: uuid.UUID) -> str:
    """The mails by which the guest is told what happens to this booking, in their order."""
    return thread_of(str(booking_id), recipient=GUEST)
