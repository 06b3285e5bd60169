"""Settings → Account: passkeys, and the authenticator."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse, JsonResponse

from bookonce.domain.accounts import authenticator, passkeys
from bookonce.domain.accounts.errors import AuthenticatorOn
from bookonce.domain.accounts.models import Passkey
from bookonce.domain.bookings.guest_details import single_line
from bookonce.foundation import tokens
from bookonce.foundation.errors import NotFound, Refused
from bookonce.foundation.translation import gettext_noop
from bookonce.interfaces.host.account import browser_names
from bookonce.interfaces.host.account.reauthenticate import (
    ACCOUNT,
    freshly_authenticated,
    recently_authenticated,
)
from bookonce.interfaces.host.shared import session as entering
from bookonce.interfaces.host.shared.frame import HostRequest, signed_in
from bookonce.interfaces.host.shared.session import BEGUN
from bookonce.interfaces.pages.form_fields import Faults, FormFields
from bookonce.interfaces.pages.qr_codes import KINDS, qr_code_file

HERE = f"{ACCOUNT}/authenticator"
PASSKEY = FormFields({"name": passkeys.NAME, "credential": passkeys.LONGEST_ANSWER})
OFF = "The authenticator is off. Your password alone lets you in."
OFF_WITHOUT = "The authenticator is off."
ADDED = "The passkey is added. From now on you can sign in with it."
REMOVED = "The passkey is removed. Delete it in your device too, or it goes on offering it."
WRONG_CODE = "This is not the code. Look whether the clock of your phone is right, and type the next one."


@signed_in("GET", "POST", fields=PASSKEY)
@recently_authenticated
def add_passkey(desk: HostRequest) -> HttpResponse:
    """Save the passkey that this browser has made."""
    wrong, name = "", single_line(desk.said.get("name", ""))
    if desk.posts:
        # A challenge counts once, whatever comes of it (WebAuthn, section 13.4.3).
        begun = desk.request.session.pop(BEGUN, None)
        try:
            answer = desk.said.get("credential", "")
            session = desk.request.session.session_key or ""
            passkeys.add_passkey(desk.person, begun, answer, name=name, session=session, now=desk.now)
            first = entering.first_sign_in_message(desk.request, ADDED)
            return desk.to(ACCOUNT, ADDED) if first is None else desk.to(entering.HOME, first)
        except Refused as refusal:
            wrong = refusal.sentence
    return desk.page(
        "host/account/passkey_new.html",
        422 if wrong else 200,
        section="settings",
        tab="account",
        wrong=wrong,
        # So that a person with several devices can tell them apart without having to type.
        name=name
        or " · ".join(
            filter(None, browser_names.browser_and_system(desk.request.headers.get("User-Agent", "")))
        ),
        passkeys_at=entering.passkey_address(desk.request),
        has_password=desk.person.has_usable_password(),
    )


@signed_in("POST")
@partial(recently_authenticated, page=f"{ACCOUNT}/passkeys/new")
def begin_passkey(desk: HostRequest) -> HttpResponse:
    """The options to create a passkey, as JSON for the page's script."""
    options, desk.request.session[BEGUN] = passkeys.begin_adding(desk.person)
    return JsonResponse(options)


def _shown(desk: HostRequest, faults: Faults, name: str) -> HttpResponse:
    """The form with a name that is too long, which nothing has read."""
    typed, wrong = desk.said.get("name", ""), next(iter(faults.values()))
    return _edit(desk, _find_passkey(desk, name), typed=typed, wrong=wrong)


@signed_in("GET", "POST", fields=FormFields({"name": passkeys.NAME}), shown=_shown)
@recently_authenticated
def edit_passkey(desk: HostRequest, name: str) -> HttpResponse:
    """One passkey: rename or remove it."""
    found = _find_passkey(desk, name)
    if desk.posts and desk.said.get("do") == "remove":
        passkeys.remove_passkey(found, now=desk.now)
        return desk.to(ACCOUNT, REMOVED)
    if desk.posts:
        passkeys.rename_passkey(found, single_line(desk.said.get("name", "")))
        return desk.to(ACCOUNT, gettext_noop("Saved."))
    return _edit(desk, found, typed=found.name)


def _find_passkey(desk: HostRequest, name: str) -> Passkey:
    key = tokens.parse_public_id("psk", name)
    found = Passkey.objects.filter(pk=key, person=desk.person).first() if key else None
    if found is None:
        raise NotFound
    return found


def _edit(desk: HostRequest, key: Passkey, *, typed: str, wrong: str = "") -> HttpResponse:
    return desk.page(
        "host/account/passkey.html",
        422 if wrong else 200,
        section="settings",
        tab="account",
        key=key,
        typed=typed,
        wrong=wrong,
    )


@signed_in("GET", "POST")
@recently_authenticated
def authenticator_page(desk: HostRequest) -> HttpResponse:
    """Turn the authenticator on: show its secret, then take a first code."""
    person, wrong = desk.person, ""
    if desk.posts and desk.said.get("do") == "begin":
        authenticator.begin_setup(person, now=desk.now)
        return desk.to(HERE)
    if desk.posts and desk.said.get("do") == "stop":
        # This only ends a set-up; turning off a working one asks for the password again.
        if authenticator.is_on(person):
            raise AuthenticatorOn
        authenticator.turn_off(person, now=desk.now)
        return desk.to(ACCOUNT)
    if desk.posts:
        codes = authenticator.confirm_setup(person, desk.said.get("code", ""), now=desk.now)
        if codes is not None:
            return _codes(desk, codes)
        wrong = WRONG_CODE
    secret = authenticator.begun_secret(person)
    return desk.page(
        "host/account/authenticator.html",
        422 if wrong else 200,
        section="settings",
        tab="account",
        secret=secret,
        address=authenticator.otpauth_url(person, secret) if secret else "",
        is_on=authenticator.is_on(person),
        codes_left=authenticator.codes_left(person),
        wrong=wrong,
    )


@signed_in("GET")
@recently_authenticated
def authenticator_qr_code(desk: HostRequest) -> HttpResponse:
    """The secret as a QR code."""
    # Once it is confirmed the secret is shown to nobody, its owner included.
    secret = authenticator.begun_secret(desk.person)
    if secret is None:
        raise NotFound
    drawn = qr_code_file(authenticator.otpauth_url(desk.person, secret), "svg")
    return HttpResponse(drawn, content_type=KINDS["svg"], headers={"Cache-Control": "no-store"})


@signed_in("GET", "POST")
@recently_authenticated
def new_recovery_codes(desk: HostRequest) -> HttpResponse:
    """Replace the recovery codes and show the new ones."""
    if not authenticator.is_on(desk.person):
        return desk.to(HERE)
    if desk.posts:
        return _codes(desk, authenticator.new_codes(desk.person))
    return desk.page("host/account/recovery_codes_new.html", section="settings", tab="account")


@signed_in("GET", "POST")
@freshly_authenticated
def turn_off_authenticator(desk: HostRequest) -> HttpResponse:
    """Turn the authenticator off, after authenticating again."""
    if desk.posts:
        authenticator.turn_off(desk.person, now=desk.now)
        return desk.to(ACCOUNT, OFF if desk.person.has_usable_password() else OFF_WITHOUT)
    return desk.page(
        "host/account/authenticator_off.html",
        section="settings",
        tab="account",
        has_password=desk.person.has_usable_password(),
    )


def _codes(desk: HostRequest, codes: list[str]) -> HttpResponse:
    # Only in this answer: the rows hold hashes, so no later page can show them.
    return desk.page("host/account/recovery_codes.html", section="settings", tab="account", codes=codes)
