"""Form tokens: signed values in forms, by which a repeated form is recognised.

A token is signed for one purpose and bound to a subject (a link, a version of a booking). It holds when the
first page was shown, for the human delay, and a key: what a form does is recorded with its key, so that a
form that is sent twice acts once (rules 12 and 13 of a link). Guest forms, which have no login, have no other
protection against forgery (docs/pages.md).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

from bookonce.foundation import clock, tokens
from bookonce.interfaces.pages.errors import FromElsewhere, MovedMeanwhile, PageStale
from bookonce.interfaces.pages.human_delay import milliseconds_to_wait, require_human_delay

HONEYPOT = "website"
"""The name of a field that people do not see: robots fill it."""
SECONDS_GOOD = 24 * 60 * 60
# Longer than any of our tokens, so that nobody can have a signature over a megabyte checked.
LONGEST = 4000
# “none” is the user's own act, such as a reload. “same-site” would include other hosts of the domain.
OWN_SITE = ("same-origin", "none")
ANY_SUBJECT = ""
"""The subject of older forms of calendars, which named none."""


class Purpose(StrEnum):
    """The purpose of a form. The values are salts of signatures in open forms, so they never change."""

    PICK = "bookonce.guest.pick"
    DETAILS = "bookonce.guest.details"
    MOVE = "bookonce.guest.move"
    CANCEL = "bookonce.guest.cancel"
    ASK = "bookonce.guest.ask"
    ASKED = "bookonce.guest.asked"
    HOST_CANCEL = "bookonce.pages.calm"
    NEW_CALENDAR = "bookonce.host.form"
    MINT = "bookonce.host.mint"


WITHOUT_END = (Purpose.NEW_CALENDAR, Purpose.MINT)
"""Purposes whose tokens do not expire: their forms have a session, and need to be recognised only."""


@dataclass(frozen=True, slots=True)
class FormToken:
    """The token of a form. ``said``: the choices of the pages before it."""

    subject: str
    key: str
    shown_at: float
    said: dict[str, Any] = field(default_factory=dict)

    def encode(self, purpose: Purpose) -> str:
        """The signed text for forms of this purpose."""
        body = [self.subject, self.key, round(self.shown_at, 2), *([self.said] if self.said else [])]
        return signing.dumps(body, salt=purpose)

    def saying(self, **said: Any) -> FormToken:
        """The token for the next page: of the same first page, with these choices."""
        return replace(self, said=said)

    def with_new_key(self) -> FormToken:
        """The token with a fresh key, for use in an address: addresses may be passed on, a key must not."""
        return replace(self, key=tokens.new_secret())

    @property
    def wait(self) -> int:
        """Milliseconds until ``require_human_delay`` passes."""
        return milliseconds_to_wait(self.shown_at)

    def require_human_delay(self) -> None:
        """Raise ``TooQuick`` where the first page was shown less than two seconds ago."""
        require_human_delay(self.shown_at)


def new_form_token(subject: str, *, key: str = "") -> FormToken:
    """A new token, for a first page that is shown now."""
    return FormToken(subject, key or tokens.new_secret(), clock.now_precise())


def versioned_subject(subject: str, number: int) -> str:
    """A subject with a version: a token of one version is not valid for the next."""
    return f"{subject}#{number}"


def read_form_token(text: str, purpose: Purpose, *, subject: str) -> FormToken:
    """Decode a token of this purpose and subject, or ``PageStale``.

    ``MovedMeanwhile`` where it is of an earlier version of the subject.
    """
    token = decode_form_token(text, purpose)
    if token.subject not in (subject, ANY_SUBJECT):
        if token.subject.partition("#")[0] == subject.partition("#")[0]:
            raise MovedMeanwhile(said=token.said)
        raise PageStale
    # One second of grace: the process that showed the page may be slightly ahead of this one.
    if purpose not in WITHOUT_END and not 0 <= clock.now_precise() - token.shown_at + 1 < SECONDS_GOOD:
        raise PageStale
    return token


def decode_form_token(text: str, purpose: Purpose) -> FormToken:
    """Decode a token of this purpose, with any subject and age; ``PageStale`` where it is not ours."""
    try:
        # Without max_age, which goes by the machine's clock and not by ours (promise 30).
        body = signing.loads(text[:LONGEST], salt=purpose)
    except (signing.BadSignature, ValueError):
        raise PageStale from None
    match body:
        case [str(subject), str(key), int() | float() as shown_at, *said]:
            return FormToken(subject, key, shown_at, said[0] if said else {})
        # Forms of releases before 0.2.0 had other tokens; some may still be open in a browser.
        case [str(subject), str(key)]:
            return FormToken(subject, key, 0)
        case [str(subject), int() | float() as shown_at]:
            return FormToken(subject, "", shown_at)
        case str(key):
            return FormToken(ANY_SUBJECT, key, 0)
    raise PageStale


def require_same_site(request: HttpRequest) -> None:
    """Raise ``FromElsewhere`` where the browser says that another site's page sent this form."""
    site = request.headers.get("Sec-Fetch-Site")
    # Browsers from before 2023 do not send it, and others not over plain http, but for localhost.
    if site is None:
        if request.headers.get("Origin", "null") not in _origins(request):
            raise FromElsewhere
    elif site not in OWN_SITE:
        raise FromElsewhere


def _origins(request: HttpRequest) -> tuple[str, ...]:
    """The origins of our own pages; ``null`` is what old browsers send from pages without a referrer."""
    base, host = urlsplit(settings.BASE_URL), request.headers.get("Host", "")
    # Both schemes: behind a proxy that ends TLS it is not known here. Host was checked by the middleware.
    return ("null", f"{base.scheme}://{base.netloc}", f"http://{host}", f"https://{host}")
