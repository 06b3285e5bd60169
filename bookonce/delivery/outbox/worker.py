"""The worker: delivers what the outbox holds. It may be late; it may not be wrong."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import Error as DatabaseFailed
from django.db import connection

from bookonce.delivery.outbox import claims, operations, retries
from bookonce.delivery.outbox.errors import NotDelivered, ServerUnusable
from bookonce.delivery.outbox.faults import place_of_fault
from bookonce.delivery.outbox.models import Beat, Delivery
from bookonce.delivery.outbox.registry import DeliveryHandler, PeriodicJob
from bookonce.foundation import clock, tokens
from bookonce.foundation.database import clock_readings, failpoints
from bookonce.foundation.database.transactions import allow_doubted_clock, assert_no_transaction, transaction

Deliverers = Mapping[str, DeliveryHandler]

LANES = 3
"""Threads of one worker, each with a delivery of its own, so that one slow server does not hold up all."""
POLL = 1.0
BEAT = 5.0
FORGET_BEATS = timedelta(days=1)

log = logging.getLogger("bookonce.outbox")


def run_worker(
    deliverers: Deliverers,
    stop: threading.Event,
    *,
    name: str = "",
    lanes: int = LANES,
    lease: timedelta = claims.LEASE,
    first: Sequence[PeriodicJob] = (),
    jobs: Sequence[PeriodicJob] = (),
) -> None:
    """Deliver until ``stop`` is set, then finish the deliveries that are claimed and return.

    A process that dies loses nothing: its leases run out, and what it had claimed is delivered again under
    the same Message-ID. ``first`` runs once before, ``jobs`` every few seconds beside.
    """
    name = name or new_worker_name()
    hands = [
        threading.Thread(target=_lane, args=(deliverers, stop, lease), name=f"lane-{number}")
        for number in range(lanes)
    ]
    _perhaps_away.update(deliverers)  # a worker before this one may have met a server that was away
    _patiently(_begin, name)
    for act in first:
        _patiently(act, clock.now())
    for hand in hands:
        hand.start()
    try:
        while not stop.wait(BEAT):
            _patiently(record_heartbeat, name)
            if clock_readings.settle_doubt_if_any():
                continue
            for job in jobs:
                _patiently(job, clock.now())
    finally:
        stop.set()
        for hand in hands:
            hand.join()


def new_worker_name() -> str:
    """A name for a worker of this machine, under which its heartbeats are found."""
    # Cut, so that the rest, which tells workers of one machine apart, fits into the column's 80.
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


def startup_jobs() -> list[PeriodicJob]:
    """Before the first delivery: where mails are kept as files, nothing waits for a server."""
    return [] if settings.EMAIL_URL else [operations.retry_all_now]


def deliver_one(
    deliverers: Deliverers, *, now: datetime | None = None, lease: timedelta = claims.LEASE
) -> Delivery | None:
    """Claim one delivery and make one attempt; None where nothing was due."""
    delivery = claims.claim_delivery(deliverers.keys(), now=now or clock.now(), lease=lease)
    if delivery is None:
        return None
    failpoints.failpoint("worker.claimed")
    why = _attempt(deliverers[delivery.channel], delivery)
    failpoints.failpoint("worker.sent")
    at = now or clock.now()
    _note_server(delivery.channel, why, now=at)
    if why is not None:
        _note(delivery, claims.record_failure(delivery, why, now=at), why.reason)
    elif not claims.mark_done(delivery, now=at):
        _note(delivery, "lost", "delivered, but its lease had been taken")
    failpoints.failpoint("worker.written")
    return delivery


_perhaps_away: set[str] = set()
"""Channels whose server could not be used at the last attempt, or has not been used by this process."""


def _note_server(channel: str, why: NotDelivered | None, *, now: datetime) -> None:
    """One success of a server makes due what waits for it, which could wait for half an hour more."""
    if isinstance(why, ServerUnusable):
        _perhaps_away.add(channel)
    elif why is None and channel in _perhaps_away:
        _perhaps_away.discard(channel)
        operations.retry_after_outage(channel, now)


def _attempt(deliver: Callable[[Delivery], None], delivery: Delivery) -> NotDelivered | None:
    """Make the attempt, outside any transaction; the failure, or None."""
    assert_no_transaction()
    # Attempts are counted as they are claimed: a message that kills its worker must not do so for ever.
    if delivery.attempts > retries.TRIES:
        return NotDelivered("every worker that tried it has died")
    try:
        deliver(delivery)
    except NotDelivered as why:
        return why
    except Exception as fault:
        return NotDelivered(place_of_fault(fault))
    return None


def record_heartbeat(name: str) -> None:
    """Write that this worker is alive, and until when its machine's clock is trusted."""
    # A worker that waits for its clock to be settled is alive.
    with allow_doubted_clock(), transaction():
        Beat.objects.update_or_create(worker=name, defaults={"at": clock_readings.database_now()})
        clock_readings.record_reading()


def _begin(name: str) -> None:
    """Go on from the last instant that any process recorded, and write the first heartbeat."""
    # A machine whose clock was set back must not deliver before what is recorded already (promise 30).
    clock_readings.resume_clock()
    record_heartbeat(name)
    with allow_doubted_clock(), transaction():
        Beat.objects.filter(at__lt=clock_readings.database_now() - FORGET_BEATS).delete()


def _lane(deliverers: Deliverers, stop: threading.Event, lease: timedelta) -> None:
    try:
        while not stop.is_set():
            # In doubt nothing could be written of a delivery, and it would be made again and again.
            if not clock.is_settled() or not _patiently(deliver_one, deliverers, lease=lease):
                stop.wait(POLL)
    finally:
        # A thread has a connection of its own, which nobody else would close.
        connection.close()


def _patiently(act: Callable[..., object], *args: object, **kwargs: object) -> object:
    """Call ``act``; log any exception instead of raising it, so that no fault or outage ends the worker."""
    try:
        return act(*args, **kwargs)
    except Exception as fault:
        log.error("the worker could not go on, and tries again: %s", place_of_fault(fault))
        # A broken connection stays broken: the next call opens another one.
        if isinstance(fault, DatabaseFailed):
            connection.close()
        return None


def _note(delivery: Delivery, fate: str, reason: str) -> None:
    """Log a failure by ids and our own words, never an address or text of the other side."""
    name = tokens.public_id("dlv", delivery.pk)
    if fate == "dead":
        log.error("%s (%s, %s) is dead after %d attempts: %s. It can be sent anew: bookonce resend %s",
                  name, delivery.channel, delivery.event.kind, delivery.attempts, reason, name)  # fmt: skip
    else:
        log.warning("%s (%s) attempt %d: %s; now %s", name, delivery.channel, delivery.attempts, reason, fate)
