"""``bookonce web``: the pages and the API, by granian (docs/decisions/0003)."""

from __future__ import annotations

import argparse
import errno
import gc
import multiprocessing
import socket
import time
import weakref
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.urls import get_resolver
from django.utils.module_loading import import_string

from bookonce.delivery.outbox.queries import latest_instant
from bookonce.domain.accounts import first_run
from bookonce.domain.accounts.models import Workspace
from bookonce.foundation import clock
from bookonce.foundation.environment import BadSetting
from bookonce.foundation.errors import Refused, Sentence
from bookonce.interfaces.commands import prepare, supervisor
from bookonce.interfaces.commands.subprocess_call import call_in_subprocess

# A thousand guests may connect at one moment; those beyond the backlog come late or never (promise 3).
BACKLOG = 2048
PATIENCE = 3.0
"""Seconds to wait for the port, which a server that was killed just before may still hold."""

IDLE = 600
"""Seconds after which an idle thread ends: the maximum, so that later requests find open connections."""


class PortTaken(Refused):
    """Another process listens on our port."""


def run(args: argparse.Namespace) -> None:
    """Serve until told to stop; finishes requests in flight."""
    # Before the migration: a second server on the same port must not touch the first one's database.
    require_free_port()
    is_empty, latest = call_in_subprocess(_prepared)
    if latest is not None:
        # The machine's clock may have been set back since: an expired link must stay expired (promise 30).
        clock.start_from(latest)
    if is_empty:
        print(
            f"Nobody works here yet. Open this address to begin: {first_run.create_setup_secret()}",
            # A pipe, such as a container's log, is not flushed line by line.
            flush=True,
        )
    serve()


def _prepared() -> tuple[bool, datetime | None]:
    prepare.prepare()
    return not Workspace.objects.exists(), latest_instant()


def serve() -> None:
    """Serve on a migrated database. The application is loaded once, before processes are forked."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    import_string(settings.WSGI_APPLICATION)
    _ = get_resolver().url_patterns  # imports every view, so that no first request waits for it
    here = settings.ENVIRONMENT
    server = Server(
        settings.WSGI_APPLICATION,
        address=here.host,
        port=here.port,
        interface=Interfaces.WSGI,
        workers=here.workers,
        blocking_threads=here.threads,
        blocking_threads_idle_timeout=IDLE,
        backlog=BACKLOG,
        backpressure=BACKLOG,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=_logging(),
        # Its lines would contain every path, and so every token (promise 22).
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=int(supervisor.GRACE),
    )
    # The collector leaves frozen objects alone, so the processes go on sharing their memory.
    gc.freeze()
    server.serve(target_loader=_application, wrap_loader=False)


def _application() -> Any:
    """The application, in each process of the server, which ends with its parent."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        supervisor.stop_with_parent(parent.join)
    connection_created.connect(close_what_threads_left)
    return import_string(settings.WSGI_APPLICATION)


def close_what_threads_left(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Close the connections of threads that have ended, now that a thread has made a new one.

    Django keeps one for each thread, in reference cycles that only the garbage collector frees. It runs
    seldom, so a server whose idle threads end would in the end hold every connection of PostgreSQL. This is
    not done as the thread ends: Python that runs then takes the whole process down.
    """
    # The driver's connection, since a callback that held Django's would keep it alive. Not at exit, which
    # closes the sockets of a process by itself.
    weakref.finalize(connection, connection.connection.close).atexit = False
    gc.collect()


def _logging() -> dict[str, Any]:
    told: dict[str, Any] = settings.LOGGING
    # Granian's own handlers do not use the formatter that redacts tokens.
    return {
        "formatters": told["formatters"],
        "handlers": {**told["handlers"], "console": told["handlers"]["stderr"]},
        "loggers": {"_granian": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
    }


TAKEN = (
    "Cannot listen on {host}:{port} ({reason}). "
    "Stop what uses it, or choose another port: BOOKONCE_PORT=8001."
)


def require_free_port() -> None:
    """Raise ``PortTaken`` where the address of the settings cannot be bound."""
    here = settings.ENVIRONMENT
    family = socket.AF_INET6 if ":" in here.host else socket.AF_INET
    until = time.monotonic() + PATIENCE
    while True:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # A port whose old connections are still in TIME_WAIT counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((here.host, here.port))
                return
            except OSError as refused:
                if isinstance(refused, socket.gaierror) or refused.errno == errno.EADDRNOTAVAIL:
                    raise BadSetting(
                        f"BOOKONCE_HOST: {here.host} is no address of this machine; "
                        "choose 127.0.0.1, or 0.0.0.0 for all of them"
                    ) from None
                if time.monotonic() > until:
                    taken = {"host": here.host, "port": here.port, "reason": refused.strerror}
                    raise PortTaken(Sentence(TAKEN, **taken)) from None
        time.sleep(0.1)
