"""Every address under /api."""

from __future__ import annotations

from django.urls import path, re_path

from bookonce.interfaces.api.dispatch import dispatch, unknown_address, url_patterns
from bookonce.interfaces.api.endpoints import api
from bookonce.interfaces.api.views import bookings, calendars, links, me, public, reference

# Imported so that their endpoints are registered.
__all__ = ["bookings", "calendars", "links", "me", "public", "urlpatterns"]

urlpatterns = [
    *url_patterns(api),
    path("api/v1/openapi.json", dispatch({"GET": reference.openapi_document})),
    path("api/v1/docs", dispatch({"GET": reference.reference_page})),
    # Last: everything else below /api answers programs with a problem, not with a page.
    re_path(r"^api(/.*)?\Z", unknown_address),
]
