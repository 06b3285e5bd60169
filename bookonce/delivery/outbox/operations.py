"""Recording events and their deliveries, in the transaction of the change that they tell of."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from bookonce.delivery.outbox import snapshots
from bookonce.delivery.outbox.errors import ServerUnusable
from bookonce.delivery.outbox.models import Beat, Delivery, Event
from bookonce.foundation.database import clock_readings, guarded_rows
from bookonce.foundation.database.pieces import FEW, update_in_pieces
from bookonce.foundation.database.transactions import requires_transaction, transaction
from bookonce.foundation.errors import Sentence, WrongState

NOTICE = "notice"
"""The purpose of a message that tells of its event at once."""
EMAIL = "email"

LONGEST_LEASE = timedelta(hours=1)
"""No claim lasts as long (``claims.LEASE``): one that seems to was made by a wrong clock."""

SAMPLE = "a sample: nobody lives at its address"
"""Why mails of the sample workspace are dropped where they could be sent."""


@dataclass(frozen=True, slots=True)
class DeliveryRequest:
    """A delivery that an event asks for; ``recipient`` is a key of ``recipients``, ``to`` an address."""

    channel: str
    recipient: str
    to: str
    purpose: str = NOTICE
    not_before: datetime | None = None
    """When it is due; None: at once."""


def new_event(
    kind: str,
    *,
    workspace_id: uuid.UUID,
    now: datetime,
    by: str,
    link_id: uuid.UUID | None = None,
    booking_id: uuid.UUID | None = None,
    data: dict[str, Any] | None = None,
) -> Event:
    """An unsaved event. ``data`` is a snapshot without any token."""
    return Event(
        workspace_id=workspace_id,
        kind=kind,
        at=now,
        by=by,
        link_id=link_id,
        booking_id=booking_id,
        data=snapshots.with_version(kind, data or {}),
    )


def thread_of(subject: str, *, recipient: str, purpose: str = NOTICE, channel: str = EMAIL) -> str:
    """The key of messages of which none may overtake another (promise 15)."""
    return f"{subject}:{purpose}:{channel}:{recipient}" if subject else ""


def event_rows(
    event: Event, requests: Iterable[DeliveryRequest] = (), *, subject: str = "", position: int = 0
) -> list[models.Model]:
    """The event and its deliveries, unsaved, for an operation that inserts them together with its own rows.

    Messages about one ``subject`` are delivered in the order of ``position``, for each purpose, channel
    and recipient. Two equal requests are a ``ValueError``: the second would be lost.
    """
    # Rows that conflict are left out without a word, so that a duplicate has to be found here.
    asked = list(requests)
    if len({(one.purpose, one.channel, one.recipient) for one in asked}) < len(asked):
        raise ValueError("an event has one delivery for each purpose, channel and recipient")
    deliveries = [
        Delivery(
            event=event,
            workspace_id=event.workspace_id,
            purpose=one.purpose,
            channel=one.channel,
            recipient=one.recipient,
            to=one.to,
            thread=thread_of(subject, purpose=one.purpose, channel=one.channel, recipient=one.recipient),
            position=position,
            not_before=one.not_before or event.at,
        )
        for one in asked
    ]
    return [event, *deliveries]


@requires_transaction
def record_event(
    event: Event, requests: Iterable[DeliveryRequest] = (), *, subject: str = "", position: int = 0
) -> None:
    """Save the event and its deliveries (``event_rows``) in the caller's transaction."""
    guarded_rows.insert_unless_conflict(*event_rows(event, requests, subject=subject, position=position))


@requires_transaction
def drop_waiting(found: QuerySet[Delivery], *, now: datetime, why: str = "") -> None:
    """Drop those that wait unclaimed: something newer makes them moot, or ``why``."""
    more = {"last_error": why} if why else {}
    # A claimed one may be on its way already: the worker drops it itself where it is overtaken and fails.
    waiting = found.filter(state=Delivery.State.WAITING).exclude(lease_until__gt=now)
    waiting.update(state=Delivery.State.DROPPED, ended_at=now, **more)


def resend(delivery: Delivery, *, now: datetime) -> Delivery:
    """Let a dead delivery wait again, with a full number of attempts.

    ``WrongState`` where it is not dead, where a copy of it waits already, or where something newer was
    written in its thread: the old would contradict the new (promise 15).
    """
    with transaction():
        _lock_event(delivery)
        dead = Delivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
        if dead.state != Delivery.State.DEAD:
            raise WrongState(
                Sentence("Only a dead delivery can be sent anew; this one is {state}.", state=dead.state)
            )
        if _same(dead).filter(state=Delivery.State.WAITING).exists():
            raise WrongState("The same message waits already; it is not sent twice.")
        _must_be_last(dead)
        dead.state, dead.ended_at, dead.lease_until = Delivery.State.WAITING, None, None
        # A higher fence: a worker that still holds the old claim can write nothing any more.
        dead.not_before, dead.attempts, dead.fence = now, 0, dead.fence + 1
        dead.save(update_fields=["state", "ended_at", "lease_until", "not_before", "attempts", "fence"])
    return dead


