"""Settings → API keys."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse

from bookonce.domain.accounts import queries
from bookonce.domain.accounts.models import ApiKey
from bookonce.domain.accounts.operations import KEY_NAME, SCOPES, key_problems, make_key, revoke_key
from bookonce.foundation import tokens
from bookonce.foundation.text import single_line
from bookonce.foundation.translation import gettext_noop
from bookonce.interfaces.host.account.reauthenticate import recently_authenticated
from bookonce.interfaces.host.shared.frame import HostRequest, signed_in
from bookonce.interfaces.pages.form_fields import Faults, FormFields

HERE = "/settings/keys"
TAB: dict[str, Any] = {"section": "settings", "tab": "keys"}
PRESETS = {"everything": SCOPES, "links": ("calendars:read", "links:read", "links:write")}
LIVES = {"30": 30, "90": 90, "365": 365, "": None}
"""Value of the form → days after which a key expires; None: never."""

REVOKED = gettext_noop("“{name}” is revoked. Programs that use it are refused from now on.")
ALREADY = gettext_noop("“{name}” is revoked already, since {when}.")

SCOPE_WORDS = {
    "calendars:read": gettext_noop("See calendars and their free times"),
    "calendars:write": gettext_noop("Create and change calendars"),
    "links:read": gettext_noop("See one-time links: their addresses, and whom each is for"),
    "links:write": gettext_noop("Create, revoke and extend one-time links"),
    "bookings:read": gettext_noop("See bookings and who booked"),
    "bookings:write": gettext_noop("Book, move and cancel"),
    "contacts:read": gettext_noop("See contacts"),
    "contacts:write": gettext_noop("Create and change contacts"),
    "webhooks:manage": gettext_noop("Manage webhooks"),
}


@signed_in("GET")
def list_keys(desk: HostRequest) -> HttpResponse:
    """The list of keys, with what each may do."""
    keys = [
        (tokens.public_id("key", key.pk), key, _kind(key)) for key in queries.list_keys(desk.member)[:200]
    ]
    return desk.page("host/keys.html", **TAB, keys=keys, words=SCOPE_WORDS)


def _shown(desk: HostRequest, faults: Faults) -> HttpResponse:
    """The form with a field that is too long, which nothing has read."""
    return _form(desk, *_said(desk), faults)


def _said(desk: HostRequest) -> tuple[dict[str, str], list[str]]:
    return {name: desk.said.get(name, "") for name in ("name", "preset", "lives")}, desk.request.POST.getlist(
        "scopes"
    )


@signed_in("GET", "POST", fields=FormFields({"name": KEY_NAME}), shown=_shown)
@recently_authenticated
def create_key(desk: HostRequest) -> HttpResponse:
    """Make a key, which is shown in this response and never again."""
    if not desk.posts:
        return _form(desk, {"preset": "links", "lives": "90"}, list(PRESETS["links"]), {})
    said, ticked = _said(desk)
    name = single_line(said["name"])
    # In our order and only ours: two keys that may do the same are then the same preset.
    scopes = PRESETS.get(said["preset"]) or tuple(scope for scope in SCOPES if scope in ticked)
    errors = {at.strip("/"): mend for at, mend in key_problems(name, scopes)}
    if said["lives"] not in LIVES:
        errors["lives"] = "Choose how long the key lives."
    if errors:
        return _form(desk, said, list(ticked), errors)
    expires_at = _end(LIVES[said["lives"]], desk.now)
    key, secret = make_key(
        desk.member, name=name, scopes=scopes, expires_at=expires_at, by=desk.by, now=desk.now
    )
    # No redirect: the key would have to be stored somewhere to be shown on the next page.
    return desk.page("host/key_made.html", 201, **TAB, key=key, secret=secret)


@signed_in("GET", "POST")
def revoke_api_key(desk: HostRequest, name: str) -> HttpResponse:
    """Ask for confirmation, then revoke the key; of a revoked one, say so."""
    key = queries.find_key(desk.member, name)
    if key.revoked_at is not None:
        when = desk.voice.moment(key.revoked_at)
        return desk.to(HERE, ALREADY, name=key.name, when=when)
    if not desk.posts:
        return desk.page("host/key_revoke.html", **TAB, key=key)
    revoke_key(key, by=desk.by, now=desk.now)
    return desk.to(HERE, REVOKED, name=key.name)


def _end(days: int | None, now: datetime) -> datetime | None:
    return now + timedelta(days=days) if days else None


def _kind(key: ApiKey) -> str:
    """The preset with the key's scopes, if any."""
    return next((name for name, scopes in PRESETS.items() if set(scopes) == set(key.scopes)), "")


def _form(desk: HostRequest, said: dict[str, str], ticked: list[str], errors: dict[str, str]) -> HttpResponse:
    return desk.page(
        "host/key_new.html",
        422 if errors else 200,
        **TAB,
        said={"name": ""} | said,
        ticked=ticked,
        words=SCOPE_WORDS,
        errors=errors,
        problems=[(f"#{name}", desk.voice.say(words)) for name, words in errors.items()],
    )
