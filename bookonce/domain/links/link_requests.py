"""Asking for a new link where one is dead, and what its owner does about it.

Whoever asks is a stranger with an address: what they write is shown to the owner as text, is never
answered to or on the word of, and there is little of it: one open ask a link, few a day, few letters.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bookonce.delivery.outbox import operations as outbox
from bookonce.delivery.outbox import queries as events
from bookonce.delivery.outbox.models import Delivery, Event
from bookonce.delivery.outbox.operations import EMAIL, DeliveryRequest
from bookonce.delivery.outbox.recipients import host_key
from bookonce.domain.accounts.models import Member, Workspace
from bookonce.domain.links import operations as links
from bookonce.domain.links import queries
from bookonce.domain.links.models import Ask, Link
from bookonce.domain.links.operations import LinkOptions, new_event, record_event
from bookonce.domain.links.queries import ACTIVE, NOT_OPEN, REVOKED, state_of
from bookonce.foundation import clock, rate_limits, tokens
from bookonce.foundation.database import guarded_rows
from bookonce.foundation.database.transactions import requires_transaction, transaction
from bookonce.foundation.errors import Invalid, Sentence, WrongState
from bookonce.foundation.text import clean_lines, single_line

NAME, REACH, MESSAGE = 120, 200, 500
"""The most characters of what is said."""
BETWEEN_LETTERS = timedelta(hours=1)
MOST_KEPT = 10
"""So many times are kept of one ask: the first, and the latest."""


def request_new_link(
    link: Link, *, name: str, reach: str = "", message: str = "", place: str = "", now: datetime
) -> None:
    """Tell the owner that somebody at this ``place`` (a network) would like a new link.

    Nothing is said of what came of it: a link that is muted or live again, or one ask too many, is no
    business of whoever asks. ``Invalid`` names what is missing or too long.
    """
    said = _said(name, reach, message)
    if link.asks_muted_at is not None or not _may_ask(link, place, now=now):
        return
    with transaction():
        link = links.lock_link(link.pk)
        state = REVOKED if link.calendar.archived_at else state_of(link, now=now)
        if state in (ACTIVE, NOT_OPEN) or link.asks_muted_at is not None:
            return
        _lock_asks(link)
        if _enough(link, now=now):
            return
        asked = _joined(link, {"at": _plain(now), "state": state} | said, now=now)
        more: dict[str, Any] = {"ask": queries.request_id(asked), **said}
        told = new_event("link.asked", link, by="guest", now=now, **more)
        owner = link.calendar.owner
        outbox.record_event(told, _letter(owner, now=now), subject=_subject(owner))


def _said(name: str, reach: str, message: str) -> dict[str, str]:
    said = {"name": single_line(name), "reach": single_line(reach), "message": clean_lines(message)}
    problems: list[tuple[str, str]] = [
        (f"/{key}", Sentence("Shorten this to {most} characters.", most=most))
        for key, most in (("name", NAME), ("reach", REACH), ("message", MESSAGE))
        if len(said[key]) > most
    ]
    if not said["name"]:
        problems.insert(0, ("/name", "Enter your name."))
    if problems:
        raise Invalid(*problems)
    return said


def _may_ask(link: Link, place: str, *, now: datetime) -> bool:
    """Whoever asks over and over from one place leaves room for somebody else: so that is counted first."""
    at, from_there = now.timestamp(), f"{link.pk} {place}"
    return (
        (not place or rate_limits.count_attempt("asks_of_place", from_there, now=at).ok)
        and rate_limits.count_attempt("asks_of_link", str(link.pk), now=at).ok
        and rate_limits.count_attempt("asks_of_workspace", str(link.workspace_id), now=at).ok
    )


@requires_transaction
def _lock_asks(link: Link) -> None:
    """Asks of a workspace come one at a time, each knowing of those before it and of their letter."""
    Workspace.objects.select_for_update(no_key=True).get(pk=link.workspace_id)


@requires_transaction
def _enough(link: Link, *, now: datetime) -> bool:
    """Whether a limit is reached by what is committed.

    The counts before the transaction (``_may_ask``) keep a flood away from the database, but let through what
    they could not count: here nothing gets past.
    """
    told = Event.objects.filter(kind="link.asked")
    of_link, of_workspace = rate_limits.limit_of("asks_of_link"), rate_limits.limit_of("asks_of_workspace")
    if of_link is not None:
        most, length = of_link
        if told.filter(link_id=link.pk, at__gt=now - length).count() >= most:
            return True
    if of_workspace is None:
        return False
    most, length = of_workspace
    lately = Ask.objects.filter(workspace_id=link.workspace_id, last_at__gt=now - length)
    return told.filter(link_id__in=lately.values("link_id"), at__gt=now - length).count() >= most


@requires_transaction
def _joined(link: Link, said: dict[str, str], *, now: datetime) -> Ask:
    """The open ask of this link with what was said now, or the first. The constraint allows one."""
    asked = _open(link)
    if asked is None:
        asked = Ask(workspace_id=link.workspace_id, link=link, said=[said], asked_at=now, last_at=now)
        [made] = guarded_rows.insert_unless_conflict(asked)
        if made:
            return asked
        asked = Ask.objects.select_for_update().get(link=link, closed_at=None)
    asked.said = [*asked.said[:1], *asked.said[1:][2 - MOST_KEPT :], said]
    asked.last_at = now
    asked.save(update_fields=["said", "last_at"])
    return asked


def _open(link: Link) -> Ask | None:
    return Ask.objects.filter(link=link, closed_at=None).first()


def _subject(owner: Member) -> str:
    """What the mails about asks to this owner have in common."""
    return f"asks:{owner.pk.hex}"


def owner_thread(owner: Member) -> str:
    """The mails by which this owner is told who asks, in their order."""
    return outbox.thread_of(_subject(owner), recipient=host_key(owner.pk))


@requires_transaction
def _letter(owner: Member, *, now: datetime) -> list[DeliveryRequest]:
    """One mail an hour. It tells of everybody who waits as it is sent, so that one under way is enough."""
    told = events.latest_in_thread(owner_thread(owner))
    due = now
    if told is not None:
        if told.state == Delivery.State.WAITING and told.lease_until is None:
            return []
        due = max(now, (told.ended_at or told.not_before) + BETWEEN_LETTERS)
    return [DeliveryRequest(EMAIL, host_key(owner.pk), owner.person.email, not_before=due)]


def answer_request(asked: Ask, *, by: str, via: str, now: datetime) -> Link:
    """Make a new link for whom the old one was for, with what that carried, and close the ask.

    It goes to nobody whom the ask names. Again: the same link. ``WrongState`` where the ask was set
    aside, or the calendar is archived.
    """
    with transaction():
        link = links.lock_link(asked.link_id)
        asked = _locked(asked)
        if asked.answer_id is not None:
            return Link.objects.select_related("calendar").get(pk=asked.answer_id)
        if asked.closed_at is not None:
            raise WrongState("This was set aside. Make a new link from the calendar instead.")
        if link.calendar.archived_at is not None:
            raise WrongState("The calendar of this link is archived.")
        new = links.mint(link.calendar, _terms_again(link, now=now), by=by, via=via, now=now)
        asked.answer = new
        _close(link, asked, by=by, now=now)
    return new


def _terms_again(link: Link, *, now: datetime) -> LinkOptions:
    """What the link carried; but for what is over, and with the workspace's default life."""
    carried = {name: getattr(link, name) for name in LinkOptions.__slots__}
    carried |= {"opens_at": None, "expires_at": links.UNSAID}
    if link.window_to is not None and link.window_to < now.astimezone(ZoneInfo(link.calendar.zone)).date():
        carried |= {"window_from": None, "window_to": None}
    return LinkOptions(**carried)


