"""``/setup/<secret>``: found the first workspace, or set an owner's first password."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from bookonce.domain.accounts import authenticator, first_run, passwords
from bookonce.domain.accounts.models import Person
from bookonce.domain.accounts.operations import LONGEST as LONGEST_PASSWORD
from bookonce.domain.accounts.profile import NAME
from bookonce.domain.accounts.queries import can_sign_in, find_by_setup_secret, is_setup_secret_of_somebody
from bookonce.domain.workspaces.operations import NO_OWNER, AlreadyFounded, found_with_owner
from bookonce.foundation import clock, email_addresses, translation
from bookonce.foundation.dates import LONGEST_ZONE
from bookonce.foundation.errors import Invalid
from bookonce.foundation.translation import gettext_noop
from bookonce.interfaces.host.shared import frame, session
from bookonce.interfaces.host.shared.zones import FROM_LIST
from bookonce.interfaces.pages import time_zones
from bookonce.interfaces.pages.form_fields import Faults, FormFields
from bookonce.interfaces.pages.language import ReaderLanguage
from bookonce.interfaces.pages.methods import allow_methods

NEW_PASSKEY = "/settings/account/passkeys/new"
"""The page for people who want a passkey instead; until they have one, the set-up address leads here."""
FIELDS = ("workspace", "owner_name", "owner_email", "zone")
FOUNDING = FormFields(
    {
        "workspace": NAME,
        "owner_name": NAME,
        "owner_email": email_addresses.LONGEST,
        "zone": LONGEST_ZONE,
        "password": LONGEST_PASSWORD,
    }
)
NO_NAME = "Enter your name."

UNKNOWN = (
    404,
    gettext_noop("This address does not open"),
    "Check that it was copied whole, and that you have no newer one. While nobody works here, each start of "
    "the program prints a new one.",
    "",
)
FOUNDED = (
    410,
    gettext_noop("Set up already"),
    "There is a workspace here by now. Sign in, or ask whoever founded it.",
    "There is a workspace here by now. You are signed in as {email}.",
)
OVER = (
    410,
    gettext_noop("This address does not open any more"),
    "It was used already, or its time is over. Sign in, or ask whoever gave it to you for a new one.",
    "It was used already, or its time is over. You are signed in as {email}.",
)
"""Status, title and sentence where nothing begins, and the sentence for who is signed in. The last two are
for whoever holds the right secret alone."""


def _shown(request: HttpRequest, faults: Faults, secret: str) -> HttpResponse:
    """The form of the secret with a field that is too long, which nothing has read."""
    if first_run.can_found_workspace(secret):
        return _form(request, _said(request), faults)
    person = find_by_setup_secret(secret, now=clock.now())
    return _password(request, person, next(iter(faults.values()))) if person else _not(request, UNKNOWN)


@allow_methods("GET", "POST")
@frame.reads_form(FOUNDING, _shown)
def set_up(request: HttpRequest, secret: str) -> HttpResponse:
    """The page of a set-up secret: founding, setting a password, or why it is over."""
    if first_run.can_found_workspace(secret):
        return _found(request, secret) if request.method == "POST" else _form(request, {})
    person = find_by_setup_secret(secret, now=clock.now())
    if person is not None:
        return _set(request, secret, person) if request.method == "POST" else _password(request, person)
    if first_run.is_setup_secret(secret):
        return _not(request, FOUNDED)
    return _not(request, OVER if is_setup_secret_of_somebody(secret) else UNKNOWN)


def _not(request: HttpRequest, told: tuple[int, str, str, str]) -> HttpResponse:
    """The page of a secret that is not valid, with the way to sign in, or to one's calendars."""
    status, title, sentence, inside = told
    person = request.user if isinstance(request.user, Person) else None
    voice, more = frame.voice_of(request, person), {"title": title, "sentence": sentence}
    if person is not None and inside:
        more["sentence"] = voice.say(inside, email=person.email)
        more |= {"onward": session.HOME, "go": gettext_noop("Go to your calendars")}
    elif told is not UNKNOWN:
        more |= {"onward": "/sign-in", "go": gettext_noop("Sign in")}
    return frame.render_page(request, voice, "host/refused.html", status, **more)


