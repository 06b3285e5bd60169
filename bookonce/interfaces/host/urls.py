"""The addresses of all pages for signed-in people."""

from __future__ import annotations

from django.urls import path

from bookonce.interfaces.host import style_guide
from bookonce.interfaces.host.account import sign_in
from bookonce.interfaces.host.account import urls as account
from bookonce.interfaces.host.bookings import urls as bookings
from bookonce.interfaces.host.calendars import urls as calendars
from bookonce.interfaces.host.links import urls as links
from bookonce.interfaces.host.mails import urls as mails

urlpatterns = [
    path("", sign_in.front_page),
    path("style", style_guide.style_guide),
    *account.urlpatterns,
    *bookings.urlpatterns,
    *calendars.urlpatterns,
    *links.urlpatterns,
    *mails.urlpatterns,
]
