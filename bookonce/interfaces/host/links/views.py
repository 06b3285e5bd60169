"""Pages of one-time links: the list, a link, and its actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from bookonce.delivery.outbox import queries as outbox
from bookonce.domain.bookings import holds
from bookonce.domain.bookings import queries as bookings
from bookonce.domain.bookings.guest_details import single_line
from bookonce.domain.calendars import queries as calendar_queries
from bookonce.domain.links import operations, pausing, queries
from bookonce.domain.links.errors import LinkUnknown
from bookonce.domain.links.models import Link, Observation
from bookonce.foundation import tokens
from bookonce.foundation.errors import Invalid, Refused, WrongState
from bookonce.foundation.phones import format_phone
from bookonce.interfaces.host.calendars.listing import address_of
from bookonce.interfaces.host.links import forms, sending
from bookonce.interfaces.host.links.forms import LinkForm
from bookonce.interfaces.host.links.rows import FILTERS, LinkRow, option_lines, row_of, rows_of
from bookonce.interfaces.host.shared import trail
from bookonce.interfaces.host.shared.cursors import Order, page_of
from bookonce.interfaces.host.shared.frame import HostRequest, redirect_to, signed_in
from bookonce.interfaces.pages.form_fields import Faults, FormFields
from bookonce.interfaces.pages.language import ReaderLanguage
from bookonce.interfaces.pages.negotiation import preferred_value

PER_PAGE = 25
LONGEST_SEARCH = 100
MOST_SEEN = 300
"""The most observations that the page shows; events are shown all."""
OURS = ("/links/", "/settings/calendars/")
"""How the pages begin to which a button of a link may lead back."""
PLACE: dict[str, Any] = {"section": "settings", "tab": "calendars"}


@signed_in("GET", fields=FormFields({"q": LONGEST_SEARCH}), is_list=True)
def list_links(desk: HostRequest, name: str) -> HttpResponse:
    """The links of a calendar, archived or not; filtered by state, searched, in pages."""
    calendar = calendar_queries.find_including_archived(name, workspace_id=desk.workspace.pk)
    said = {key: single_line(text) for key, text in desk.said.items()}
    state = said.get("state", "")
    # A kept address with a state of an earlier version shows everything rather than an error.
    state = state if state in FILTERS else ""
    words, workspace = said.get("q", ""), desk.workspace.pk
    found = queries.list_links(workspace, now=desk.now, state=state or None, calendar=name, search=words)
    address = f"{address_of(calendar)}/links"
    page = page_of(found, Order(newest_first=True), said=said, address=address, size=PER_PAGE)
    return desk.page(
        "host/links.html",
        **PLACE,
        calendar=calendar,
        address=address,
        share=f"{address_of(calendar)}/share",
        options=[
            (_narrowed(address, key, words), desk.voice.say(text), key == state, None)
            for key, text in FILTERS.items()
        ],
        state=state,
        words=words,
        page=page,
        told=_told(desk.voice, len(page.rows), more=bool(page.later)),
        rows=rows_of(desk, page.rows),
        # With too long a search it would be too long an address to come back to.
        here=address if desk.faults else desk.request.get_full_path(),
    )


def _narrowed(address: str, state: str, words: str) -> str:
    """The address of the list filtered by this state, keeping the search."""
    said = {name: text for name, text in (("state", state), ("q", words)) if text}
    return f"{address}?{urlencode(said)}" if said else address


def _told(voice: ReaderLanguage, count: int, *, more: bool) -> str:
    """The result of a search as a sentence, for screen readers."""
    if more:
        return voice.say("More than {count} links found", count=count)
    return voice.count("{count} link found", "{count} links found", count)


@signed_in("GET")
def show_link(desk: HostRequest, name: str) -> HttpResponse:
    """The page of a link: state and why, address, options, trail."""
    return _show(desk, *_found(desk, name))


def _show(
    desk: HostRequest, link: Link, row: LinkRow, seen: list[Observation], refusal: Refused | None = None
) -> HttpResponse:
    events = list(outbox.trail_of_link(link.pk))
    # The address of a dead link is not shown, so that nobody sends it on.
    url = queries.url_of(link) if row.is_live else None
    return desk.page(
        "host/link.html",
        refusal.status if refusal else 200,
        **PLACE,
        row=row,
        refusal=refusal,
        link=link,
        share=f"{address_of(link.calendar)}/share",
        links=f"{address_of(link.calendar)}/links",
        url=url,
        message=sending.of_link(link, url, desk.voice) if url else None,
        carries=list(option_lines(desk.voice, link)),
        entries=trail.trail_entries(desk, events, seen),
        revoked=_last(desk, events, "link.revoked"),
        reach=sending.base_url_visibility(settings.BASE_URL),
        here=row.address,
    )


def _last(desk: HostRequest, events: list[Any], kind: str) -> str:
    """The sentence on the latest event of this kind."""
    found = [event for event in events if event.kind == kind]
    return trail.trail_entries(desk, found[-1:])[0].words if found else ""


def _shown(desk: HostRequest, faults: Faults, name: str) -> HttpResponse:
    """The form with a field that is too long, which nothing has read."""
    link, row, _ = _found(desk, name)
    return _edit(desk, row, forms.form_too_long(desk, faults, link.calendar, link), 422)


@signed_in("GET", "POST", fields=forms.LIMITS, shown=_shown)
def edit_link(desk: HostRequest, name: str) -> HttpResponse:
    """Change the options of a link; its address stays."""
    link, row, _ = _found(desk, name)
    if not desk.posts:
        return _edit(desk, row, LinkForm(_now_is(link, desk.voice.zone)))
    said = forms.typed_values(desk)
    try:
        terms = forms.terms_of(said, link.calendar, zone=desk.voice.zone, now=desk.now, link=link)
    except Invalid as refusal:
        return _edit(desk, row, LinkForm.of(said, refusal, desk.voice), refusal.status)
    operations.change_link(link, by=desk.by, now=desk.now, **terms)
    return redirect_to(row.address)


def _edit(desk: HostRequest, row: LinkRow, typed: LinkForm, status: int = 200) -> HttpResponse:
    problems = [(f"#{name}" if name else "", words) for name, words in typed.errors.items()]
    calendar = row.link.calendar
    context = {"row": row, "calendar": calendar, "typed": typed, "problems": problems}
    context["asked"] = forms.question_fields(calendar, desk.voice)
    return desk.page("host/link_edit.html", status, **PLACE, **context)


def _now_is(link: Link, zone: str) -> dict[str, str]:
    """The values of the form before anything is typed."""
    location = link.location or {}
    shown = {
        "name": link.recipient_name,
        "email": link.recipient_email,
        "phone": format_phone(link.recipient_phone),
        "label": link.label,
        "note": link.note,
        "message": link.message,
        "on_cancel": link.on_cancel,
        "minutes": str(link.minutes or ""),
        "opens": _wall(link.opens_at, zone),
        # A field of the form has no seconds: only what differs from what was shown is saved.
        "opens_was": _wall(link.opens_at, zone),
        "ends": _wall(link.expires_at, zone),
        "ends_was": _wall(link.expires_at, zone),
        "window_from": link.window_from.isoformat() if link.window_from else "",
        "window_to": link.window_to.isoformat() if link.window_to else "",
        "location_kind": location.get("kind", ""),
        "location_value": format_phone(location.get("value", "")),
    }
    answers = {f"q-{key}": "yes" if value is True else str(value) for key, value in link.prefill.items()}
    return shown | answers | {f"lock-{key}": "yes" for key in link.locked}


def _wall(at: datetime | None, zone: str) -> str:
    """An instant as wall time for an input of date and time."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}" if at else ""


