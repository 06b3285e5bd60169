"""Pure: who is told what, when something happens to a booking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bookonce.outbox.operations import Letter

TOLD = frozenset({"booking.requested", "booking.made", "booking.moved", "booking.cancelled"})


def letters(kind: str, booking: Mapping[str, Any]) -> list[Letter]:
    """The mails that this event asks for: to the guest, where an address is known, and to the host."""
    if kind not in TOLD:
        return []
    told = [Letter("email", "host", booking["host"]["email"])]
    if booking["guest"]["email"]:
        told.insert(0, Letter("email", "guest", booking["guest"]["email"]))
    return told
