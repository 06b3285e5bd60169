"""Authenticating again, before changes that could lock somebody out or let somebody in."""

from __future__ import annotations

from functools import wraps
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpResponse, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme

from bookonce.domain.accounts import authenticator, passkeys, passwords
from bookonce.domain.accounts.operations import LONGEST as LONGEST_PASSWORD
from bookonce.foundation import clock, rate_limits
from bookonce.foundation.errors import RateLimited, Refused
from bookonce.interfaces.host.account.sign_in import WRONG_CODE, with_headers
from bookonce.interfaces.host.shared import session
from bookonce.interfaces.host.shared.frame import HostRequest, View, redirect_to, signed_in
from bookonce.interfaces.host.shared.session import BEGUN, PROVED
from bookonce.interfaces.pages.form_fields import FormFields

ASKED_AFTER = 15 * 60
"""Seconds after the last authentication from which on a page asks again."""
TAKEN_FOR = 30 * 60
"""Seconds for which a form is still taken, so that one shown in time is not lost while it is filled in."""
JUST_NOW = 60
"""Seconds for which ``freshly_authenticated`` does not ask again."""
PRESSED_WITHIN = 5 * 60
"""Seconds for which a form of such a page is taken: nothing has to be typed there."""
WRONG = "This is not your password."
ACCOUNT = "/settings/account"


def recently_authenticated(
    view: View, *, asked_after: int = ASKED_AFTER, taken_for: int = TAKEN_FOR, page: str = ""
) -> View:
    """Decorate a view: who has not authenticated for a while is asked to, and then led back.

    ``page`` is that of the button whose address takes POST alone, where nobody can be led.
    """

    @wraps(view)
    def checked(desk: HostRequest, *args: Any, **named: Any) -> HttpResponse:
        age = clock.seconds_of_instant(desk.now) - desk.request.session.get(PROVED, 0)
        if age <= (taken_for if desk.posts else asked_after):
            return view(desk, *args, **named)
        return redirect_to(f"{ACCOUNT}/prove?next={quote(page or desk.request.path, safe='/')}")

    return checked


def freshly_authenticated(view: View) -> View:
    """Ask again unless it was within the last minute: for what takes a safeguard away."""
    return recently_authenticated(view, asked_after=JUST_NOW, taken_for=PRESSED_WITHIN)


@signed_in("GET", "POST", fields=FormFields({"password": LONGEST_PASSWORD}))
def ask_password(desk: HostRequest) -> HttpResponse:
    """The page that asks for the password, and a code where the authenticator is on."""
    if not desk.posts:
        return _page(desk)
    try:
        # Counted like a sign-in, or a stolen session could be used to guess the password.
        session.count_sign_in(desk.request, desk.person.email)
    except Refused as refusal:
        return _page(desk, refusal)
    password = desk.request.POST.get("password", "")
    if authenticate(desk.request, username=desk.person.email, password=password) != desk.person:
        return _page(desk, Refused(WRONG))
    if authenticator.is_on(desk.person):
        # After the password, so that a mistyped password does not use up a recovery code.
        try:
            session.count_code(desk.request, desk.person)
        except RateLimited as refusal:
            return _page(desk, refusal)
        if not authenticator.accept_code(desk.person, desk.request.POST.get("code", ""), now=desk.now):
            return _page(desk, wrong_code=WRONG_CODE)
    return _proved(desk)


@signed_in("POST")
def begin_passkey(desk: HostRequest) -> HttpResponse:
    """The challenge for a passkey, as JSON for the page's script."""
    options, desk.request.session[BEGUN] = passkeys.begin_signing_in()
    return JsonResponse(options)


@signed_in("POST", fields=FormFields({"credential": passkeys.LONGEST_ANSWER}))
def by_passkey(desk: HostRequest) -> HttpResponse:
    """Authenticate with a passkey of this person instead."""
    begun = desk.request.session.pop(BEGUN, None)
    try:
        session.count_passkey(desk.request)
        owner = passkeys.verify_sign_in(begun, desk.request.POST.get("credential", ""), now=desk.now)
    except Refused as refusal:
        return _page(desk, refusal)
    # A passkey identifies its owner, and this device may offer somebody else's.
    return _proved(desk) if owner == desk.person else _page(desk, Refused("This is somebody else's passkey."))


@signed_in("POST")
def mail_password_link(desk: HostRequest) -> HttpResponse:
    """Mail a link for a new password, for people who have no password at hand and no passkey."""
    if not rate_limits.count_attempt("account_mail", desk.person.email, now=clock.now_precise()).ok:
        return _page(desk, RateLimited(), unsent="Several mails went out already. Please wait an hour.")
    passwords.request_password_reset(desk.person.email, now=desk.now)
    return _page(desk, sent=True)


def _proved(desk: HostRequest) -> HttpResponse:
    desk.request.session[PROVED] = clock.seconds_of_instant(desk.now)
    # As after a sign-in: a copy of the old session key is not authenticated along with it.
    desk.request.session.cycle_key()
    return redirect_to(_wanted(desk))


def _wanted(desk: HostRequest) -> str:
    asked = desk.said.get("next") or desk.request.GET.get("next") or ACCOUNT
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else ACCOUNT


def _page(
    desk: HostRequest,
    refusal: Refused | None = None,
    *,
    wrong_code: str = "",
    unsent: str = "",
    sent: bool = False,
) -> HttpResponse:
    answer = desk.page(
        "host/account/reauthenticate.html",
        429 if refusal and refusal.status == 429 else 422 if refusal or wrong_code else 200,
        section="settings",
        tab="account",
        wrong=session.refusal_sentence(refusal, desk.voice) if refusal and not unsent else "",
        wrong_code=desk.voice.say(wrong_code) if wrong_code else "",
        has_authenticator=authenticator.is_on(desk.person),
        has_password=desk.person.has_usable_password(),
        has_passkeys=desk.person.passkeys.exists(),
        passkeys_at=session.passkey_address(desk.request),
        unsent=unsent,
        sent=sent,
        sends=bool(settings.EMAIL_URL),
        next=_wanted(desk),
    )
    return with_headers(answer, refusal)
