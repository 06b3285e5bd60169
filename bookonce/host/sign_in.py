"""In and out: the pages at the door of the desk."""

from __future__ import annotations

from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from bookonce import clock, rates
from bookonce.accounts.models import Person
from bookonce.accounts.sessions import AGENT, PLACE
from bookonce.catalogues import mark
from bookonce.errors import RateLimited
from bookonce.host import frame
from bookonce.pages.methods import answers

HOME = "/settings/calendars"
WRONG = "This e-mail address and password do not belong together."


@answers("GET")
def front(request: HttpRequest) -> HttpResponse:
    """The desk for whoever is signed in; else what this is."""
    if isinstance(request.user, Person):
        return frame.to(HOME)
    return frame.page(request, frame.voice_of(request), "host/front.html")


@answers("GET", "POST")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Let somebody in by e-mail address and password."""
    if request.method != "POST":
        return frame.to(_wanted(request)) if isinstance(request.user, Person) else _form(request)
    email = request.POST.get("email", "").strip().lower()
    try:
        _count(request, email)
    except RateLimited as refusal:
        return _form(request, refusal.sentence, refusal.status)
    person = auth.authenticate(request, username=email, password=request.POST.get("password", ""))
    if person is None:
        return _form(request, WRONG, 422)
    auth.login(request, person)
    request.session[AGENT] = request.headers.get("User-Agent", "")
    request.session[PLACE] = request.META["bookonce.client"]
    return frame.to(_wanted(request))


@answers("POST")
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this browser's session."""
    auth.logout(request)
    return frame.to("/sign-in")


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: a form that our own page has not shown, or showed long ago."""
    voice = frame.voice_of(request)
    return frame.page(
        request,
        voice,
        "host/refused.html",
        403,
        title=mark("This page has grown old"),
        sentence="Nothing was changed. Please go back, reload the page, and try again.",
    )


def _count(request: HttpRequest, email: str) -> None:
    for key in (f"account {email}", f"place {request.META['bookonce.client']}"):
        verdict = rates.count("sign_in", key, now=clock.precise())
        if not verdict.ok:
            raise verdict.refusal()


def _wanted(request: HttpRequest) -> str:
    """Where to go afterwards: a page of ours only."""
    asked = request.POST.get("next") or request.GET.get("next") or HOME
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else HOME


def _form(request: HttpRequest, wrong: str = "", status: int = 200) -> HttpResponse:
    voice = frame.voice_of(request)
    email = request.POST.get("email", "")[:254]
    return frame.page(
        request,
        voice,
        "host/sign_in.html",
        status,
        wrong=voice.say(wrong) if wrong else "",
        email=email,
        next=_wanted(request),
    )