def dismiss_request(asked: Ask, *, by: str, now: datetime) -> Ask:
    """Set the ask aside; nobody is told. Again: unchanged."""
    with transaction():
        link = links.lock_link(asked.link_id)
        asked = _locked(asked)
        if asked.closed_at is None:
            _close(link, asked, by=by, now=now)
    return asked


def mute_requests(link: Link, *, by: str, now: datetime) -> Link:
    """Hear no more from those who come to this link; what is open is set aside. Again: unchanged."""
    with transaction():
        link = links.lock_link(link.pk)
        if link.asks_muted_at is None:
            links.set_on(link, asks_muted_at=now)
            record_event("link.muted", link, by=by, now=now)
        asked = _open(link)
        if asked is not None:
            _close(link, asked, by=by, now=now)
    return link


def unmute_requests(link: Link, *, by: str, now: datetime) -> Link:
    """Hear from them again. Again: unchanged."""
    with transaction():
        link = links.lock_link(link.pk)
        if link.asks_muted_at is not None:
            links.set_on(link, asks_muted_at=None)
            record_event("link.unmuted", link, by=by, now=now)
    return link


@requires_transaction
def _locked(asked: Ask) -> Ask:
    return Ask.objects.select_for_update().get(pk=asked.pk)


@requires_transaction
def _close(link: Link, asked: Ask, *, by: str, now: datetime) -> None:
    asked.closed_at = now
    asked.save(update_fields=["closed_at", "answer"])
    new = tokens.public_id("lnk", asked.answer_id) if asked.answer_id else None
    record_event("link.answered", link, by=by, now=now, ask=queries.request_id(asked), new=new)
    owner = link.calendar.owner
    if not queries.list_requests_of_owner(owner).exists():
        outbox.drop_waiting(events.deliveries_in(owner_thread(owner)), now=now)


def _plain(at: datetime) -> str:
    return clock.whole_seconds(at).strftime("%Y-%m-%dT%H:%M:%SZ")
