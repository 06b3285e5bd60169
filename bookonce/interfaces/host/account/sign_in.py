"""Signing in and out, and the front page for whoever is not signed in."""

from __future__ import annotations

from django.contrib import auth
from django.http import HttpRequest, HttpResponse, JsonResponse

from bookonce.domain.accounts import authenticator, passkeys
from bookonce.domain.accounts.models import Person
from bookonce.domain.accounts.operations import LONGEST as LONGEST_PASSWORD
from bookonce.domain.accounts.queries import can_sign_in, is_set_up
from bookonce.foundation import clock, email_addresses
from bookonce.foundation.errors import RateLimited, Refused
from bookonce.foundation.translation import gettext_noop
from bookonce.interfaces.host.shared import frame, session
from bookonce.interfaces.host.shared.session import BEGUN, HALFWAY, HOME
from bookonce.interfaces.pages.form_fields import NONE, Faults, FieldTooLong, FormFields
from bookonce.interfaces.pages.language import ReaderLanguage
from bookonce.interfaces.pages.methods import allow_methods

WRONG = "This e-mail address and password do not belong together."
WRONG_CODE = "This code is not the one. Codes change every half minute; each is taken once."
SIGN_IN = FormFields({"email": email_addresses.LONGEST, "password": LONGEST_PASSWORD})
PASSKEY = FormFields({"credential": passkeys.LONGEST_ANSWER})
HALFWAY_FOR = 600
"""Seconds within which the code must follow the password."""


@allow_methods("GET")
@frame.reads_form(NONE)
def front_page(request: HttpRequest) -> HttpResponse:
    """The calendars of people who are signed in; for others what this is."""
    if isinstance(request.user, Person):
        return frame.redirect_to(HOME)
    return frame.render_page(request, frame.voice_of(request), "host/home.html", has_begun=is_set_up())


def _shown(request: HttpRequest, faults: Faults) -> HttpResponse:
    """The form with a field that is too long, which nothing has read."""
    return _form(request, FieldTooLong(faults, SIGN_IN))


@allow_methods("GET", "POST")
@frame.reads_form(SIGN_IN, _shown)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in by e-mail address and password, or go on to the page that asks for a code."""
    if request.method != "POST":
        return (
            frame.redirect_to(session.next_address(request))
            if isinstance(request.user, Person)
            else _form(request)
        )
    email = request.POST.get("email", "").strip().lower()
    try:
        # Before the password is checked, because hashing it is the expensive part.
        session.count_sign_in(request, email)
    except RateLimited as refusal:
        return _form(request, refusal)
    # For an unknown address Django hashes the password too, so that both take as long.
    person = auth.authenticate(request, username=email, password=request.POST.get("password", ""))
    if not isinstance(person, Person):
        return _form(request, Refused(WRONG))
    if authenticator.is_on(person):
        _go_halfway(request, person)
        return frame.redirect_to("/sign-in/code")
    session.sign_in(request, person)
    return frame.redirect_to(session.next_address(request))


@allow_methods("GET", "POST")
@frame.reads_form(NONE)
def check_code(request: HttpRequest) -> HttpResponse:
    """The second factor: sign in by a code after the password."""
    now = clock.now()
    halfway = request.session.get(HALFWAY, {})
    person = Person.objects.filter(pk=halfway["person"]).first() if halfway else None
    # Whoever leaves an open page behind leaves no half of a sign-in to the next one at this browser.
    if person is None or clock.seconds_of_instant(now) - halfway["at"] > HALFWAY_FOR:
        return frame.redirect_to("/sign-in")
    if request.method != "POST":
        return _code_form(request)
    try:
        session.count_code(request, person)
    except RateLimited as refusal:
        return _code_form(request, refusal)
    given = request.POST.get("code", "")
    if not authenticator.accept_code(person, given, now=now):
        return _code_form(request, Refused(WRONG_CODE))
    session.sign_in(request, person)
    if authenticator.is_recovery_code(given):
        session.flash(request, _codes_left(frame.voice_of(request, person), authenticator.codes_left(person)))
    return frame.redirect_to(halfway["next"])


@allow_methods("POST")
@frame.reads_form(NONE)
def begin_passkey(request: HttpRequest) -> HttpResponse:
    """The challenge for a passkey, as JSON for the page's script."""
    try:
        session.count_passkey(request)
    except RateLimited as refusal:
        return JsonResponse(
            {"sentence": session.refusal_sentence(refusal, frame.voice_of(request))}, status=429
        )
    options, request.session[BEGUN] = passkeys.begin_signing_in()
    return JsonResponse(options)


