"""``/asks/<ask_…>``: a request for a new link, which its owner answers, dismisses or mutes."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse

from bookonce.domain.links import link_requests, queries
from bookonce.domain.links.models import Ask
from bookonce.foundation import tokens
from bookonce.interfaces.host.calendars.listing import HOME
from bookonce.interfaces.host.links import sending
from bookonce.interfaces.host.shared import frame
from bookonce.interfaces.host.shared.frame import HostRequest, signed_in
from bookonce.interfaces.host.shared.waiting_requests import WaitingRequest

VIA = "web"


def _find(desk: HostRequest, name: str) -> Ask:
    return queries.find_request(name, workspace_id=desk.workspace.pk)


@signed_in("GET")
def show_request(desk: HostRequest, name: str) -> HttpResponse:
    """The request, or its outcome: the new link with the ways to send it, or that it was dismissed."""
    ask = _find(desk, name)
    asked, link = WaitingRequest(ask, desk.now), ask.answer
    if link is not None:
        # Already loaded with the old link, which saves a query.
        link.calendar = ask.link.calendar
    elif asked.works_again and ask.closed_at is None:
        # The old link works again, so no new one is needed.
        link = ask.link
    live = link is not None and queries.effective_state(link, now=desk.now) in (
        queries.ACTIVE,
        queries.NOT_OPEN,
    )
    url = queries.url_of(link) if link is not None and live else None
    return desk.page(
        "host/link_request.html",
        section="settings",
        tab="calendars",
        asked=asked,
        link=link,
        link_address=f"/links/{tokens.public_id('lnk', link.pk)}" if link else "",
        url=url,
        message=sending.of_link(link, url, desk.voice) if link and url else None,
        reach=sending.base_url_visibility(settings.BASE_URL),
    )


@signed_in("POST")
def answer_request(desk: HostRequest, name: str) -> HttpResponse:
    """Mint a new link for the recipient of the old one."""
    ask = _find(desk, name)
    link_requests.answer_request(ask, by=desk.by, via=VIA, now=desk.now)
    return frame.redirect_to(WaitingRequest(ask, desk.now).address)


@signed_in("POST")
def dismiss_request(desk: HostRequest, name: str) -> HttpResponse:
    """Dismiss the request; nobody is told."""
    link_requests.dismiss_request(_find(desk, name), by=desk.by, now=desk.now)
    return desk.to(f"{HOME}#asks", "Set aside. Nobody was told.")


@signed_in("POST")
def mute_requests(desk: HostRequest, name: str) -> HttpResponse:
    """Take no more requests at this link; its page offers to undo it."""
    ask = _find(desk, name)
    link_requests.mute_requests(ask.link, by=desk.by, now=desk.now)
    return frame.redirect_to(WaitingRequest(ask, desk.now).address)


@signed_in("POST")
def unmute_requests(desk: HostRequest, name: str) -> HttpResponse:
    """Take requests at this link again."""
    ask = _find(desk, name)
    link_requests.unmute_requests(ask.link, by=desk.by, now=desk.now)
    return frame.redirect_to(WaitingRequest(ask, desk.now).address)
