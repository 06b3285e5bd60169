"""``bookonce worker``: sends what waits in the outbox, until told to stop."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import threading

from bookonce import clock
from bookonce.management import prepare
from bookonce.outbox.models import Beat


def run(args: argparse.Namespace) -> None:
    """Deliver until told to stop; what is being sent is finished."""
    prepare.prepare()
    deliver()


def deliver() -> None:
    """Deliver on a database that is ready."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda *_: stop.set())
    worker = f"{socket.gethostname()}:{os.getpid()}"[:80]
    while not stop.is_set():
        Beat.objects.update_or_create(worker=worker, defaults={"at": clock.now()})
        stop.wait(5)
