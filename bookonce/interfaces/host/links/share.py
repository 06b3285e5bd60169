"""Settings → Calendars → ⋮ → Share: a page for each way to share, and a dialog where there is script."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse

from bookonce.domain.calendars import operations as calendars
from bookonce.domain.calendars.errors import CalendarUnknown
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.links import operations as links
from bookonce.domain.links import queries
from bookonce.domain.links.errors import LinkUnknown
from bookonce.domain.links.models import Link
from bookonce.foundation import tokens
from bookonce.foundation.errors import Invalid
from bookonce.interfaces.host.calendars.listing import address_of, scheduling_link
from bookonce.interfaces.host.calendars.views import find_calendar_in_use
from bookonce.interfaces.host.links import forms, sending
from bookonce.interfaces.host.links.forms import LinkForm
from bookonce.interfaces.host.links.rows import LinkRow, row_of, rows_of
from bookonce.interfaces.host.shared.frame import HostRequest, redirect_to, signed_in
from bookonce.interfaces.pages.form_fields import Faults

LATEST = 10
"""How many recent links the page shows below the form."""


def _shown(desk: HostRequest, faults: Faults, name: str) -> HttpResponse:
    """The form with a field that is too long, which nothing has read."""
    calendar = find_calendar_in_use(desk, name)
    return _one_time(desk, calendar, forms.form_too_long(desk, faults, calendar), refusal=Invalid())


@signed_in("GET", "POST", fields=forms.LIMITS, shown=_shown)
def share_one_time_link(desk: HostRequest, name: str) -> HttpResponse:
    """Make a one-time link; shows the latest ones below."""
    calendar = find_calendar_in_use(desk, name)
    if not desk.posts:
        made = _made(desk, calendar)
        # It was used or ended since (Back, a reload): this page would still offer its address.
        if made is not None and not made.is_live:
            return redirect_to(made.address)
        return _one_time(desk, calendar, LinkForm(), made=made, whom=_whom(desk, calendar))
    said = forms.typed_values(desk)
    try:
        nonce = forms.nonce_of(calendar, said)
        terms = forms.terms_of(said, calendar, zone=desk.voice.zone, now=desk.now)
    except Invalid as refusal:
        return _one_time(desk, calendar, LinkForm.of(said, refusal, desk.voice), refusal=refusal)
    link = links.mint(calendar, links.LinkOptions(**terms), by=desk.by, via="page", now=desk.now, nonce=nonce)
    way = "/qr" if said.get("then") == "qr" else ""
    # The id, not the token: the browser's history must not contain the address.
    return redirect_to(f"{_share(calendar)}{way}?made={tokens.public_id('lnk', link.pk)}")


@signed_in("GET", "POST")
def share_scheduling_link(desk: HostRequest, name: str) -> HttpResponse:
    """The public address, which works where the calendar is public."""
    calendar = find_calendar_in_use(desk, name)
    if desk.posts:
        wanted = desk.said.get("visibility")
        # Unchanged values are not saved again: a new version would make open forms outdated.
        if wanted in Calendar.Visibility.values and wanted != calendar.visibility:
            calendars.change_calendar(calendar, by=desk.by, now=desk.now, visibility=wanted)
        return redirect_to(f"{_share(calendar)}/scheduling")
    return _page(desk, "host/share_scheduling.html", calendar, "scheduling")


@signed_in("GET")
def share_qr_code(desk: HostRequest, name: str) -> HttpResponse:
    """A QR code: of the link that was just made, else of the scheduling link."""
    calendar = find_calendar_in_use(desk, name)
    made = _made(desk, calendar)
    if made is not None and not made.is_live:
        return redirect_to(made.address)
    return _page(
        desk,
        "host/share_qr.html",
        calendar,
        "qr",
        made=made,
        form_token=forms.form_key_of(calendar),
        until=_usual_end(desk),
    )


@signed_in("GET")
def share_embed(desk: HostRequest, name: str) -> HttpResponse:
    """A link for web sites; frames are refused (docs/decisions/0009)."""
    return _page(desk, "host/share_embed.html", find_calendar_in_use(desk, name), "embed")


@signed_in("GET")
def scheduling_qr_code(desk: HostRequest, name: str, kind: str) -> HttpResponse:
    """The QR code of the scheduling link as a file; 404 where there is none."""
    calendar = find_calendar_in_use(desk, name)
    url = scheduling_link(calendar, desk.workspace.slug)
    if not url:
        raise CalendarUnknown
    return sending.qr_code_response(url, kind, name=calendar.slug, keep="download" in desk.said)


def _share(calendar: Calendar) -> str:
    return f"{address_of(calendar)}/share"


def _made(desk: HostRequest, calendar: Calendar) -> LinkRow | None:
    """The link that was just made, where the query names one of this calendar."""
    link = _named(desk, calendar, "made")
    return row_of(desk.voice, link, None, seen=False) if link else None


def _whom(desk: HostRequest, calendar: Calendar) -> str:
    """The recipient of the next link, where the query names a link to replace."""
    link = _named(desk, calendar, "like")
    return forms.recipient_line(link) if link else ""


def _named(desk: HostRequest, calendar: Calendar, word: str) -> Link | None:
    """The link of this calendar that this parameter of the query names."""
    name = desk.request.GET.get(word)
    if name is None:
        return None
    link = queries.find_link(name, workspace_id=desk.workspace.pk)
    # The page would show its address below the name of the wrong calendar.
    if link.calendar_id != calendar.pk:
        raise LinkUnknown
    link.calendar = calendar
    return link


def _one_time(
    desk: HostRequest,
    calendar: Calendar,
    typed: LinkForm,
    *,
    made: LinkRow | None = None,
    whom: str = "",
    refusal: Invalid | None = None,
) -> HttpResponse:
    latest = queries.list_links(
        desk.workspace.pk, now=desk.now, calendar=tokens.public_id("cal", calendar.pk)
    )
    return _page(
        desk,
        "host/share.html",
        calendar,
        "once",
        refusal.status if refusal else 200,
        typed=typed,
        problems=[(f"#{name}" if name else "", words) for name, words in typed.errors.items()],
        asked=forms.question_fields(calendar, desk.voice),
        form_token=forms.form_key_of(calendar),
        ends=_ends(desk),
        until=_usual_end(desk),
        made=made,
        whom=whom,
        url=queries.url_of(made.link) if made else None,
        message=_message(desk, made.link) if made else None,
        rows=rows_of(desk, list(latest.order_by("-pk")[:LATEST])),
    )


def _message(desk: HostRequest, link: Link) -> sending.Message | None:
    url = queries.url_of(link)
    return sending.of_link(link, url, desk.voice) if url else None


def _usual_end(desk: HostRequest) -> str:
    days = desk.workspace.link_days
    return forms.NEVER if days is None else str(days)


def _ends(desk: HostRequest) -> list[tuple[str, str]]:
    """The choices for the expiry of a new link."""
    voice = desk.voice
    today = desk.now.astimezone(ZoneInfo(voice.zone)).date()
    # The workspace's own number of days may be none of the usual ones.
    days = sorted({*forms.LIVES, *([desk.workspace.link_days] if desk.workspace.link_days else [])})
    dated = [(str(count), voice.date(today + timedelta(days=count))) for count in days]
    own = (forms.OWN, voice.say("Another day …"))
    return [*dated, (forms.NEVER, voice.say("Until it is used")), own]


def _page(
    desk: HostRequest, template: str, calendar: Calendar, way: str, status: int = 200, **context: Any
) -> HttpResponse:
    return desk.page(
        template,
        status,
        section="settings",
        tab="calendars",
        calendar=calendar,
        way=way,
        base=_share(calendar),
        public_url=scheduling_link(calendar, desk.workspace.slug),
        reach=sending.base_url_visibility(settings.BASE_URL),
        **context,
    )
