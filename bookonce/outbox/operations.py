"""Writing down what happened, in the transaction in which it happens."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from bookonce import rows
from bookonce.doors import door, step
from bookonce.errors import WrongState
from bookonce.outbox.models import Delivery, Event

SAMPLE = "a sample: nobody lives at its address"
"""Why a letter of the sample workspace is dropped where it could be sent."""


@dataclass(frozen=True, slots=True)
class Letter:
    """That somebody must be told: which channel, which side of the table, at which address."""

    channel: str
    audience: str
    to: str
    not_before: datetime | None = None
    """When it is due; None: at once."""


def event(
    kind: str,
    *,
    workspace_id: uuid.UUID,
    now: datetime,
    by: str,
    link_id: uuid.UUID | None = None,
    booking_id: uuid.UUID | None = None,
    data: dict[str, Any] | None = None,
) -> Event:
    """An event that is not written yet. ``data`` is a snapshot without any token."""
    return Event(
        workspace_id=workspace_id,
        kind=kind,
        at=now,
        by=by,
        link_id=link_id,
        booking_id=booking_id,
        data=data or {},
    )


def with_deliveries(
    happened: Event, letters: Iterable[Letter], *, thread: str = "", position: int = 0
) -> list[models.Model]:
    """The event and its deliveries as rows to be inserted together.

    Messages of one ``thread`` to one audience are delivered in the order of ``position``.
    """
    deliveries = [
        Delivery(
            event=happened,
            workspace_id=happened.workspace_id,
            channel=letter.channel,
            audience=letter.audience,
            to=letter.to,
            thread=f"{thread}:{letter.audience}" if thread else "",
            position=position,
            not_before=letter.not_before or happened.at,
        )
        for letter in letters
    ]
    return [happened, *deliveries]


@step
def record(happened: Event, letters: Iterable[Letter] = (), *, thread: str = "") -> None:
    """Write the event and its deliveries, all or (with the transaction) none."""
    rows.insert(*with_deliveries(happened, letters, thread=thread))


@step
def drop_waiting(threads: Iterable[str], *, now: datetime, why: str = "") -> None:
    """Drop what waits in these threads and is not under way: something newer makes it moot, or ``why``."""
    waiting = Delivery.objects.filter(thread__in=list(threads), state=Delivery.State.WAITING)
    more = {"last_error": why} if why else {}
    waiting.exclude(lease_until__gt=now).update(state=Delivery.State.DROPPED, ended_at=now, **more)


def resend(delivery: Delivery, *, now: datetime) -> Delivery:
    """Let a dead delivery wait anew, with all its attempts before it.

    ``WrongState`` where it is not dead, or where something newer was written to the same people about
    the same booking: the old would undo the new (promise 15).
    """
    with door():
        dead = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if dead.state != Delivery.State.DEAD:
            raise WrongState(f"Only a dead delivery can be sent anew; this one is {dead.state}.")
        _must_be_last(dead)
        dead.state, dead.ended_at, dead.lease_until = Delivery.State.WAITING, None, None
        dead.not_before, dead.attempts, dead.fence = now, 0, dead.fence + 1
        dead.save(update_fields=["state", "ended_at", "lease_until", "not_before", "attempts", "fence"])
    return dead


def send_again(delivery: Delivery, *, now: datetime) -> Delivery:
    """Send this letter once more, because a person asks for it.

    A dead one waits anew. Of one that was sent, or dropped, a copy is written for the same people; it is
    a letter of its own (another Message-ID), about the same appointment in the same version. Again,
    while it waits: unchanged. ``WrongState`` where something newer was written: the old would undo it
    (promise 15), and if that is written at this very moment, the worker drops the older one.
    """
    with door():
        # Whoever asks for the same letter waits here, so that two presses are one copy.
        Event.objects.select_for_update().get(pk=delivery.event_id)
        known = Delivery.objects.get(pk=delivery.pk)
        same = Delivery.objects.filter(
            event_id=known.event_id, channel=known.channel, audience=known.audience
        )
        waits = same.filter(state=Delivery.State.WAITING).first()
        if waits is not None:
            return waits
        if known.state == Delivery.State.DEAD:
            return resend(known, now=now)
        _must_be_last(known)
        copied = ("event_id", "workspace_id", "channel", "audience", "to", "thread", "position")
        copy = Delivery(not_before=now, **{name: getattr(known, name) for name in copied})
        rows.insert(copy)
    return copy


def try_now(found: Iterable[Delivery], *, now: datetime) -> int:
    """Make the next attempt of these due now, where one has failed and the next lies ahead; how many.

    Everything else of the row stays: whoever claims it raises the fence as ever. Left alone is what is
    under way, and what waits for its first attempt.
    """
    with door():
        tried = Delivery.objects.filter(
            pk__in=[one.pk for one in found],
            state=Delivery.State.WAITING,
            attempts__gt=0,
            not_before__gt=now,
        )
        return tried.exclude(lease_until__gt=now).update(not_before=now)


def take_at_once(now: datetime) -> int:
    """Make due now whatever a failed attempt or a limit has put off; how many.

    For where mails are kept as files: the server they waited for is not there any more. What has a time
    of its own waits for it.
    """
    with door():
        put_off = Delivery.objects.filter(state=Delivery.State.WAITING, channel="email", not_before__gt=now)
        put_off = put_off.exclude(last_error="").exclude(lease_until__gt=now)
        return put_off.update(not_before=now)


def _must_be_last(delivery: Delivery) -> None:
    newer = Delivery.objects.filter(thread=delivery.thread, thread__gt="", position__gt=delivery.position)
    if newer.exists():
        raise WrongState("Something newer was written about this booking; the old is not sent any more.")
