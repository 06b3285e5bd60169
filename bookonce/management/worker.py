"""``bookonce worker``: sends what waits in the outbox, until told to stop."""

from __future__ import annotations

import argparse
import signal
import threading

from bookonce.bookings import letters
from bookonce.management import prepare
from bookonce.outbox import worker
from bookonce.repeats import tidying


def run(args: argparse.Namespace) -> None:
    """Deliver until told to stop; what is being sent is finished."""
    prepare.prepare()
    deliver()


def deliver() -> None:
    """Deliver on a database that is ready."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda *_: _tell(stop))
    worker.run({"email": letters.deliver}, stop, chores=[tidying.Walk().step])


def _tell(stop: threading.Event) -> None:
    """Set it from another thread: this one may hold the event's own lock as the signal comes."""
    threading.Thread(target=stop.set).start()
