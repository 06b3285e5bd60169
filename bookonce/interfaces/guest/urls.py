"""The addresses of people with a link. Whatever else begins like one is the same unknown page."""

from __future__ import annotations

from django.urls import path, re_path

from bookonce.interfaces.guest import accent, icon, manage_booking, one_time, refusals, scheduling

urlpatterns = [
    path("favicon.ico", icon.favicon),
    path("accent/<str:digits>.css", accent.accent_stylesheet),
    path("o/<str:token>", one_time.one_time_link),
    path("c/<str:workspace>/<str:calendar>", scheduling.scheduling_link),
    path("b/<str:token>", manage_booking.show_booking),
    path("b/<str:token>/move", manage_booking.move_booking),
    path("b/<str:token>/cancel", manage_booking.cancel_booking),
    path("b/<str:token>/booking.ics", manage_booking.booking_file),
    re_path(r"(?s)^[ocbp](?:/.*)?$", refusals.unknown_link_page),
]
