"""The addresses of bookings."""

from __future__ import annotations

from django.urls import path

from bookonce.interfaces.host.bookings import agenda, changes, detail

urlpatterns = [
    path("bookings", agenda.list_agenda),
    path("bookings/<str:name>.ics", detail.calendar_file),
    path("bookings/<str:name>", detail.show_booking),
    path("bookings/<str:name>/move", changes.move_booking),
    path("bookings/<str:name>/cancel", changes.cancel_booking),
    path("bookings/<str:name>/reopen", changes.reopen_link),
]
