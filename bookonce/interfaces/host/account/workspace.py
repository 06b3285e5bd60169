"""Settings → Workspace: name, slug, colour, language, life of links; and switching to another one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse

from bookonce.domain.accounts import access, profile
from bookonce.domain.accounts.access import Verb
from bookonce.domain.schemas.types import SLUG_LENGTH
from bookonce.foundation import tokens
from bookonce.foundation.errors import Invalid, NotFound
from bookonce.foundation.guest_paths import GuestPath
from bookonce.foundation.text import single_line
from bookonce.foundation.translation import gettext_noop
from bookonce.interfaces.host.account.views import errors_of, named_languages
from bookonce.interfaces.host.shared.frame import WORKSPACE, HostRequest, signed_in
from bookonce.interfaces.host.shared.session import HOME
from bookonce.interfaces.pages.form_fields import OTHER, FormFields

HERE = "/settings/workspace"
TAB: dict[str, Any] = {"section": "settings", "tab": "workspace"}

FIELDS = ("name", "slug", "link_days", "accent", "language")
LIMITS = FormFields({"name": profile.NAME, "slug": SLUG_LENGTH, "link_days": OTHER, "accent": OTHER})


@signed_in("GET", "POST", fields=LIMITS, shown=lambda desk, faults: _page(desk, _said(desk), faults))
def workspace_settings(desk: HostRequest) -> HttpResponse:
    """The settings of the workspace, which owners change and others see."""
    if not desk.posts:
        return _page(desk, {}, {})
    access.require(desk.member, Verb.CHANGE_WORKSPACE, desk.workspace)
    said = {name: single_line(text) for name, text in _said(desk).items()}
    days = said["link_days"]
    try:
        profile.change_workspace(
            desk.workspace,
            name=said["name"],
            slug=said["slug"],
            # -1 for what is no number: the operation reports it with all other faults. Empty means no end.
            link_days=int(days[:9]) if days.isascii() and days.isdecimal() else (-1 if days else None),
            accent=said["accent"],
            language=said["language"],
            by=desk.by,
            now=desk.now,
        )
    except Invalid as refusal:
        return _page(desk, said, errors_of(refusal))
    return desk.to(HERE, gettext_noop("Saved."))


def _said(desk: HostRequest) -> dict[str, str]:
    return {name: desk.said.get(name, "") for name in FIELDS}


@signed_in("POST")
def switch_workspace(desk: HostRequest) -> HttpResponse:
    """Switch to another workspace of this person."""
    name = desk.said.get("workspace", "")
    if name not in [tokens.public_id("wsp", seat.workspace_id) for seat in desk.seats]:
        raise NotFound
    desk.request.session[WORKSPACE] = name
    return desk.to(HOME)


def _page(desk: HostRequest, said: dict[str, str], errors: dict[str, str]) -> HttpResponse:
    here = desk.member.workspace
    # After a refused save the object holds the refused values, and the page's frame shows its name.
    if errors:
        here.refresh_from_db()
    now = {name: getattr(here, name) for name in FIELDS} | {"link_days": here.link_days or ""}
    return desk.page(
        "host/workspace.html",
        422 if errors else 200,
        **TAB,
        said=now | said,
        slug_now=here.slug,
        base=f"{settings.BASE_URL}/{GuestPath.CALENDAR}/",
        languages=named_languages(),
        may_change=access.may(desk.member, Verb.CHANGE_WORKSPACE, desk.workspace),
        errors=errors,
        problems=[(f"#{name}", desk.voice.say(words)) for name, words in errors.items()],
    )
