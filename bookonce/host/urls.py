"""The addresses of signed-in people."""

from __future__ import annotations

from django.urls import path

from bookonce.host import bookings, calendars, sign_in

urlpatterns = [
    path("", sign_in.front),
    path("sign-in", sign_in.sign_in),
    path("sign-out", sign_in.sign_out),
    path("settings/calendars", calendars.every),
    path("bookings", bookings.every),
    path("settings/calendars/<str:name>/duplicate", calendars.duplicate),
    path("settings/calendars/<str:name>/archive", calendars.archive),
    path("settings/calendars/<str:name>/restore", calendars.restore),
]