def _found(request: HttpRequest, secret: str) -> HttpResponse:
    said, voice = _said(request), frame.voice_of(request)
    by_passkey, password = request.POST.get("with") == "passkey", request.POST.get("password", "")
    easy = not by_passkey and passwords.is_easy(password, said["owner_name"], said["owner_email"])
    try:
        founded = found_with_owner(
            said["workspace"],
            owner_name=said["owner_name"],
            owner_email=said["owner_email"],
            zone=time_zones.current_name(said["zone"]),
            # Easy passwords are refused together with all other faults.
            password=None if by_passkey else "" if easy else password,
            now=clock.now(),
            is_first=True,
            # Nobody would see it here; keys are made and shown in Settings.
            with_key=False,
            language=_language_to_keep(voice),
            clock=voice.clock_to_keep,
            secret=secret,
        )
    except Invalid as refusal:
        errors = {error["pointer"].strip("/"): error["detail"] for error in refusal.data["errors"]}
        if easy:
            errors["password"] = passwords.EASY
        return _form(request, said, errors)
    except AlreadyFounded:
        return _not(request, FOUNDED)
    session.sign_in(request, founded.owner.person)
    return _to_passkey(request, ready=True) if by_passkey else _home(request, voice.say(session.READY))


def _said(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "").strip() for name in FIELDS}


def _to_passkey(request: HttpRequest, *, ready: bool) -> HttpResponse:
    session.begin_first_sign_in(request, ready=ready)
    return frame.redirect_to(NEW_PASSKEY)


def _home(request: HttpRequest, said: str) -> HttpResponse:
    return frame.redirect_to(session.HOME, request=request, said=said)


def _language_to_keep(voice: ReaderLanguage) -> str:
    """The language to store for somebody who begins in another one than ours: mails use it too."""
    return "" if voice.language == translation.SOURCE else voice.language


def _form(request: HttpRequest, said: dict[str, str], errors: dict[str, str] | None = None) -> HttpResponse:
    voice, errors = frame.voice_of(request), errors or {}
    # The operation names the options of the command line.
    if "password_stdin" in errors:
        errors.setdefault("password", passwords.WRONG)
        del errors["password_stdin"]
    if errors.get("owner_name") == NO_OWNER:
        errors["owner_name"] = NO_NAME
    if "zone" in errors:
        errors["zone"] = FROM_LIST
    return frame.render_page(
        request,
        voice,
        "host/setup.html",
        422 if errors else 200,
        said=said,
        errors=errors,
        problems=[(f"#{name}", voice.say(words)) for name, words in errors.items()],
        **time_zones.zone_list_context(voice.tag, voice.now),
        passkeys_at=session.passkey_address(request),
    )


def _set(request: HttpRequest, secret: str, person: Person) -> HttpResponse:
    voice = frame.voice_of(request, person)
    if request.POST.get("with") == "passkey" and _may_use_passkey(person):
        return _enter(request, secret, voice)
    try:
        owner = passwords.set_first_password(
            secret, request.POST.get("password", ""), clock=voice.clock_to_keep, now=clock.now()
        )
    except Invalid as refusal:
        return _password(request, person, refusal.data["errors"][0]["detail"])
    if owner is None:
        return _not(request, OVER)
    # The secret replaces the password only, not the second factor.
    if authenticator.is_on(owner):
        session.remember_person(request, owner)
        said = voice.say("Your password is set. Sign in with it.")
        return frame.redirect_to("/sign-in", request=request, said=said)
    session.sign_in(request, owner)
    return _home(request, voice.say("Your password is set. You are signed in."))


def _may_use_passkey(person: Person) -> bool:
    """Whether this person may add a passkey now, because they have no other way to sign in yet."""
    return not can_sign_in(person) and not authenticator.is_on(person)


def _enter(request: HttpRequest, secret: str, voice: ReaderLanguage) -> HttpResponse:
    """Sign in the holder of the secret, so that they can add a passkey."""
    owner = passwords.find_by_setup_secret(secret, clock=voice.clock_to_keep, now=clock.now())
    if owner is None:
        return _not(request, OVER)
    session.sign_in(request, owner)
    return _to_passkey(request, ready=first_run.is_setup_secret(secret))


def _password(request: HttpRequest, person: Person, wrong: str = "") -> HttpResponse:
    voice = frame.voice_of(request, person)
    until, is_first, at = person.setup_expires_at, not can_sign_in(person), session.passkey_address(request)
    return frame.render_page(
        request,
        voice,
        "host/first_password.html",
        422 if wrong else 200,
        person=person,
        is_first=is_first,
        until=f"{voice.moment(until)} ({voice.place(until)})" if until else "",
        wrong=wrong,
        may_use_passkey=at == "" and _may_use_passkey(person),
    )
