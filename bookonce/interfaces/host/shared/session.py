"""Letting somebody in: what every way of signing in ends with, and how often it may be tried."""

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
"""Under this name the session keeps what the next page says once, above everything else."""
AGAIN = "again"
"""Under this name: what that will be for whoever pressed a button after their session had ended."""

PROVED = "proved"
"""Under this name the session keeps when its owner has last shown who they are."""
HALFWAY = "halfway"
"""Under this name: who has given their password, and owes a code."""
BEGUN = "passkey"
"""Under this name: the challenge that a passkey is to answer."""


BEGINS = "begins"
"""Under this name: that its owner came to begin, and has no way in yet; and whether the workspace is new."""
READY = "All is ready. Open the menu of your first calendar, choose Share, and send your first one-time link."

KNOWN = "known"
"""Under this name: who has just shown by a mailed address who they are, and is to sign in."""
KNOWN_FOR = 600
"""Seconds in which the page of signing in greets them so."""


def remember_person(request: HttpRequest, person: Person) -> None:
    """Let the page of signing in know for a while whom it is for."""
    request.session[KNOWN] = {"person": str(person.pk), "at": clock.seconds_of_instant(clock.now())}


def remembered_person(request: HttpRequest) -> Person | None:
    """Whom the page of signing in is for, as far as it knows."""
    known = request.session.get(KNOWN)
    if not known or clock.seconds_of_instant(clock.now()) - known["at"] > KNOWN_FOR:
        return None
    return Person.objects.filter(pk=known["person"]).first()


def begin_first_sign_in(request: HttpRequest, *, ready: bool) -> None:
    """Keep in mind that this person was let in to make their first way in; ``ready``: to a new workspace."""
    request.session[BEGINS] = ready


def first_sign_in_message(request: HttpRequest, said: str) -> str | None:
    """What whoever now has a first way in reads at home; None where they did not come to begin."""
    ready = request.session.pop(BEGINS, None)
    return None if ready is None else READY if ready else said


def sign_in(request: HttpRequest, person: Person) -> None:
    """Sign this person in, under a new session key.

    The form token stays as it is: a form that waits in another tab, with all that was typed there, is
    still taken. Nobody else can have planted it (docs/decisions/0011).
    """
    token = request.META.get("CSRF_COOKIE")
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
    """Count one more try of this account; ``RateLimited`` where there were too many.

    A known browser is counted by itself: what anybody else tries takes nothing from it.
    """
    place, browser = request.META["bookonce.client"], known_browsers.number_of(request, email)
    if browser:
        _count("sign_in_known", browser)
        return
    _count("sign_in_place", place)
    if email:
        _count("sign_in", f"{email} {place}")


def count_passkey(request: HttpRequest) -> None:
    """Count one more step with a passkey from this place: apart, since nobody guesses one."""
    _count("sign_in_passkey", request.META["bookonce.client"])


def count_code(request: HttpRequest, person: Person) -> None:
    """Count one more code that is tried, for this person, or by a browser that is known as theirs."""
    _count("sign_in_code", known_browsers.number_of(request, person.email) or str(person.pk))


def _count(name: str, key: str) -> None:
    verdict = rate_limits.count_attempt(name, key, now=clock.now_precise())
    if not verdict.ok:
        raise verdict.refusal()


def flash(request: HttpRequest, said: str) -> None:
    """Let the next page begin with this, after what it was to begin with anyway."""
    request.session[SAID] = " ".join(filter(None, (request.session.get(SAID), said)))


def refusal_sentence(refusal: Refused, voice: ReaderLanguage) -> str:
    """The refusal's sentence; of too many tries, how long to wait."""
    seconds = refusal.data.get("retry_after")
    if not isinstance(refusal, RateLimited) or not seconds:
        return voice.say(refusal.sentence)
    return voice.count(
        "Too many tries. Please try again in {count} minute.",
        "Too many tries. Please try again in {count} minutes.",
        ceil(seconds / 60),
    )


def next_address(request: HttpRequest) -> str:
    """Where to go afterwards: a page of ours only."""
    asked = request.POST.get("next") or request.GET.get("next") or HOME
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else HOME


def passkey_address(request: HttpRequest) -> str | None:
    """Where passkeys work: empty, here; an address, there instead; None, nowhere as this is set up.

    Browsers bind a passkey to a host by name, and trust https or ``localhost`` alone.
    """
    here = urlsplit(settings.BASE_URL)
    name = here.hostname or ""
    if here.scheme != "https" and name != "localhost":
        return None
    if name.replace(".", "").isdecimal() or ":" in name:
        return None
    return "" if request.get_host() == here.netloc else f"{settings.BASE_URL}{request.get_full_path()}"
