"""``bookonce worker``: sends what waits in the outbox, until told to stop."""

from __future__ import annotations

import argparse
import signal
import threading

from bookonce.delivery.outbox import registry, worker
from bookonce.foundation.database import patience, writer_queue
from bookonce.interfaces.commands import prepare


def run(args: argparse.Namespace) -> None:
    """Deliver until told to stop; finishes deliveries in flight."""
    prepare.prepare()
    run_until_stopped()


def run_until_stopped(name: str = "") -> None:
    """Deliver on a migrated database."""
    stop = threading.Event()
    patience.limit_process(patience.LONG)
    writer_queue.end_long_waits()
    # SIGHUP too: closing the terminal must not end a delivery halfway.
    for end in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(end, lambda *_: _tell(stop))
    jobs = list(registry.periodic_jobs().values())
    first = worker.startup_jobs()
    worker.run_worker(registry.delivery_handlers(), stop, name=name, first=first, jobs=jobs)


def _tell(stop: threading.Event) -> None:
    """Set the event from another thread: this one may hold its lock as the signal comes."""
    threading.Thread(target=stop.set).start()