@signed_in("POST")
def revoke_link(desk: HostRequest, name: str) -> HttpResponse:
    """Revoke the link. After the answer no booking with it commits; it can be reopened."""
    return _acted(desk, name, operations.revoke)


@signed_in("POST")
def extend_link(desk: HostRequest, name: str) -> HttpResponse:
    """Extend the link: it works for two weeks from now at least."""
    return _acted(desk, name, operations.extend_link)


@signed_in("POST")
def reopen_link(desk: HostRequest, name: str) -> HttpResponse:
    """Make the link active again, if no booking stands on it."""
    return _acted(desk, name, holds.reopen_link)


@signed_in("POST")
def release_link(desk: HostRequest, name: str) -> HttpResponse:
    """Let a link work again that is on hold after a restored backup."""
    return _acted(desk, name, pausing.release_link)


def _acted(desk: HostRequest, name: str, act: Callable[..., Link]) -> HttpResponse:
    """Call the operation, and go back to the page of the button."""
    link = queries.find_link(name, workspace_id=desk.workspace.pk)
    try:
        act(link, by=desk.by, now=desk.now)
    except WrongState as refusal:
        # Somebody else acted since the page was shown, so it says how things are now.
        return _show(desk, *_found(desk, name), refusal)
    back = desk.said.get("back", "")
    # The field comes from a form, so it could name an address of somebody else.
    ours = back.startswith(OURS) and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect_to(back if ours else f"/links/{tokens.public_id('lnk', link.pk)}")


@signed_in("POST")
def copy_address(desk: HostRequest, name: str) -> HttpResponse:
    """Give the address to the page's script, which copies it; ``done``: it was copied, so record that.

    Without script: redirect to the page that shows it.
    """
    link, row, _ = _found(desk, name)
    if "done" in desk.said:
        operations.note_address_copied(link, by=desk.by, now=desk.now)
        return HttpResponse(status=204)
    url = queries.url_of(link) if row.is_live else None
    # The script asks for plain text only; a browser, which prefers HTML, is led to the page with the address.
    if url is None or preferred_value(desk.request.headers.get("Accept", "")) != "text/plain":
        return redirect_to(f"{row.address}#link-address")
    return HttpResponse(url, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


@signed_in("GET")
def link_qr_code(desk: HostRequest, name: str, kind: str) -> HttpResponse:
    """The QR code of the link as a file; 404 where the link does not work any more."""
    link, row, _ = _found(desk, name)
    url = queries.url_of(link) if row.is_live else None
    if url is None:
        raise LinkUnknown
    return sending.qr_code_response(url, kind, name="one-time-link", keep="download" in desk.said)


def _found(desk: HostRequest, name: str) -> tuple[Link, LinkRow, list[Observation]]:
    """The link by its public id, in this workspace, with its booking and latest observations."""
    link = queries.find_link(name, workspace_id=desk.workspace.pk)
    seen = list(link.observations.order_by("-at", "-pk")[:MOST_SEEN])
    booking = bookings.bookings_of_links([link.pk]).get(link.pk) if link.used_at else None
    return link, row_of(desk.voice, link, booking, seen=bool(queries.opened_by_people([link.pk]))), seen
