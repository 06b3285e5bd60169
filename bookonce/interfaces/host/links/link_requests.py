"""``/asks/<ask_…>``: a late guest asks for a new link; its owner answers, sets it aside, or hears no more."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse

from bookonce.domain.links import link_requests, queries
from bookonce.domain.links.models import Ask
from bookonce.foundation import tokens
from bookonce.interfaces.host.calendars.listing import HOME
from bookonce.interfaces.host.links import sending
from bookonce.interfaces.host.shared import frame
from bookonce.interfaces.host.shared.frame import Desk, signed_in
from bookonce.interfaces.host.shared.waiting_requests import Asked

VIA = "web"


def _find(desk: Desk, name: str) -> Ask:
    return queries.ask_of_workspace(name, workspace_id=desk.workspace.pk)


@signed_in("GET")
def one(desk: Desk, name: str) -> HttpResponse:
    """Who asks, or what came of it: a link that works with every way to send it, or that it was set aside."""
    ask = _find(desk, name)
    asked, link = Asked(ask, desk.now), ask.answer
    if link is not None:
        link.calendar = ask.link.calendar
    elif asked.works_again and ask.closed_at is None:
        # Nothing has to be made: the old one can be sent again.
        link = ask.link
    live = link is not None and queries.state_of(link, now=desk.now) in (queries.ACTIVE, queries.NOT_OPEN)
    url = queries.url_of(link) if link is not None and live else None
    return desk.page(
        "host/ask.html",
        section="settings",
        tab="calendars",
        asked=asked,
        link=link,
        link_address=f"/links/{tokens.public_id('lnk', link.pk)}" if link else "",
        url=url,
        message=sending.of_link(link, url, desk.voice) if link and url else None,
        reach=sending.reach(settings.BASE_URL),
    )


@signed_in("POST")
def answer(desk: Desk, name: str) -> HttpResponse:
    """Make a new link for whom the old one was for."""
    ask = _find(desk, name)
    link_requests.answer_ask(ask, by=desk.by, via=VIA, now=desk.now)
    return frame.to(Asked(ask, desk.now).address)


@signed_in("POST")
def dismiss(desk: Desk, name: str) -> HttpResponse:
    """Set it aside, without a word to anybody."""
    link_requests.dismiss_ask(_find(desk, name), by=desk.by, now=desk.now)
    return desk.to(f"{HOME}#asks", "Set aside. Nobody was told.")


@signed_in("POST")
def mute(desk: Desk, name: str) -> HttpResponse:
    """Hear no more from whoever comes to this link; its page offers to undo it."""
    ask = _find(desk, name)
    link_requests.mute_asks(ask.link, by=desk.by, now=desk.now)
    return frame.to(Asked(ask, desk.now).address)


@signed_in("POST")
def unmute(desk: Desk, name: str) -> HttpResponse:
    """Hear them again."""
    ask = _find(desk, name)
    link_requests.unmute_asks(ask.link, by=desk.by, now=desk.now)
    return frame.to(Asked(ask, desk.now).address)
