"""Every address under /api."""

from __future__ import annotations

from django.urls import path, re_path

from bookonce.api.endpoints import api
from bookonce.api.serving import nowhere, served, urls
from bookonce.api.views import bookings, calendars, links, me, public, reference

__all__ = ["bookings", "calendars", "links", "me", "public", "urlpatterns"]

urlpatterns = [
    *urls(api),
    path("api/v1/openapi.json", served({"GET": reference.openapi_document})),
    path("api/v1/docs", served({"GET": reference.page})),
    re_path(r"^api(/.*)?\Z", nowhere),
]
