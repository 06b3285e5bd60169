"""``/accent/<digits>.css``: the stylesheet of a workspace's own colour, for any colour there is."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from bookonce import accents
from bookonce.pages.methods import answers

HEADERS = {"Cache-Control": "public, max-age=31536000, immutable"}


@answers("GET")
def accent(request: HttpRequest, digits: str) -> HttpResponse:
    """The tokens of this colour: no page needs a style of its own, which our CSP would refuse."""
    if accents.read(digits) != digits:
        raise Http404
    return HttpResponse(accents.stylesheet(digits), content_type="text/css; charset=utf-8", headers=HEADERS)
