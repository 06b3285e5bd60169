"""Settings → Account: passkeys, and the authenticator."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse

from bookonce.domain.accounts import authenticator, passkeys
from bookonce.domain.accounts.errors import AuthenticatorOn
from bookonce.domain.accounts.models import Passkey
from bookonce.domain.bookings.guest_details import one_line
from bookonce.foundation import tokens
from bookonce.foundation.errors import NotFound, Refused
from bookonce.foundation.translation import mark
from bookonce.interfaces.host.account import browser_names
from bookonce.interfaces.host.account.reauthenticate import ACCOUNT, proven, proven_just_now
from bookonce.interfaces.host.shared import session as entering
from bookonce.interfaces.host.shared.frame import Desk, signed_in
from bookonce.interfaces.host.shared.session import BEGUN

HERE = f"{ACCOUNT}/authenticator"
OFF = "The authenticator is off. Your password alone lets you in."
OFF_WITHOUT = "The authenticator is off."
ADDED = "The passkey is added. From now on you can sign in with it."
REMOVED = "The passkey is removed. Delete it in your device too, or it goes on offering it."
WRONG_CODE = "This is not the code. Look whether the clock of your phone is right, and type the next one."


@signed_in("GET", "POST")
@proven
def add_passkey(desk: Desk) -> HttpResponse:
    """Keep the passkey that this browser has made."""
    wrong, name = "", one_line(desk.said.get("name", ""))
    if desk.posts:
        begun = desk.request.session.pop(BEGUN, None)
        try:
            answer = desk.said.get("credential", "")
            session = desk.request.session.session_key or ""
            passkeys.add(desk.person, begun, answer, name=name, session=session, now=desk.now)
            first = entering.has_begun(desk.request, ADDED)
            return desk.to(ACCOUNT, ADDED) if first is None else desk.to(entering.HOME, first)
        except Refused as refusal:
            wrong = refusal.sentence
    return desk.page(
        "host/account/passkey_new.html",
        422 if wrong else 200,
        section="settings",
        tab="account",
        wrong=wrong,
        name=name
        or " · ".join(filter(None, browser_names.named(desk.request.headers.get("User-Agent", "")))),
        passkeys_at=entering.passkeys_at(desk.request),
        has_password=desk.person.has_usable_password(),
    )


@signed_in("POST")
@proven
def begin_passkey(desk: Desk) -> HttpResponse:
    """What the browser needs to make one."""
    options, desk.request.session[BEGUN] = passkeys.begin_adding(desk.person)
    return JsonResponse(options)


@signed_in("GET", "POST")
@proven
def passkey(desk: Desk, name: str) -> HttpResponse:
    """One passkey: call it otherwise, or remove it."""
    key = tokens.key_of("psk", name)
    found = Passkey.objects.filter(pk=key, person=desk.person).first() if key else None
    if found is None:
        raise NotFound
    if desk.posts and desk.said.get("do") == "remove":
        passkeys.remove(found, now=desk.now)
        return desk.to(ACCOUNT, REMOVED)
    if desk.posts:
        passkeys.rename(found, one_line(desk.said.get("name", "")))
        return desk.to(ACCOUNT, mark("Saved."))
    return desk.page("host/account/passkey.html", section="settings", tab="account", key=found)


@signed_in("GET", "POST")
@proven
def authenticator_page(desk: Desk) -> HttpResponse:
    """Turn the second factor on, in two steps: the app reads the secret, and shows a first code."""
    person, wrong = desk.person, ""
    if desk.posts and desk.said.get("do") == "begin":
        authenticator.begin(person, now=desk.now)
        return desk.to(HERE)
    if desk.posts and desk.said.get("do") == "stop":
        if authenticator.is_on(person):
            raise AuthenticatorOn
        authenticator.turn_off(person, now=desk.now)
        return desk.to(ACCOUNT)
    if desk.posts:
        codes = authenticator.confirm(person, desk.said.get("code", ""), now=desk.now)
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
        address=authenticator.address_of(person, secret) if secret else "",
        is_on=authenticator.is_on(person),
        codes_left=authenticator.codes_left(person),
        wrong=wrong,
    )


@signed_in("GET")
@proven
def qr(desk: Desk) -> HttpResponse:
    """The secret as an app reads it."""
    secret = authenticator.begun_secret(desk.person)
    if secret is None:
        raise NotFound
    drawn = authenticator.drawn(desk.person, secret)
    return HttpResponse(drawn, content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@signed_in("GET", "POST")
@proven
def new_codes(desk: Desk) -> HttpResponse:
    """New recovery codes in place of the earlier ones."""
    if not authenticator.is_on(desk.person):
        return desk.to(HERE)
    if desk.posts:
        return _codes(desk, authenticator.new_codes(desk.person))
    return desk.page("host/account/codes_new.html", section="settings", tab="account")


@signed_in("GET", "POST")
@proven_just_now
def turn_off(desk: Desk) -> HttpResponse:
    """Take the second factor away; asks who is there, however short ago they have said so."""
    if desk.posts:
        authenticator.turn_off(desk.person, now=desk.now)
        return desk.to(ACCOUNT, OFF if desk.person.has_usable_password() else OFF_WITHOUT)
    return desk.page(
        "host/account/authenticator_off.html",
        section="settings",
        tab="account",
        has_password=desk.person.has_usable_password(),
    )


def _codes(desk: Desk, codes: list[str]) -> HttpResponse:
    return desk.page("host/account/codes.html", section="settings", tab="account", codes=codes)
