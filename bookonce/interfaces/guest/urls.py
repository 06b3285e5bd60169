"""The addresses of guests. All else under their prefixes is the one page of unknown addresses."""

from __future__ import annotations

from django.urls import path, re_path

from bookonce.foundation.guest_paths import GuestPath
from bookonce.interfaces.guest import accent, icon, manage_booking, one_time, refusals, scheduling

urlpatterns = [
    path("favicon.ico", icon.favicon),
    path("accent/<str:digits>.css", accent.accent_stylesheet),
    path(f"{GuestPath.LINK}/<str:token>", one_time.one_time_link),
    path(f"{GuestPath.CALENDAR}/<str:workspace>/<str:calendar>", scheduling.scheduling_link),
    path(f"{GuestPath.BOOKING}/<str:token>", manage_booking.show_booking),
    path(f"{GuestPath.BOOKING}/<str:token>/move", manage_booking.move_booking),
    path(f"{GuestPath.BOOKING}/<str:token>/cancel", manage_booking.cancel_booking),
    path(f"{GuestPath.BOOKING}/<str:token>/booking.ics", manage_booking.booking_file),
    # (?s): an address with a line break in it is an unknown link like any other.
    re_path(rf"(?s)^(?:{'|'.join(GuestPath)})(?:/.*)?$", refusals.unknown_link_page),
]