@allow_methods("POST")
@frame.reads_form(PASSKEY)
def sign_in_by_passkey(request: HttpRequest) -> HttpResponse:
    """Sign in by a passkey."""
    # A challenge counts once, whatever comes of it (WebAuthn, section 13.4.3).
    begun = request.session.pop(BEGUN, None)
    try:
        session.count_passkey(request)
        person = passkeys.verify_sign_in(begun, request.POST.get("credential", ""), now=clock.now())
    except Refused as refusal:
        return _form(request, refusal)
    session.sign_in(request, person)
    return frame.redirect_to(session.next_address(request))


@allow_methods("POST")
@frame.reads_form(NONE)
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this browser's session, and have it clear what it cached of our pages.

    People with no way to sign in again are warned first.
    """
    person = request.user
    if isinstance(person, Person) and not can_sign_in(person) and request.POST.get("sure") != "yes":
        return frame.render_page(
            request, frame.voice_of(request, person), "host/last_sign_in_method.html", 409
        )
    auth.logout(request)
    answer = frame.redirect_to("/sign-in")
    # Not “cookies”: that would also delete the cookie of a known browser (docs/decisions/0013).
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: a form that our own page did not show, or showed long ago."""
    voice = frame.voice_of(request)
    return frame.render_page(
        request,
        voice,
        "host/refused.html",
        403,
        title=gettext_noop("This page has grown old"),
        sentence="Nothing was changed. Please go back, reload the page, and try again.",
        onward=HOME,
    )


def _codes_left(voice: ReaderLanguage, left: int) -> str:
    """The notice after signing in with a recovery code: how many are left."""
    if not left:
        return voice.say("That was your last recovery code. Make new ones in Account.")
    return voice.count(
        "You have used a recovery code; {count} is left. New ones are made in Account.",
        "You have used a recovery code; {count} are left. New ones are made in Account.",
        left,
    )


def _go_halfway(request: HttpRequest, person: Person) -> None:
    """Record the first factor under a new session key, so that a key taken before is worth nothing."""
    request.session.cycle_key()
    request.session[HALFWAY] = {
        "person": str(person.pk),
        "at": clock.seconds_of_instant(clock.now()),
        "next": session.next_address(request),
    }


def _form(request: HttpRequest, refusal: Refused | None = None) -> HttpResponse:
    known = session.remembered_person(request)
    voice, email = frame.voice_of(request, known), request.POST.get("email", "")
    answer = frame.render_page(
        request,
        voice,
        "host/sign_in.html",
        _status(refusal),
        wrong=session.refusal_sentence(refusal, voice) if refusal else "",
        email=email or (known.email if known else ""),
        has_begun=is_set_up(),
        next=session.next_address(request),
        passkeys_at=session.passkey_address(request),
    )
    return with_headers(answer, refusal)


def _code_form(request: HttpRequest, refusal: Refused | None = None) -> HttpResponse:
    voice = frame.voice_of(request)
    wrong = session.refusal_sentence(refusal, voice) if refusal else ""
    answer = frame.render_page(request, voice, "host/sign_in_code.html", _status(refusal), wrong=wrong)
    return with_headers(answer, refusal)


def _status(refusal: Refused | None) -> int:
    return 200 if refusal is None else 429 if isinstance(refusal, RateLimited) else 422


def with_headers(answer: HttpResponse, refusal: Refused | None) -> HttpResponse:
    """The response with the refusal's headers, such as Retry-After."""
    for name, value in (refusal.data.get("headers") or {}).items() if refusal else ():
        answer.headers[name] = value
    return answer
