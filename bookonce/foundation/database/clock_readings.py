"""What the processes of all machines record of their clocks, and how they agree after a step.

Nothing here is asked while the clock is trusted, but as a process starts and, in its own thread or with the
worker's heartbeat, as the last instant is recorded.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from math import inf
from pathlib import Path

from django.db import Error as DatabaseFailed
from django.db import connection
from django.db.models.functions import Now

from bookonce.foundation import clock
from bookonce.foundation.database.models import ClockReading
from bookonce.foundation.trusted_time import Reading, ServerClock

ASKED_EVERY = 1.0
"""Seconds between two looks at what others say, of one process in doubt."""
FORGET = timedelta(days=1)
"""After that long the reading of a machine, or of a start of it, is of use to nobody."""

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_asking = threading.Lock()
_asked = -ASKED_EVERY

Fallback = Callable[[], datetime | None]


@lru_cache(maxsize=1)
def machine_id() -> str:
    """This machine since its start: another id after each start."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        # Elsewhere its start, to ten minutes: a step that moves it makes another id, and measures nothing.
        return f"since-{round((clock.wall_seconds() - clock.boot_seconds()) / 600)}"


def database_now() -> datetime | Now:
    """The time by the clock that all processes share: PostgreSQL's server's, or (SQLite) this machine's.

    For heartbeats, which processes of several machines compare, each with a clock of its own.
    """
    return Now() if connection.vendor == "postgresql" else clock.now()


def resume_clock(unrecorded: Fallback | None = None, *, record: bool = True) -> None:
    """As a process starts: go on from what is recorded, settle a doubt if others can, and record the result.

    ``unrecorded`` tells the last instant that was written where nothing has been recorded yet.
    """
    own, recorded, lowered = _recorded()
    # A database of a release before: of what it wrote nobody knows by which clock.
    least = unrecorded() if recorded is None and unrecorded else None
    clock.resume_from(own, recorded, least=least)
    clock.lower_to(inf, lowered)
    clock.weigh_evidence(own, recorded, _server())
    clock.settle_at_start()
    if record:
        record_reading()


def settle_doubt() -> bool:
    """Ask what others say of a step, at most once a second; whether nothing may be written still."""
    with _asked_at_most_once_a_second() as asks:
        if asks:
            own, recorded, lowered = _recorded()
            clock.weigh_evidence(own, recorded, _server())
            clock.lower_to(inf if recorded is None else recorded, lowered)
            record_reading()
    return not clock.is_settled()


def settle_doubt_if_any() -> bool:
    """Settle a doubt, where there is one; whether nothing may be written still.

    A process that is ahead of the machine's clock asks, too, whether a person has said that what it goes on
    from was never real.
    """
    if not clock.is_settled():
        return settle_doubt()
    if not clock.is_ahead():
        return False
    with _asked_at_most_once_a_second() as asks:
        if asks:
            _, recorded, lowered = _recorded()
            clock.lower_to(inf if recorded is None else recorded, lowered)
    return not clock.is_settled()


@contextlib.contextmanager
def _asked_at_most_once_a_second() -> Iterator[bool]:
    """Whether it is time to ask again. A database that does not answer says nothing of a clock."""
    global _asked
    with _asking, contextlib.suppress(DatabaseFailed):
        asks = time.monotonic() - _asked >= ASKED_EVERY
        if asks:
            _asked = time.monotonic()
        yield asks


def record_reading() -> None:
    """Write this machine's clock and the last instant; of a doubt only that it is there."""
    state = clock.current_state()
    step, server = state.doubted, _server()
    doubted = {"doubted_offset": step and step.offset, "doubted_since": step and step.since}
    rows = ClockReading.objects.filter(machine=machine_id())
    # What was believed stays as it was recorded, for all who come to judge the step.
    if step is not None and rows.update(**doubted):
        return
    believed = {
        "at": clock.instant_of_seconds(int(state.latest)),
        "wall_offset": state.offset,
        "server_offset": server and server.now - state.tick,
    }
    if not rows.filter(lowered=state.lowered).update(**believed, **doubted):
        _, recorded, lowered = _recorded()
        if recorded is not None and lowered > state.lowered:
            # What a person has turned back meanwhile must not be written over.
            clock.lower_to(recorded, lowered)
            record_reading()
            return
        row = ClockReading(machine=machine_id(), lowered=state.lowered, **believed, **doubted)
        ClockReading.objects.bulk_create([row], ignore_conflicts=True)
        # Not its own: so the last instant is never forgotten.
        old = ClockReading.objects.filter(at__lt=row.at - FORGET).exclude(machine=row.machine)
        old.delete()


def accept_clock() -> None:
    """Take this machine's clock for right, and let no machine go on from a later instant."""
    clock.accept_wall()
    lowered = _recorded()[2] + 1
    ClockReading.objects.filter(machine=machine_id()).delete()
    ClockReading.objects.filter(at__gt=clock.now()).update(at=clock.now())
    ClockReading.objects.update(lowered=lowered)
    clock.lower_to(inf, lowered)
    record_reading()


def forget_other_machines() -> None:
    """Forget what is recorded of others, and of earlier starts of this one: a copy was put back."""
    ClockReading.objects.exclude(machine=machine_id()).delete()


def seconds_from_server() -> float | None:
    """How far this machine's clock is ahead of that of PostgreSQL's server; None on SQLite."""
    server = _server()
    return clock.wall_seconds() - server.now if server else None


def _recorded() -> tuple[Reading | None, float | None, int]:
    """This machine's reading, the last instant of any machine, and how often that was turned back."""
    own, recorded, lowered = None, None, 0
    for row in ClockReading.objects.all():
        lowered = max(lowered, row.lowered)
        recorded = max(recorded or 0.0, row.at.timestamp())
        if row.machine == machine_id():
            own = Reading(row.wall_offset, row.server_offset, row.doubted_offset, row.doubted_since)
    return own, recorded, lowered


def _server() -> ServerClock | None:
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        # A socket has no addresses, and a connection within one machine has twice the same.
        cursor.execute(
            "SELECT extract(epoch FROM clock_timestamp())::float8, "
            "inet_server_addr() IS DISTINCT FROM inet_client_addr()"
        )
        return ServerClock(*cursor.fetchone())
