"""Every address under /api."""

from __future__ import annotations

from bookonce.api.endpoints import api
from bookonce.api.views import bookings, calendars, links, me, public

__all__ = ["bookings", "calendars", "links", "me", "public", "urlpatterns"]

urlpatterns = api.urls()
