"""``/favicon.ico``."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from bookonce.interfaces.pages import assets
from bookonce.interfaces.pages.methods import allow_methods


@allow_methods("GET")
def favicon(request: HttpRequest) -> HttpResponse:
    """Our icon, for browsers that ask for it by this name; pages name the file itself."""
    mark = (assets.FOLDER / "icon.svg").read_bytes()
    # Only a day: unlike those of other files this address contains no digest.
    return HttpResponse(
        mark, content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"}
    )
