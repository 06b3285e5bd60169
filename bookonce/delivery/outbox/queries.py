"""Reading events and deliveries."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from bookonce.delivery.outbox.errors import Unmakeable
from bookonce.delivery.outbox.models import Beat, Delivery, Event
from bookonce.foundation import tokens
from bookonce.foundation.database.clock_readings import database_now
from bookonce.foundation.errors import NotFound

# Six heartbeats (``worker.BEAT``): fewer, and a busy machine would count as one without a worker.
ALIVE = timedelta(seconds=30)
"""A worker without a heartbeat for longer counts as dead."""

LONG_FAILING = timedelta(minutes=15)
"""After that long a message that fails is told of: on the desk, by the doctor, in the metrics."""


def trail_of_link(link_id: uuid.UUID) -> QuerySet[Event]:
    """Every event of a link, oldest first."""
    # By id, which grows with time: ``at`` has whole seconds, in which several events may lie.
    return Event.objects.filter(link_id=link_id).order_by("id")


def happened_since(kind: str, link_id: uuid.UUID, *, by: str, since: datetime) -> bool:
    """Whether ``by`` caused an event of this kind on the link after ``since``."""
    return Event.objects.filter(link_id=link_id, kind=kind, by=by, at__gt=since).exists()


def trail_of_booking(booking_id: uuid.UUID) -> QuerySet[Event]:
    """Every event of a booking, oldest first."""
    return Event.objects.filter(booking_id=booking_id).order_by("id")


def first_of_booking(booking_id: uuid.UUID) -> Event | None:
    """The first event of this booking: that it was made, or requested."""
    kinds = ("booking.made", "booking.requested")
    return Event.objects.filter(booking_id=booking_id, kind__in=kinds).order_by("id").first()


def worker_seen(name: str = "") -> bool:
    """Whether a worker (of this name) had a heartbeat within ``ALIVE``, by the database's clock."""
    now = database_now()
    # None that is ahead: it was written by a clock that has been set right since.
    seen = Beat.objects.filter(at__gt=now - ALIVE, at__lt=now + ALIVE)
    return (seen.filter(worker=name) if name else seen).exists()


def latest_instant() -> datetime | None:
    """The time of the latest event: no clock may be behind it (promise 30)."""
    # Ids are ordered by time, and the primary key has an index, which the column of times has not.
    return Event.objects.order_by("-id").values_list("at", flat=True).first()


def list_deliveries(state: str) -> QuerySet[Delivery]:
    """Every delivery in this state (``waiting``, ``done``, ``dropped``, ``dead``), oldest first."""
    return Delivery.objects.filter(state=state).select_related("event").order_by("id")


def list_mails(
    workspace_id: uuid.UUID,
    *states: str,
    roles: Collection[str],
    booking_id: uuid.UUID | None = None,
) -> QuerySet[Delivery]:
    """A workspace's deliveries to these roles, in these states (or in any), each with its event.

    Each is annotated with ``overtaken``: whether something newer was written in its thread.
    """
    found = Delivery.objects.filter(_in(roles), workspace_id=workspace_id)
    if states:
        found = found.filter(state__in=states)
    if booking_id is not None:
        found = found.filter(event__booking_id=booking_id)
    return found.select_related("event").annotate(overtaken=Exists(later_in_thread()))


def _in(roles: Collection[str]) -> Q:
    """Deliveries to these roles: a recipient's key is its role, or begins with it."""
    found = Q(recipient__in=roles)
    for role in roles:
        found |= Q(recipient__startswith=f"{role}:")
    return found


def deliveries_about(booking_id: uuid.UUID) -> QuerySet[Delivery]:
    """Every delivery about this booking, of any recipient and purpose."""
    return Delivery.objects.filter(event__in=Event.objects.filter(booking_id=booking_id))


def deliveries_in(thread: str) -> QuerySet[Delivery]:
    """Every delivery in this thread."""
    return Delivery.objects.filter(thread=thread)


def latest_in_thread(thread: str) -> Delivery | None:
    """The delivery that was written last in this thread, in any state."""
    return deliveries_in(thread).order_by("-position", "-id").first()


def later_in_thread() -> QuerySet[Delivery]:
    """Deliveries after the outer one in its thread, for a subquery."""
    return Delivery.objects.filter(
        thread=OuterRef("thread"), thread__gt="", position__gt=OuterRef("position")
    )


def count_mails(workspace_id: uuid.UUID, *states: str, roles: Collection[str], most: int) -> dict[str, int]:
    """State → how many deliveries a workspace has in it, counted up to ``most``."""
    found = Delivery.objects.filter(_in(roles), workspace_id=workspace_id)
    # The slice bounds the work: a workspace may have tens of thousands of mails in one state.
    return {state: found.filter(state=state)[:most].count() for state in states}


def find_delivery(name: str, *, workspace_id: uuid.UUID, roles: Collection[str]) -> Delivery:
    """The delivery by its public id, in this workspace and to these roles alone; else ``NotFound``."""
    key = tokens.parse_public_id("dlv", name)
    found = list_mails(workspace_id, roles=roles).filter(pk=key).first() if key else None
    if found is None:
        raise NotFound
    return found


def find_for_operator(name: str) -> Delivery:
    """The delivery by its public id, in any workspace; else ``NotFound``. For the operator alone."""
    key = tokens.parse_public_id("dlv", name)
    found = Delivery.objects.select_related("event").filter(pk=key).first() if key else None
    if found is None:
        raise NotFound
    return found


def describe_for_operator(delivery: Delivery) -> dict[str, object]:
    """The delivery for the operator, with no address and no token."""
    return {
        "id": tokens.public_id("dlv", delivery.pk),
        "event": delivery.event.kind,
        "channel": delivery.channel,
        "audience": delivery.role,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "not_before": delivery.not_before,
        "ended_at": delivery.ended_at,
        "last_error": delivery.last_error,
    }


def oldest_failing(*, now: datetime, workspace_id: uuid.UUID | None = None) -> timedelta | None:
    """The age of the oldest message that has failed and is still tried, of one workspace or of all."""
    failing = Delivery.objects.filter(state=Delivery.State.WAITING, attempts__gt=0).exclude(last_error="")
    if workspace_id is not None:
        failing = failing.filter(workspace_id=workspace_id)
    # A delivery's id is older the smaller it is, and so is its event.
    since = failing.order_by("id").values_list("event__at", flat=True).first()
    return None if since is None else max(now - since, timedelta(0))


def count_unmade(workspace_id: uuid.UUID | None = None, *, most: int = 1000) -> int:
    """How many messages were given up because they cannot be made, counted up to ``most``."""
    dead = Delivery.objects.filter(state=Delivery.State.DEAD, last_error__startswith=Unmakeable.REASON)
    found = dead if workspace_id is None else dead.filter(workspace_id=workspace_id)
    return found[:most].count()


def count_overdue(*, now: datetime, by: timedelta = timedelta(minutes=15)) -> int:
    """How many deliveries are overdue by at least ``by``: the worker is down or behind."""
    late = Delivery.objects.filter(state=Delivery.State.WAITING, not_before__lt=now - by)
    return late.exclude(lease_until__gt=now).count()
