"""The addresses of people with a link. Whatever else begins like one is the same unknown page."""

from __future__ import annotations

from django.urls import path, re_path

from bookonce.guest import accent, front, one_time, own_booking, refusals, scheduling

urlpatterns = [
    path("favicon.ico", front.icon),
    path("accent/<str:digits>.css", accent.accent),
    path("o/<str:token>", one_time.one_time),
    path("c/<str:workspace>/<str:calendar>", scheduling.scheduling),
    path("b/<str:token>", own_booking.see),
    path("b/<str:token>/move", own_booking.move),
    path("b/<str:token>/cancel", own_booking.cancel),
    path("b/<str:token>/booking.ics", own_booking.ics),
    re_path(r"(?s)^[ocbp](?:/.*)?$", refusals.nowhere),
]
