"""Form tokens: what a form carries that only we can have said, and by which it is known when it comes again.

A token is signed for one purpose and bound to a subject (this link, this booking in this version). It tells
when the first page was shown, for the time that a person takes, and a key: what a form does is recorded with
its key, so a form that comes twice does it once (rules 12 and 13 of a link). Guest forms, which carry no
login, are guarded by nothing else (docs/pages.md).
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
"""A field that no person sees: whoever fills it is a robot."""
SECONDS_GOOD = 24 * 60 * 60
LONGEST = 4000
OWN_SITE = ("same-origin", "none")
ANY_SUBJECT = ""
"""What the calendar's forms were about before they said so."""


class Purpose(StrEnum):
    """What a form is for. Its value salts the signature of forms that stand open: it stays for ever."""

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
"""Forms of a session of its own: their token only lets them be known again, however long they stood open."""


@dataclass(frozen=True, slots=True)
class FormToken:
    """One form's token. ``said``: what was chosen on the pages before."""

    subject: str
    key: str
    shown_at: float
    said: dict[str, Any] = field(default_factory=dict)

    def encode(self, purpose: Purpose) -> str:
        """As the form of this purpose carries it."""
        body = [self.subject, self.key, round(self.shown_at, 2), *([self.said] if self.said else [])]
        return signing.dumps(body, salt=purpose)

    def saying(self, **said: Any) -> FormToken:
        """For the next step: of the same first page, with what was chosen."""
        return replace(self, said=said)

    def with_new_key(self) -> FormToken:
        """The token with a fresh key, for use in an address: addresses may be passed on, a key must not."""
        return replace(self, key=tokens.new_secret())

    @property
    def wait(self) -> int:
        """How many milliseconds are left until ``require_human_delay`` agrees."""
        return milliseconds_to_wait(self.shown_at)

    def require_human_delay(self) -> None:
        """Raise ``TooQuick`` where the first page was shown less than two seconds ago."""
        require_human_delay(self.shown_at)


def new_form_token(subject: str, *, key: str = "") -> FormToken:
    """The token of a first page, which is shown now."""
    return FormToken(subject, key or tokens.new_secret(), clock.now_precise())


def versioned_subject(subject: str, number: int) -> str:
    """A subject that changes: what was signed about one version of it is not good for the next."""
    return f"{subject}#{number}"


def read_form_token(text: str, purpose: Purpose, *, subject: str) -> FormToken:
    """The token that this is, for this purpose and subject; else ``PageStale``.

    ``MovedMeanwhile`` where it is about an earlier version of the subject.
    """
    token = decode_form_token(text, purpose)
    if token.subject not in (subject, ANY_SUBJECT):
        if token.subject.partition("#")[0] == subject.partition("#")[0]:
            raise MovedMeanwhile(said=token.said)
        raise PageStale
    if purpose not in WITHOUT_END and not 0 <= clock.now_precise() - token.shown_at + 1 < SECONDS_GOOD:
        raise PageStale
    return token


def decode_form_token(text: str, purpose: Purpose) -> FormToken:
    """The token of this purpose, whatever it is about and however old; ``PageStale`` where it is not ours."""
    try:
        body = signing.loads(text[:LONGEST], salt=purpose)
    except (signing.BadSignature, ValueError):
        raise PageStale from None
    match body:
        case [str(subject), str(key), int() | float() as shown_at, *said]:
            return FormToken(subject, key, shown_at, said[0] if said else {})
        # What forms carried before 0.2.0, each kind its own; some may stand open in a browser yet.
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
    if site is None:
        if request.headers.get("Origin", "null") not in _origins(request):
            raise FromElsewhere
    elif site not in OWN_SITE:
        raise FromElsewhere


def _origins(request: HttpRequest) -> tuple[str, ...]:
    """What an old browser calls the pages of ours; ``null``, because they ask for no referrer."""
    base, host = urlsplit(settings.BASE_URL), request.headers.get("Host", "")
    return ("null", f"{base.scheme}://{base.netloc}", f"http://{host}", f"https://{host}")
