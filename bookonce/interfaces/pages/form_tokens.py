"""Signed form tokens: they guard guest forms, which carry no login (docs/decisions).

A seal is bound to a thing (this link, this booking in this version) and to a purpose. It remembers when
the first page was shown, and the key by which the form is known when it comes again (rule 12 of a link).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

from bookonce.foundation import clock, tokens
from bookonce.interfaces.pages.errors import FromElsewhere, MovedMeanwhile, PageStale, TooQuick
from bookonce.interfaces.pages.human_delay import SECONDS_GOOD, SECONDS_TO_THINK, milliseconds_to_wait

PICK, DETAILS, MOVE, CANCEL, ASK, ASKED = "pick", "details", "move", "cancel", "ask", "asked"
HONEYPOT = "website"
"""A field that no person sees: whoever fills it is a robot."""
OURS = ("same-origin", "none")


@dataclass(frozen=True, slots=True)
class FormToken:
    """What a form carries that only we can have said."""

    thing: str
    key: str
    born: float
    said: dict[str, Any] = field(default_factory=dict)

    def text(self, purpose: str) -> str:
        """The token for this purpose."""
        body = [self.thing, self.key, round(self.born, 2), self.said]
        return signing.dumps(body, salt=f"bookonce.guest.{purpose}")

    def saying(self, **said: Any) -> FormToken:
        """The same seal of the same first page, for the next step."""
        return FormToken(self.thing, self.key, self.born, said)

    def unkeyed(self) -> FormToken:
        """The same choice for another form: what stands in an address may be passed on, the key must not."""
        return FormToken(self.thing, tokens.new_secret(), self.born, self.said)

    @property
    def wait(self) -> int:
        """How many milliseconds are left until ``require_human_delay`` agrees."""
        return milliseconds_to_wait(self.born)

    def require_human_delay(self) -> None:
        """Raise ``TooQuick`` where the first page was shown less than two seconds ago."""
        if clock.now_precise() - self.born < SECONDS_TO_THINK:
            raise TooQuick


def new_form_token(thing: str) -> FormToken:
    """The seal of a first page, which is shown now."""
    return FormToken(thing, tokens.new_secret(), clock.now_precise())


def versioned_subject(thing: str, number: int) -> str:
    """A thing that changes: what was sealed about one version of it is not good for the next."""
    return f"{thing}#{number}"


def read_form_token(text: str, purpose: str, *, thing: str) -> FormToken:
    """The seal that this token is, for this thing and purpose; else ``PageStale``.

    ``MovedMeanwhile`` where it is about an earlier version of the thing.
    """
    try:
        bound, key, born, said = signing.loads(text[:4000], salt=f"bookonce.guest.{purpose}")
    except (signing.BadSignature, ValueError):
        raise PageStale from None
    if bound != thing and bound.partition("#")[0] == thing.partition("#")[0]:
        raise MovedMeanwhile(said=said)
    if bound != thing or not 0 <= clock.now_precise() - born + 1 < SECONDS_GOOD:
        raise PageStale
    return FormToken(bound, key, born, said)


def require_same_site(request: HttpRequest) -> None:
    """Raise ``FromElsewhere`` where the browser says that another site's page sent this form."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is None:
        if request.headers.get("Origin", "null") not in _origins(request):
            raise FromElsewhere
    elif site not in OURS:
        raise FromElsewhere


def _origins(request: HttpRequest) -> tuple[str, ...]:
    """What an old browser calls the pages of ours; ``null``, because they ask for no referrer."""
    base, host = urlsplit(settings.BASE_URL), request.headers.get("Host", "")
    return ("null", f"{base.scheme}://{base.netloc}", f"http://{host}", f"https://{host}")
