"""Many at once: real threads at a barrier, each with a connection of its own."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, connections

from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars.models import Calendar
from bookonce.foundation.database import failpoints
from bookonce.foundation.errors import Refused
from tests import make

RACERS = int(os.environ.get("RACES", "32"))
"""How many race at once: enough to turn red without a guard, as tests show; `make races` asks for 200."""

Job = Callable[[], Any]


def at_once(jobs: Sequence[Job], *, begin: Callable[[], None] | None = None) -> list[Any]:
    """Run every job in a thread of its own, all from one barrier; their values or refusals, in order.

    ``begin`` is called once, when every thread has its connection and waits at the barrier.
    A job may be refused. Anything else that it raises is a failure of the race itself: a deadlock, a
    locked database, a broken constraint must never reach the caller.
    """
    barrier, results = threading.Barrier(len(jobs), begin), [None] * len(jobs)
    failures: list[BaseException] = []

    def run(place: int, job: Job) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(60)
            results[place] = job()
        except Refused as refused:
            results[place] = refused  # type: ignore[call-overload]
        except BaseException as failure:
            failures.append(failure)
            barrier.abort()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, job), daemon=True) for place, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    if failures:
        raise failures[0]
    return results


def book(to: Calendar, at: datetime | None = None, **wish: Any) -> Booking:
    """A booking by somebody new: nobody waits for another's row of the same contact."""
    return make.booking(to, at, guest=make.somebody(), **wish)


def outcomes(results: Sequence[Any]) -> Counter[str]:
    """How often each kind of outcome came: the refusal's name, else the value's."""
    return Counter(type(result).__name__ for result in results)


@contextmanager
def stopped_at(point: str) -> Iterator[tuple[threading.Event, threading.Event]]:
    """The first thread that reaches this point waits there: (it has arrived, let it go on)."""
    arrived, go_on = threading.Event(), threading.Event()

    def watcher(reached: str) -> None:
        if reached == point and not arrived.is_set():
            arrived.set()
            assert go_on.wait(30), f"nobody let {point} go on"

    failpoints.watch_failpoints(watcher)
    try:
        yield arrived, go_on
    finally:
        go_on.set()
        failpoints.watch_failpoints(None)


def in_order(point: str, first: Job, second: Job) -> list[Any]:
    """Let ``first`` run to this point, start ``second`` while it waits there, and let both finish."""
    with stopped_at(point) as (arrived, go_on):

        def afterwards() -> Any:
            assert arrived.wait(30), f"{point} was never reached"
            # The second must have time to run into the first's lock before the first goes on.
            threading.Timer(0.15, go_on.set).start()
            return second()

        return at_once([first, afterwards])
