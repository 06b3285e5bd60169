"""The addresses of people with a link. Whatever else begins like one is the same unknown page."""

from __future__ import annotations

from django.urls import path, re_path

from bookonce.interfaces.guest import accent, icon, manage_booking, one_time, refusals, scheduling

urlpatterns = [
    path("favicon.ico", icon.icon),
    path("accent/<str:digits>.css", accent.accent),
    path("o/<str:token>", one_time.one_time),
    path("c/<str:workspace>/<str:calendar>", scheduling.scheduling),
    path("b/<str:token>", manage_booking.see),
    path("b/<str:token>/move", manage_booking.move),
    path("b/<str:token>/cancel", manage_booking.cancel),
    path("b/<str:token>/booking.ics", manage_booking.ics),
    re_path(r"(?s)^[ocbp](?:/.*)?$", refusals.nowhere),
]
