"""``/accent/<digits>.css``: the pages' stylesheet in a workspace's accent colour."""

from __future__ import annotations

from functools import lru_cache

import brotli
from django.http import Http404, HttpRequest, HttpResponse

from bookonce.foundation import accent_colours
from bookonce.interfaces.pages import assets
from bookonce.interfaces.pages.methods import allow_methods
from bookonce.interfaces.pages.negotiation import accepted_weights

# Without Vary a cache could hand compressed rules to a browser that cannot read them.
HEADERS = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
EFFORT = 5
"""Brotli's level, of eleven: a millisecond for a file that each browser asks for once."""


@allow_methods("GET")
def accent_stylesheet(request: HttpRequest, digits: str) -> HttpResponse:
    """Every rule and the variables of this colour in one file.

    So pages need no inline style, which our CSP would refuse, and no second request.
    """
    # Only one spelling: #fff and #FFFFFF would fill caches with the same file.
    if accent_colours.parse_colour(digits) != digits:
        raise Http404
    packed = accepted_weights(request.headers.get("Accept-Encoding", "")).get("br", 0) > 0
    answer = HttpResponse(
        _stylesheet(digits, packed), content_type="text/css; charset=utf-8", headers=HEADERS
    )
    if packed:
        answer.headers["Content-Encoding"] = "br"
    return answer


@lru_cache(maxsize=256)
def _stylesheet(digits: str, packed: bool) -> bytes:
    rules = (assets.FOLDER / "css/bookonce.css").read_text() + accent_colours.accent_stylesheet(digits)
    whole: bytes = brotli.compress(rules.encode(), quality=EFFORT) if packed else rules.encode()
    return whole
