"""Claiming deliveries: the guarded writes by which many workers share one outbox (promises 13 and 15)."""

from __future__ import annotations

import random
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from bookonce.delivery.outbox import queries, retries
from bookonce.delivery.outbox.errors import NotDelivered, Postponed
from bookonce.delivery.outbox.models import Delivery
from bookonce.foundation.database.transactions import transaction

LEASE = timedelta(minutes=3)
"""How long a claim lasts: longer than any attempt may take (``email.DEADLINE``)."""
# More than the lanes of several workers, so that whoever loses the first still finds one among the rest.
BATCH = 32


def claim_delivery(channels: Collection[str], *, now: datetime, lease: timedelta = LEASE) -> Delivery | None:
    """Claim the delivery that is due longest, for the length of the lease; None where nothing is due.

    Of several workers exactly one gets each; of a thread only the first that has not ended can be claimed.
    """
    # Some candidates, not one: under load most of them are taken between this query and the update.
    due = _claimable(now).filter(channel__in=channels).order_by("not_before", "id")
    found = list(due.values_list("pk", "fence")[:BATCH])
    while found:
        pk, fence = found.pop(0)
        if _take(pk, fence, now=now, lease=lease):
            return _still_first(pk, now=now)
        # Another worker takes the same rows in the same order: leave that order, or both collide again.
        random.shuffle(found)
    return None


def _claimable(now: datetime) -> QuerySet[Delivery]:
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    waiting = Delivery.objects.filter(free, state=Delivery.State.WAITING, not_before__lte=now)
    return waiting.filter(Q(thread="") | ~Exists(_older_waiting()))


def _older_waiting() -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        thread=OuterRef("thread"), thread__gt="", position__lt=OuterRef("position"), state="waiting"
    )


def _newer() -> QuerySet[Delivery]:
    # What was dropped reached nobody, and so cannot be contradicted by what came before it.
    return queries.later_in_thread().exclude(state=Delivery.State.DROPPED)


def _take(pk: uuid.UUID, fence: int, *, now: datetime, lease: timedelta) -> bool:
    """Compare and set: raise the fence from what was seen, if the row can still be claimed."""
    mine = {"fence": fence + 1, "lease_until": now + lease, "attempts": F("attempts") + 1}
    # The condition is asked again in the UPDATE: whoever waited for its row lock sees the raised fence.
    with transaction():
        return _claimable(now).filter(pk=pk, fence=fence).update(**mine) == 1


def _still_first(pk: uuid.UUID, *, now: datetime) -> Delivery | None:
    """The claimed delivery with its event; None where a concurrent resend changed the thread's order.

    Two claims in one thread may not see each other's commit while they are made. Here each reads again after
    its own commit, so that at least one sees the other.
    """
    # Only a newer one that was tried can have overtaken it: an untried one waits for this.
    seen = Delivery.objects.select_related("event").annotate(
        early=Exists(_older_waiting()), overtaken=Exists(_newer().filter(attempts__gt=0))
    )
    delivery = seen.get(pk=pk)
    if delivery.overtaken:
        mark_dropped(delivery, now=now)
    elif delivery.early:
        put_back(delivery)
    else:
        return delivery
    return None


def _mine(delivery: Delivery) -> QuerySet[Delivery]:
    """The row, while this worker owns it: nobody has raised the fence since the claim."""
    return Delivery.objects.filter(pk=delivery.pk, fence=delivery.fence, state=Delivery.State.WAITING)


def mark_done(delivery: Delivery, *, now: datetime) -> bool:
    """End it as delivered. False, and nothing is written, where another worker has taken the lease."""
    return _end(delivery, Delivery.State.DONE, now=now)


def mark_dropped(delivery: Delivery, *, now: datetime) -> bool:
    """End it undelivered, because something newer made it moot. False as in ``mark_done``."""
    return _end(delivery, Delivery.State.DROPPED, now=now)


def _end(delivery: Delivery, state: Delivery.State, *, now: datetime, error: str = "") -> bool:
    with transaction():
        ended = _mine(delivery).update(state=state, ended_at=now, lease_until=None, last_error=error)
    return ended == 1


def put_back(delivery: Delivery) -> bool:
    """Undo the claim: no attempt was made, and none is counted."""
    with transaction():
        return _mine(delivery).update(lease_until=None, attempts=F("attempts") - 1) == 1


def record_failure(delivery: Delivery, why: NotDelivered, *, now: datetime) -> str:
    """Record a failed attempt; returns ``waiting``, ``dropped``, ``dead``, or ``lost`` where fenced off."""
    if why.moot or Delivery.objects.filter(pk=delivery.pk).filter(Exists(_newer())).exists():
        return "dropped" if mark_dropped(delivery, now=now) else "lost"
    # No attempt was made, so none is counted: a rate limit alone never makes a delivery dead.
    if isinstance(why, Postponed):
        return "waiting" if _wait(delivery, why, now + why.wait, attempts=F("attempts") - 1) else "lost"
    if delivery.attempts >= retries.tries_after(why):
        return "dead" if _end(delivery, Delivery.State.DEAD, now=now, error=why.reason[:500]) else "lost"
    return "waiting" if _wait(delivery, why, now + retries.wait_after(delivery.attempts)) else "lost"


def _wait(delivery: Delivery, why: NotDelivered, until: datetime, **more: Any) -> bool:
    waits = {"not_before": until, "lease_until": None, "last_error": why.reason[:500]} | more
    with transaction():
        return _mine(delivery).update(**waits) == 1
