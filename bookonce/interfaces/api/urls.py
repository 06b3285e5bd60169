"""Every address under /api."""

from __future__ import annotations

from django.urls import path, re_path

from bookonce.interfaces.api.dispatch import nowhere, served, urls
from bookonce.interfaces.api.endpoints import api
from bookonce.interfaces.api.views import bookings, calendars, links, me, public, reference

__all__ = ["bookings", "calendars", "links", "me", "public", "urlpatterns"]

urlpatterns = [
    *urls(api),
    path("api/v1/openapi.json", served({"GET": reference.openapi_document})),
    path("api/v1/docs", served({"GET": reference.page})),
    re_path(r"^api(/.*)?\Z", nowhere),
]
