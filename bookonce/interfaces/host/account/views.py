"""Settings → Account: profile, ways to sign in, and sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse

from bookonce.domain.accounts import authenticator, passwords, profile, sessions
from bookonce.domain.accounts.models import Session
from bookonce.domain.accounts.operations import LONGEST as LONGEST_PASSWORD
from bookonce.domain.bookings.guest_details import single_line
from bookonce.foundation import clock, dates, email_addresses, rate_limits, tokens
from bookonce.foundation.errors import Invalid, NotFound, RateLimited
from bookonce.foundation.translation import available_languages, gettext_noop
from bookonce.interfaces.host.account import browser_names
from bookonce.interfaces.host.account.reauthenticate import ACCOUNT, recently_authenticated
from bookonce.interfaces.host.shared import session as entering
from bookonce.interfaces.host.shared.frame import HostRequest, signed_in
from bookonce.interfaces.pages import time_zones
from bookonce.interfaces.pages.form_fields import Faults, FormFields

CHANGED = "Your password is changed. Every other browser is signed out."
SET = "Your password is set. Every other browser is signed out."
FIRST_SET = "Your password is set. You are signed in."


PROFILE_NAMES = ("name", "zone", "language", "clock")
PROFILE = FormFields({"name": profile.NAME, "zone": dates.LONGEST_ZONE})
ADDRESS = FormFields({"email": email_addresses.LONGEST})
PASSWORD = FormFields({"password": LONGEST_PASSWORD})


@dataclass(frozen=True, slots=True)
class SignedInBrowser:
    """A session as the page shows it."""

    id: str
    browser: str
    system: str
    place: str
    since: datetime
    seen_at: datetime
    is_this: bool

    @classmethod
    def of(cls, session: Session, desk: HostRequest) -> SignedInBrowser:
        browser, system = browser_names.browser_and_system(session.agent)
        is_this = sessions.is_this(session, desk.request.session.session_key or "")
        name = tokens.public_id("ses", session.pk)
        return cls(name, browser, system, session.place, session.created_at, session.seen_at, is_this)


def _shown(desk: HostRequest, faults: Faults) -> HttpResponse:
    """The form with a field that is too long, which nothing has read."""
    return _page(desk, {name: desk.said.get(name, "") for name in PROFILE_NAMES}, faults)


@signed_in("GET", "POST", fields=PROFILE, shown=_shown)
def account_page(desk: HostRequest) -> HttpResponse:
    """The page of the account; its first form changes the profile."""
    if not desk.posts:
        return _page(desk, {}, {})
    said = {name: single_line(desk.said.get(name, "")) for name in PROFILE_NAMES}
    # Only a made-up form sends another value: it counts as no choice, not as a fault.
    language = said["language"] if said["language"] in available_languages() else ""
    hours = said["clock"] if said["clock"] in dates.CLOCKS else ""
    said["zone"] = time_zones.current_name(said["zone"])
    name, zone = said["name"], said["zone"]
    try:
        profile.change_profile(desk.person, name=name, zone=zone, language=language, clock=hours)
    except Invalid as refusal:
        return _page(desk, said, errors_of(refusal))
    return desk.to(ACCOUNT, gettext_noop("Saved."))


def errors_of(refusal: Invalid) -> dict[str, str]:
    """Field → its fault."""
    return {error["pointer"].strip("/"): error["detail"] for error in refusal.data["errors"]}


def _page(desk: HostRequest, said: dict[str, str], errors: dict[str, str]) -> HttpResponse:
    person = desk.person
    shown = {name: getattr(person, name) for name in ("name", "zone", "language", "clock")} | said
    seats = [
        SignedInBrowser.of(session, desk) for session in sessions.list_sessions(person, now=desk.now)[:50]
    ]
    return desk.page(
        "host/account/account.html",
        422 if errors else 200,
        section="settings",
        tab="account",
        said=shown,
        errors=errors,
        problems=[(f"#{name}", desk.voice.say(words)) for name, words in errors.items()],
        **time_zones.zone_list_context(desk.voice.tag, desk.now),
        languages=[("", desk.voice.say("As this browser asks")), *named_languages()],
        clocks=[
            ("", desk.voice.say("As the language has it")),
            ("24", desk.voice.say("24 hours: 14:30")),
            ("12", desk.voice.say("12 hours: 2:30 PM")),
        ],
        has_password=person.has_usable_password(),
        passkeys=[(tokens.public_id("psk", key.pk), key) for key in person.passkeys.order_by("id")],
        has_authenticator=authenticator.is_on(person),
        codes_left=authenticator.codes_left(person),
        # This browser first: people look for the others, and must know which one not to end.
        seats=sorted(seats, key=lambda seat: not seat.is_this),
    )


def named_languages() -> list[tuple[str, str]]:
    """(tag, name in the language itself) of every language."""
    return [
        (tag, str(dates.locale_of(tag).get_display_name() or tag).capitalize())
        for tag in available_languages()
    ]


@signed_in("GET", "POST", fields=ADDRESS, shown=lambda desk, faults: _email(desk, wrong=faults["email"]))
@recently_authenticated
def change_email(desk: HostRequest) -> HttpResponse:
    """Request another e-mail address, which is taken once the link mailed to it is followed."""
    if not desk.posts:
        return _email(desk)
    try:
        # Each press sends a mail to an address that may be somebody else's.
        if not rate_limits.count_attempt("account_mail", str(desk.person.pk), now=clock.now_precise()).ok:
            raise RateLimited
        sent = profile.request_email_change(desk.person, desk.said.get("email", ""), now=desk.now)
    except Invalid as refusal:
        return _email(desk, wrong=errors_of(refusal)["email"])
    except RateLimited:
        return _email(desk, wrong="Several mails went out already. Please wait an hour.")
    return _email(desk, sent=sent)


def _email(desk: HostRequest, *, sent: str = "", wrong: str = "") -> HttpResponse:
    return desk.page(
        "host/account/email.html",
        422 if wrong else 200,
        section="settings",
        tab="account",
        email=desk.said.get("email", ""),
        sent=sent,
        sends=bool(settings.EMAIL_URL),
        wrong=wrong,
    )


@signed_in("GET", "POST", fields=PASSWORD, shown=lambda desk, faults: _password(desk, faults["password"]))
@recently_authenticated
def change_password(desk: HostRequest) -> HttpResponse:
    """Set a password; every other browser is signed out."""
    if not desk.posts:
        return _password(desk)
    had_one = desk.person.has_usable_password()
    try:
        key = desk.request.session.session_key or ""
        new = desk.request.POST.get("password", "")
        passwords.change_password(desk.person, new, session=key, now=desk.now)
    except Invalid as refusal:
        return _password(desk, errors_of(refusal)["password"])
    # Django ties sessions to the password's hash; without this the current one would end too.
    update_session_auth_hash(desk.request, desk.person)
    first = entering.first_sign_in_message(desk.request, FIRST_SET)
    if first is not None:
        return desk.to(entering.HOME, first)
    return desk.to(ACCOUNT, CHANGED if had_one else SET)


def _password(desk: HostRequest, wrong: str = "") -> HttpResponse:
    return desk.page(
        "host/account/password.html",
        422 if wrong else 200,
        section="settings",
        tab="account",
        wrong=wrong,
        has_password=desk.person.has_usable_password(),
        has_passkeys=desk.person.passkeys.exists(),
    )


@signed_in("POST")
def end_session(desk: HostRequest, name: str) -> HttpResponse:
    """End one session."""
    key = tokens.parse_public_id("ses", name)
    # Somebody else's session is unknown rather than forbidden: the answer tells nothing of it.
    session = Session.objects.filter(pk=key, person=desk.person).first() if key else None
    if session is None:
        raise NotFound
    sessions.end_session(session)
    return desk.to(f"{ACCOUNT}#sessions", "That browser is signed out.")


@signed_in("POST")
def end_other_sessions(desk: HostRequest) -> HttpResponse:
    """End every other session."""
    sessions.end_other_sessions(desk.person, but=desk.request.session.session_key or "")
    return desk.to(f"{ACCOUNT}#sessions", "Every other browser is signed out.")
