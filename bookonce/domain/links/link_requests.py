"""Requests for a new link from somebody who opened a dead one, and the owner's answers.

The guest is a stranger: what they write is shown to the owner as text, nothing is ever sent to it or because
of it, and its amount is limited: one open request for each link, few a day, one mail an hour.
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
from bookonce.domain.links.queries import ACTIVE, NOT_OPEN, effective_state
from bookonce.foundation import clock, rate_limits, tokens
from bookonce.foundation.database import guarded_rows
from bookonce.foundation.database.transactions import requires_transaction, transaction
from bookonce.foundation.errors import Invalid, Sentence, WrongState, json_pointer
from bookonce.foundation.text import clean_lines, fits_length, single_line

NAME, REACH, MESSAGE = 120, 200, 500
"""The most characters of each field."""
BETWEEN_MAILS = timedelta(hours=1)
MOST_KEPT = 10
"""How many messages of one request are kept: the first, and the latest ones."""


def request_new_link(
    link: Link, *, name: str, reach: str = "", message: str = "", place: str = "", now: datetime
) -> None:
    """Record that somebody asks for a new link, and mail its owner. ``place`` is the guest's network.

    Returns nothing, whatever came of it: that a link is muted, active again or over its limit is not told to
    strangers (rule 5 of a link). ``Invalid`` names what is missing or too long.
    """
    said = _said(name, reach, message)
    if link.asks_muted_at is not None or not _may_ask(link, place, now=now):
        return
    with transaction():
        link = links.lock_link(link.pk)
        state = effective_state(link, now=now)
        # Again under the lock: it may have been reopened or muted since.
        if state in (ACTIVE, NOT_OPEN) or link.asks_muted_at is not None:
            return
        _lock_asks(link)
        if _enough(link, now=now):
            return
        asked = _joined(link, {"at": _plain(now), "state": state} | said, now=now)
        more: dict[str, Any] = {"ask": queries.request_id(asked), **said}
        told = new_event("link.asked", link, by="guest", now=now, **more)
        owner = link.calendar.owner
        outbox.record_event(told, _owner_mail(owner, now=now), subject=_subject(owner))


def _said(name: str, reach: str, message: str) -> dict[str, str]:
    said: dict[str, str] = {}
    problems: list[tuple[str, str]] = []
    for key, text, most in (("name", name, NAME), ("reach", reach, REACH), ("message", message, MESSAGE)):
        # Before it is cleaned: the limit is of what is sent.
        if fits_length(text, most):
            said[key] = (clean_lines if key == "message" else single_line)(text)
        else:
            sentence = Sentence("Shorten this to {most} characters.", most=most)
            problems.append((json_pointer("", key), sentence))
    if said.get("name") == "":
        problems.insert(0, ("/name", "Enter your name."))
    if problems:
        raise Invalid(*problems)
    return said


def _may_ask(link: Link, place: str, *, now: datetime) -> bool:
    """Whether the rates leave room. The place is counted first, so that it cannot use up the link's rate."""
    at, from_there = now.timestamp(), f"{link.pk} {place}"
    return (
        (not place or rate_limits.count_attempt("asks_of_place", from_there, now=at).ok)
        and rate_limits.count_attempt("asks_of_link", str(link.pk), now=at).ok
        and rate_limits.count_attempt("asks_of_workspace", str(link.workspace_id), now=at).ok
    )


@requires_transaction
def _lock_asks(link: Link) -> None:
    """Let requests of a workspace go one at a time, so that each sees those before it and their mail."""
    Workspace.objects.select_for_update(no_key=True).get(pk=link.workspace_id)


@requires_transaction
def _enough(link: Link, *, now: datetime) -> bool:
    """Whether committed events have reached a limit.

    The rates asked before the transaction (``_may_ask``) keep a flood away from the database, but let through
    what they could not count. This count is exact.
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
    # By way of the requests, which have an index of their workspace; events have none.
    lately = Ask.objects.filter(workspace_id=link.workspace_id, last_at__gt=now - length)
    return told.filter(link_id__in=lately.values("link_id"), at__gt=now - length).count() >= most


@requires_transaction
def _joined(link: Link, said: dict[str, str], *, now: datetime) -> Ask:
    """Add this message to the link's open request, or open one (``one_open_ask_per_link``)."""
    asked = _open(link)
    if asked is None:
        asked = Ask(workspace_id=link.workspace_id, link=link, said=[said], asked_at=now, last_at=now)
        # Somebody may have opened one since ``_open`` looked: the constraint decides.
        [made] = guarded_rows.insert_unless_conflict(asked)
        if made:
            return asked
        asked = Ask.objects.select_for_update(no_key=True).get(link=link, closed_at=None)
    # The first message is never pushed out: nobody who comes later can hide who came first.
    asked.said = [*asked.said[:1], *asked.said[1:][2 - MOST_KEPT :], said]
    asked.last_at = now
    asked.save(update_fields=["said", "last_at"])
    return asked


