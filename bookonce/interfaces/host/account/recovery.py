"""A forgotten password and a new e-mail address: pages of mailed links."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse

from bookonce.domain.accounts import mailed_tokens, passwords, profile
from bookonce.domain.accounts.errors import MailedLinkDead
from bookonce.domain.accounts.mailed_tokens import Purpose
from bookonce.domain.accounts.models import Person
from bookonce.domain.accounts.operations import LONGEST as LONGEST_PASSWORD
from bookonce.foundation import clock, email_addresses, rate_limits
from bookonce.foundation.errors import Invalid, Refused
from bookonce.foundation.translation import gettext_noop
from bookonce.interfaces.host.shared import frame, session
from bookonce.interfaces.pages.form_fields import NONE, Faults, FormFields
from bookonce.interfaces.pages.methods import allow_methods

ADDRESS = FormFields({"email": email_addresses.LONGEST})
PASSWORD = FormFields({"password": LONGEST_PASSWORD})
TAKES = 0.3
"""Seconds that every answer takes: longer than either case needs, so that none tells of an account."""


def _forgotten(request: HttpRequest, email: str, **more: Any) -> HttpResponse:
    more |= {"email": email, "sends": bool(settings.EMAIL_URL)}
    return frame.render_page(request, frame.voice_of(request), "host/forgotten.html", **more)


def _not_forgotten(request: HttpRequest, faults: Faults) -> HttpResponse:
    wrong = next(iter(faults.values()))
    return _forgotten(request, request.POST.get("email", ""), status=422, sent=False, wrong=wrong)


@allow_methods("GET", "POST")
@frame.reads_form(ADDRESS, _not_forgotten)
def forgot_password(request: HttpRequest) -> HttpResponse:
    """Request a link by mail. The answer does not tell whether anybody has the address."""
    voice, email = frame.voice_of(request), request.POST.get("email", "").strip().lower()
    page = partial(_forgotten, request, email)
    if request.method != "POST":
        return page(sent=False, wrong="")
    began, wrong = time.monotonic(), email_addresses.email_problem(email)
    if wrong is not None:
        return page(status=422, sent=False, wrong=wrong)
    try:
        session.count_sign_in(request, email)
    except Refused as refusal:
        return page(status=refusal.status, sent=False, wrong=session.refusal_sentence(refusal, voice))
    # Over the limit nothing is sent, but the answer is the same: anything else would reveal the account.
    if rate_limits.count_attempt("account_mail", email, now=clock.now_precise()).ok:
        passwords.request_password_reset(email, now=clock.now())
    time.sleep(max(0.0, TAKES - (time.monotonic() - began)))
    return page(sent=True, wrong="")


@allow_methods("GET", "POST")
@frame.reads_form(
    PASSWORD, lambda request, faults, token: _choose(request, token, next(iter(faults.values())))
)
def new_password(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a new password, once; then sign in with it."""
    return _choose(request, token)


def _choose(request: HttpRequest, token: str, wrong: str = "") -> HttpResponse:
    now = clock.now()
    link = mailed_tokens.find_live_link(token, Purpose.PASSWORD, now=now)
    if link is None:
        return _dead(request, Purpose.PASSWORD)
    voice = frame.voice_of(request, link.person)
    if request.method == "POST" and not wrong:
        try:
            passwords.reset_password(token, request.POST.get("password", ""), now=now)
            # The link alone signs nobody in: the new password does, with a code where one is asked for.
            auth.logout(request)
            session.remember_person(request, link.person)
            return frame.redirect_to(
                "/sign-in", request=request, said=voice.say("Your password is set. Sign in with it.")
            )
        except Invalid as refusal:
            wrong = refusal.data["errors"][0]["detail"]
        except MailedLinkDead:
            return _dead(request, Purpose.PASSWORD)
    return frame.render_page(
        request,
        voice,
        "host/new_password.html",
        422 if wrong else 200,
        wrong=wrong,
        email=link.email,
        until=f"{voice.moment(link.expires_at)} ({voice.place(link.expires_at)})",
    )


@allow_methods("GET", "POST")
@frame.reads_form(NONE)
def new_email(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm a new address by a button: scanners of mails open links, but press nothing."""
    now = clock.now()
    link = mailed_tokens.find_live_link(token, Purpose.EMAIL, now=now)
    if link is None:
        return _dead(request, Purpose.EMAIL)
    voice = frame.voice_of(request, link.person)
    if request.method != "POST":
        return frame.render_page(request, voice, "host/new_email.html", email=link.email)
    try:
        person = profile.confirm_email_change(token, now=now)
    except Refused as refusal:
        sentence = refusal.data["errors"][0]["detail"] if "errors" in refusal.data else refusal.sentence
        return _refused(request, refusal, sentence=sentence)
    said = voice.say("You sign in as {email} from now on.", email=person.email)
    if isinstance(request.user, Person):
        return frame.redirect_to("/settings/account", request=request, said=said)
    session.remember_person(request, person)
    return frame.redirect_to("/sign-in", request=request, said=said)


def _dead(request: HttpRequest, purpose: Purpose) -> HttpResponse:
    asks_at = "/password/forgotten" if purpose == Purpose.PASSWORD else "/settings/account/email"
    return _refused(request, MailedLinkDead(), onward=asks_at, go=gettext_noop("Get a new link"))


def _refused(request: HttpRequest, refusal: Refused, **more: str) -> HttpResponse:
    told = {"title": refusal.title, "sentence": refusal.sentence} | more
    return frame.render_page(request, frame.voice_of(request), "host/refused.html", refusal.status, **told)
