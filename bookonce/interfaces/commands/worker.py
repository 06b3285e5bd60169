"""``bookonce worker``: sends what waits in the outbox, until told to stop."""

from __future__ import annotations

import argparse
import signal
import threading

from bookonce.delivery.outbox import registry, worker
from bookonce.interfaces.commands import prepare


def run(args: argparse.Namespace) -> None:
    """Deliver until told to stop; what is being sent is finished."""
    prepare.prepare()
    run_until_stopped()


def run_until_stopped() -> None:
    """Deliver on a database that is ready."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda *_: _tell(stop))
    jobs = list(registry.periodic_jobs().values())
    worker.run_worker(registry.delivery_handlers(), stop, first=worker.at_first(), jobs=jobs)


def _tell(stop: threading.Event) -> None:
    """Set it from another thread: this one may hold the event's own lock as the signal comes."""
    threading.Thread(target=stop.set).start()
