"""Every address of the program. Health probes never get here: the gate answers them."""

from django.urls import URLPattern, URLResolver

from bookonce.interfaces.api import urls as api
from bookonce.interfaces.guest import urls as guest
from bookonce.interfaces.host import urls as host

urlpatterns: list[URLPattern | URLResolver] = [
    *guest.urlpatterns,  # first, for nobody waits longer than a guest
    *api.urlpatterns,
    *host.urlpatterns,
]
handler400 = "bookonce.interfaces.middleware.handle_400"
handler404 = "bookonce.interfaces.middleware.handle_404"
handler500 = "bookonce.interfaces.middleware.handle_500"
