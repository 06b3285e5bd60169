"""Snapshots of bookings in events, as releases before wrote them, brought to today's form. Pure."""

from __future__ import annotations

from typing import Any

from bookonce.foundation import translation


def complete_first_version(data: dict[str, Any]) -> dict[str, Any]:
    """What was recorded without a version, completed; those shapes differ in what they lack.

    The oldest say nothing of whom the guest may ask, later ones say it under ``contact``, where the id of the
    guest's contact stands today. Neither knows the workspace's language or the host's clock.
    """
    host, workspace, contact = data.get("host") or {}, data.get("workspace") or {}, data.get("contact")
    own = {"name": host.get("name", ""), "email": host.get("email", ""), "phone": "", "text": ""}
    said = data.get("owner_contact") or (contact if isinstance(contact, dict) else {})
    return data | {
        "contact": contact if isinstance(contact, str) else None,
        "owner_contact": own | said,
        "workspace": {"name": "", "slug": "", "language": translation.SOURCE} | workspace,
        "host": {"name": "", "email": "", "zone": "", "language": "", "clock": ""} | host,
    }
