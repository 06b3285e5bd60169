"""Browsers in which somebody has signed in before: their tries are counted apart (docs/decisions/0013).

So whoever knows an e-mail address, and types wrong passwords for it at the same place, does not keep out its
owner. The cookie says nothing but that: it opens no session, and nobody reads an address in it.
"""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from bookonce.foundation import tokens

KEPT = 180 * 24 * 60 * 60
"""Seconds for which a browser stays known after its last sign-in."""

_SET = "bookonce.known_browser"


def number_of(request: HttpRequest, email: str) -> str:
    """This browser's own number, where it was this address that last signed in here; else nothing."""
    shown = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    try:
        number: str = signing.loads(shown[:300], salt=_salt(email), max_age=KEPT)
    except signing.BadSignature:
        return ""
    return number


def remember_browser(request: HttpRequest, email: str) -> None:
    """Know this browser from now on as one in which this address has signed in.

    One that is known already keeps its number, so that nobody collects many.
    """
    number = number_of(request, email) or tokens.new_id().hex
    request.META[_SET] = signing.dumps(number, salt=_salt(email))


def set_known_browser_cookie(request: HttpRequest, answer: HttpResponse) -> None:
    """Give the cookie to a browser that has just become known."""
    if _SET in request.META:
        answer.set_cookie(
            settings.KNOWN_BROWSER_COOKIE_NAME,
            request.META[_SET],
            max_age=KEPT,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Strict",
        )


def _salt(email: str) -> str:
    return f"known browser of {email}"
