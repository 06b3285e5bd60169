"""Browsers in which somebody has signed in before: their tries are counted apart (docs/decisions/0013).

So wrong passwords that others type for an address do not lock out its owner. The cookie is good for nothing
else: it gives access to no session, and no address can be read from it.
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
    """This browser's number, where this address was the last to sign in here; else empty."""
    shown = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    try:
        number: str = signing.loads(shown[:300], salt=_salt(email), max_age=KEPT)
    except signing.BadSignature:
        return ""
    return number


def remember_browser(request: HttpRequest, email: str) -> None:
    """Remember that this address has signed in in this browser.

    A known browser keeps its number, so that nobody can collect many.
    """
    number = number_of(request, email) or tokens.new_id().hex
    # The response does not exist yet; the middleware sets the cookie on it.
    request.META[_SET] = signing.dumps(number, salt=_salt(email))


def set_known_browser_cookie(request: HttpRequest, answer: HttpResponse) -> None:
    """Set the cookie of a browser that has just become known."""
    if _SET in request.META:
        answer.set_cookie(
            settings.KNOWN_BROWSER_COOKIE_NAME,
            request.META[_SET],
            max_age=KEPT,
            path=settings.SESSION_COOKIE_PATH,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            # Strict, unlike the session's cookie: it is only read when our own sign-in form is sent.
            samesite="Strict",
        )


def _salt(email: str) -> str:
    # As the salt: the cookie can be checked against an address, but no address can be read from it.
    return f"known browser of {email}"
