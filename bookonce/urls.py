"""Every address of the program. Health probes never get here: the gate answers them."""

from django.urls import URLPattern, URLResolver

from bookonce.api import urls as api
from bookonce.guest import urls as guest

urlpatterns: list[URLPattern | URLResolver] = [*api.urlpatterns, *guest.urlpatterns]
handler400 = "bookonce.gate.unreadable"
handler404 = "bookonce.gate.unknown"
handler500 = "bookonce.gate.failed"