def send_again(delivery: Delivery, *, now: datetime) -> Delivery:
    """Send this mail once more, because somebody asks for it.

    A dead one waits again. Of one that was sent or dropped a copy is written for the same recipient: a mail
    of its own (another Message-ID) about the same version of the booking. Again, while it waits: unchanged.
    ``WrongState`` where something newer was written, which the old would contradict (promise 15); where that
    commits at the same time, the worker drops the older one.
    """
    with transaction():
        _lock_event(delivery)
        known = Delivery.objects.get(pk=delivery.pk)
        waits = _same(known).filter(state=Delivery.State.WAITING).first()
        if waits is not None:
            return waits
        if known.state == Delivery.State.DEAD:
            return resend(known, now=now)
        _must_be_last(known)
        copy = Delivery(
            not_before=now,
            copy_of_id=known.copy_of_id or known.pk,
            **{name: getattr(known, name) for name in _COPIED},
        )
        guarded_rows.insert_unless_conflict(copy)
    return copy


_COPIED = ("event_id", "workspace_id", "purpose", "channel", "recipient", "to", "thread", "position")


@requires_transaction
def _lock_event(delivery: Delivery) -> None:
    """Lock the event, so that of two concurrent requests for a copy the second finds the first's."""
    Event.objects.select_for_update(no_key=True).get(pk=delivery.event_id)


def _same(delivery: Delivery) -> QuerySet[Delivery]:
    """The original message and every copy of it."""
    identity = ("event_id", "purpose", "channel", "recipient")
    return Delivery.objects.filter(**{name: getattr(delivery, name) for name in identity})


def retry_now(found: Iterable[Delivery], *, now: datetime) -> int:
    """Make the next attempt due now for those that failed before; returns how many.

    Claimed ones and those that wait for their first attempt are left alone. Nothing else of a row changes, so
    the fence works as ever.
    """
    keys = [one.pk for one in found]
    tried = Delivery.objects.filter(state=Delivery.State.WAITING, attempts__gt=0, not_before__gt=now)
    tried = tried.exclude(lease_until__gt=now)
    # In pieces, for a statement takes a limited number of parameters too.
    pieces = (keys[start : start + FEW] for start in range(0, len(keys), FEW))
    return sum(update_in_pieces(tried.filter(pk__in=piece), not_before=now) for piece in pieces)


def retry_all_now(now: datetime) -> int:
    """Make due now whatever a failed attempt or a rate limit has put off; returns how many.

    For an installation that keeps mails as files: there is no server to wait for. A delivery with a
    ``not_before`` of its own still waits for it.
    """
    put_off = Delivery.objects.filter(state=Delivery.State.WAITING, channel=EMAIL, not_before__gt=now)
    # Only what was put off has an error: a first attempt that is due later has a reason of its own.
    put_off = put_off.exclude(last_error="").exclude(lease_until__gt=now)
    return update_in_pieces(put_off, not_before=now)


def bring_forward(now: datetime) -> int:
    """Make due now what waits for a time of a clock that has been turned back; returns how many.

    A delivery of a sound event that has never been tried waits for a time of its own.
    """
    with transaction():
        waiting = Delivery.objects.filter(state=Delivery.State.WAITING)
        waiting.filter(lease_until__gt=now + LONGEST_LEASE).update(lease_until=None)
        ahead = waiting.filter(Q(attempts__gt=0) | Q(event__at__gt=now), not_before__gt=now)
        return ahead.exclude(lease_until__gt=now).update(not_before=now)


def forget_beats_ahead() -> None:
    """Forget heartbeats of a clock that has been turned back."""
    with transaction():
        Beat.objects.filter(at__gt=clock_readings.database_now()).delete()


def retry_after_outage(channel: str, now: datetime) -> int:
    """Make due now whatever waits for a server that is back; returns how many.

    A message that was itself put off, by its recipient's server or by a rate, goes on waiting.
    """
    reasons = reduce(or_, (Q(last_error__startswith=reason) for reason in ServerUnusable.REASONS))
    put_off = Delivery.objects.filter(
        reasons, state=Delivery.State.WAITING, channel=channel, attempts__gt=0, not_before__gt=now
    )
    return update_in_pieces(put_off.exclude(lease_until__gt=now), not_before=now)


def _must_be_last(delivery: Delivery) -> None:
    newer = Delivery.objects.filter(thread=delivery.thread, thread__gt="", position__gt=delivery.position)
    if newer.exists():
        raise WrongState("Something newer was written about this booking; the old is not sent any more.")
