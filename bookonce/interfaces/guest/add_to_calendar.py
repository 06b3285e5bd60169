"""Links with which a guest adds the appointment to their own calendar.

Plain links: pages load nothing from there, and they carry no token. Times are in UTC, which each of these
calendars converts.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote, urlencode


def calendar_addresses(
    title: str, starts_at: datetime, ends_at: datetime, *, place: str, text: str
) -> list[tuple[str, str]]:
    """(name of the calendar, address that adds this appointment there)"""
    compact = [at.strftime("%Y%m%dT%H%M%SZ") for at in (starts_at, ends_at)]
    exact = [at.strftime("%Y-%m-%dT%H:%M:%SZ") for at in (starts_at, ends_at)]
    # The text is part of the address, and an address that is too long is refused.
    text = text[:1000]
    google = {"action": "TEMPLATE", "text": title, "dates": "/".join(compact)}
    google |= {"details": text, "location": place}
    outlook = {"path": "/calendar/action/compose", "rru": "addevent", "subject": title}
    outlook |= {"startdt": exact[0], "enddt": exact[1], "body": text, "location": place}
    yahoo = {"v": "60", "title": title, "st": compact[0], "et": compact[1], "desc": text, "in_loc": place}
    return [
        ("Google", _to("https://calendar.google.com/calendar/render", google)),
        ("Outlook.com", _to("https://outlook.live.com/calendar/0/deeplink/compose", outlook)),
        ("Microsoft 365", _to("https://outlook.office.com/calendar/0/deeplink/compose", outlook)),
        ("Yahoo", _to("https://calendar.yahoo.com/", yahoo)),
    ]


def _to(address: str, said: dict[str, str]) -> str:
    # Outlook shows a plus sign as it is where others decode a space: hence %20.
    return f"{address}?{urlencode({key: value for key, value in said.items() if value}, quote_via=quote)}"
