"""Settings → Calendars: what can be booked."""

from __future__ import annotations

from django.http import HttpResponse

from bookonce.calendars.models import Calendar
from bookonce.host.frame import Desk, signed_in


@signed_in("GET")
def every(desk: Desk) -> HttpResponse:
    """The calendars of the workspace."""
    found = Calendar.objects.filter(workspace=desk.workspace, archived_at=None).order_by("name", "id")
    return desk.page("host/calendars.html", section="settings", tab="calendars", calendars=found)
