"""Signing in: what all ways of it end with, their rates, and what the session remembers."""

from __future__ import annotations

from math import ceil
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from bookonce.domain.accounts.models import Person
from bookonce.domain.accounts.sessions import AGENT, PLACE
from bookonce.foundation import clock, rate_limits
from bookonce.foundation.errors import RateLimited, Refused
from bookonce.interfaces.host.shared import known_browsers
from bookonce.interfaces.pages.language import ReaderLanguage

HOME = "/settings/calendars"

SAID = "said"
"""Session key: the message that the next page shows once."""
AGAIN = "again"
"""Session key: that message for people who pressed a button after their session had ended."""

PROVED = "proved"
"""Session key: when its owner last authenticated."""
HALFWAY = "halfway"
"""Session key: who has given their password and still needs a code."""
# Taken out of the session before an answer is judged, because a challenge is answered only once.
BEGUN = "passkey"
"""Session key: the challenge that a passkey has to answer."""


BEGINS = "begins"
"""Session key: its owner is setting up a first way to sign in; the value: whether in a new workspace."""
READY = "All is ready. Open the menu of your first calendar, choose Share, and send your first one-time link."

KNOWN = "known"
"""Session key: who has just proven themselves by a mailed link, and is to sign in."""
KNOWN_FOR = 600
"""Seconds for which ``KNOWN`` is used."""


def remember_person(request: HttpRequest, person: Person) -> None:
    """Let the sign-in page address this person for ``KNOWN_FOR``."""
    request.session[KNOWN] = {"person": str(person.pk), "at": clock.seconds_of_instant(clock.now())}


def remembered_person(request: HttpRequest) -> Person | None:
    """The person whom the sign-in page addresses, if any."""
    known = request.session.get(KNOWN)
    if not known or clock.seconds_of_instant(clock.now()) - known["at"] > KNOWN_FOR:
        return None
    return Person.objects.filter(pk=known["person"]).first()


def begin_first_sign_in(request: HttpRequest, *, ready: bool) -> None:
    """Record that this person is setting up their first way to sign in; ``ready``: in a new workspace."""
    request.session[BEGINS] = ready


def first_sign_in_message(request: HttpRequest, said: str) -> str | None:
    """The message after a first way to sign in was set up; None where that was not under way."""
    ready = request.session.pop(BEGINS, None)
    return None if ready is None else READY if ready else said


def sign_in(request: HttpRequest, person: Person) -> None:
    """Sign this person in, under a new session key.

    The CSRF token is kept, so that a form in another tab, with all that was typed there, is still taken;
    nobody else can have planted it (docs/decisions/0011).
    """
    token = request.META.get("CSRF_COOKIE")
    # login keeps nothing of another person's session, so everything is written after it.
    auth.login(request, person)
    if token is not None:
        request.META["CSRF_COOKIE"] = token
    request.session[AGENT] = request.headers.get("User-Agent", "")
    request.session[PLACE] = request.META["bookonce.client"]
    request.session[PROVED] = clock.seconds_of_instant(clock.now())
    known_browsers.remember_browser(request, person.email)
    for name in (HALFWAY, BEGUN, KNOWN):
        request.session.pop(name, None)
    if AGAIN in request.session:
        request.session[SAID] = request.session.pop(AGAIN)


def count_sign_in(request: HttpRequest, email: str) -> None:
    """Count a try to sign in to this account, or raise ``RateLimited``.

    A known browser has a count of its own, which tries of others do not use up.
    """
    place, browser = request.META["bookonce.client"], known_browsers.number_of(request, email)
    if browser:
        _count("sign_in_known", browser)
        return
    # The network first: tries that it refuses must not use up the account's own limit.
    _count("sign_in_place", place)
    if email:
        _count("sign_in", f"{email} {place}")


def count_passkey(request: HttpRequest) -> None:
    """Count a request with a passkey from this network: apart, since nobody can guess one."""
    _count("sign_in_passkey", request.META["bookonce.client"])


def count_code(request: HttpRequest, person: Person) -> None:
    """Count a try of a code for this person, or for a known browser of theirs."""
    _count("sign_in_code", known_browsers.number_of(request, person.email) or str(person.pk))


def _count(name: str, key: str) -> None:
    verdict = rate_limits.count_attempt(name, key, now=clock.now_precise())
    if not verdict.ok:
        raise verdict.refusal()


def flash(request: HttpRequest, said: str) -> None:
    """Add this to the message that the next page shows."""
    request.session[SAID] = " ".join(filter(None, (request.session.get(SAID), said)))


def refusal_sentence(refusal: Refused, voice: ReaderLanguage) -> str:
    """The refusal's sentence; for ``RateLimited``, how long to wait."""
    seconds = refusal.data.get("retry_after")
    if not isinstance(refusal, RateLimited) or not seconds:
        return voice.say(refusal.sentence)
    return voice.count(
        "Too many tries. Please try again in {count} minute.",
        "Too many tries. Please try again in {count} minutes.",
        ceil(seconds / 60),
    )


def next_address(request: HttpRequest) -> str:
    """The page to go to afterwards (``next``), if it is one of ours."""
    asked = request.POST.get("next") or request.GET.get("next") or HOME
    # With no host allowed only paths pass; //elsewhere.example does not.
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else HOME


def passkey_address(request: HttpRequest) -> str | None:
    """Where passkeys work: empty: here; an address: there instead; None: nowhere with these settings.

    Browsers bind a passkey to a host by name, and trust https or ``localhost`` alone.
    """
    here = urlsplit(settings.BASE_URL)
    name = here.hostname or ""
    if here.scheme != "https" and name != "localhost":
        return None
    # WebAuthn binds passkeys to a domain name, and an IP address is none.
    if name.replace(".", "").isdecimal() or ":" in name:
        return None
    # Some proxies write the port into Host where a browser writes none.
    shown = request.get_host().removesuffix(":443" if here.scheme == "https" else ":80")
    return "" if shown == here.netloc else f"{settings.BASE_URL}{request.get_full_path()}"