def _open(link: Link) -> Ask | None:
    return Ask.objects.filter(link=link, closed_at=None).first()


def _subject(owner: Member) -> str:
    """The subject of deliveries to this owner about link requests."""
    return f"asks:{owner.pk.hex}"


def owner_thread(owner: Member) -> str:
    """The thread of mails to this owner about link requests."""
    return outbox.thread_of(_subject(owner), recipient=host_key(owner.pk))


@requires_transaction
def _owner_mail(owner: Member, *, now: datetime) -> list[DeliveryRequest]:
    """The mail to record: one an hour at most, since it lists everybody who waits as it is sent."""
    told = events.latest_in_thread(owner_thread(owner))
    due = now
    if told is not None:
        # Composed as it is sent, it will list this request, too; a claimed one may be composed already.
        if told.state == Delivery.State.WAITING and told.lease_until is None:
            return []
        due = max(now, (told.ended_at or told.not_before) + BETWEEN_MAILS)
    return [DeliveryRequest(EMAIL, host_key(owner.pk), owner.person.email, not_before=due)]


def answer_request(asked: Ask, *, by: str, via: str, now: datetime) -> Link:
    """Mint a new link for the recipient of the old one, with its options, and close the request.

    It is sent to nobody: addresses in the request are unproven. Again: the same link. ``WrongState`` where
    the request was dismissed, or the calendar is archived.
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
    """The options of the old link without dates that are past, and with the workspace's default life."""
    carried = {name: getattr(link, name) for name in LinkOptions.__slots__}
    carried |= {"opens_at": None, "expires_at": links.UNSAID}
    if link.window_to is not None and link.window_to < now.astimezone(ZoneInfo(link.calendar.zone)).date():
        carried |= {"window_from": None, "window_to": None}
    return LinkOptions(**carried)


def dismiss_request(asked: Ask, *, by: str, now: datetime) -> Ask:
    """Close the request without a link; the guest is not told. Again: unchanged."""
    with transaction():
        link = links.lock_link(asked.link_id)
        asked = _locked(asked)
        if asked.closed_at is None:
            _close(link, asked, by=by, now=now)
    return asked


def mute_requests(link: Link, *, by: str, now: datetime) -> Link:
    """Take no more requests at this link, and close the open one. Again: unchanged."""
    with transaction():
        link = links.lock_link(link.pk)
        if link.asks_muted_at is None:
            links.update_link(link, asks_muted_at=now)
            record_event("link.muted", link, by=by, now=now)
        asked = _open(link)
        if asked is not None:
            _close(link, asked, by=by, now=now)
    return link


def unmute_requests(link: Link, *, by: str, now: datetime) -> Link:
    """Take requests at this link again. Again: unchanged."""
    with transaction():
        link = links.lock_link(link.pk)
        if link.asks_muted_at is not None:
            links.update_link(link, asks_muted_at=None)
            record_event("link.unmuted", link, by=by, now=now)
    return link


@requires_transaction
def _locked(asked: Ask) -> Ask:
    return Ask.objects.select_for_update(no_key=True).get(pk=asked.pk)


@requires_transaction
def _close(link: Link, asked: Ask, *, by: str, now: datetime) -> None:
    asked.closed_at = now
    asked.save(update_fields=["closed_at", "answer"])
    new = tokens.public_id("lnk", asked.answer_id) if asked.answer_id else None
    record_event("link.answered", link, by=by, now=now, ask=queries.request_id(asked), new=new)
    owner = link.calendar.owner
    # A mail that would list nobody is not sent.
    if not queries.list_requests_of_owner(owner).exists():
        outbox.drop_waiting(events.deliveries_in(owner_thread(owner)), now=now)


def _plain(at: datetime) -> str:
    return clock.whole_seconds(at).strftime("%Y-%m-%dT%H:%M:%SZ")
