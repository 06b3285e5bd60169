"""Writing down what happened, in the transaction in which it happens."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from bookonce import rows
from bookonce.doors import step
from bookonce.outbox.models import Delivery, Event


@dataclass(frozen=True, slots=True)
class Letter:
    """That somebody must be told: which channel, which side of the table, at which address."""

    channel: str
    audience: str
    to: str


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


def with_deliveries(happened: Event, letters: Iterable[Letter], *, thread: str = "") -> list[models.Model]:
    """The event and its deliveries as rows to be inserted together; due at once.

    Messages of one ``thread`` to one audience are delivered in the order in which they were written.
    """
    deliveries = [
        Delivery(
            event=happened,
            channel=letter.channel,
            audience=letter.audience,
            to=letter.to,
            thread=f"{thread}:{letter.audience}" if thread else "",
            not_before=happened.at,
        )
        for letter in letters
    ]
    return [happened, *deliveries]


@step
def record(happened: Event, letters: Iterable[Letter] = (), *, thread: str = "") -> None:
    """Write the event and its deliveries, all or (with the transaction) none."""
    rows.insert(*with_deliveries(happened, letters, thread=thread))


@step
def drop_waiting(threads: Iterable[str], *, now: datetime) -> None:
    """Drop what waits in these threads and is not being delivered: something newer makes it moot."""
    waiting = Delivery.objects.filter(thread__in=list(threads), state=Delivery.State.WAITING)
    waiting.exclude(lease_until__gt=now).update(state=Delivery.State.DROPPED, ended_at=now)
