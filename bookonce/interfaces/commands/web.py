"""``bookonce web``: the pages and the API, by granian (docs/decisions/0003)."""

from __future__ import annotations

import argparse
import errno
import gc
import multiprocessing
import resource
import socket
import threading
import time
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import get_resolver
from django.utils.module_loading import import_string

from bookonce.domain.accounts import first_run
from bookonce.domain.accounts.models import Workspace
from bookonce.foundation import clock
from bookonce.foundation.database import clock_watch, patience, writer_queue
from bookonce.foundation.errors import Refused, Sentence
from bookonce.foundation.setting_values import BadSetting
from bookonce.foundation.trusted_time import TrustedClock
from bookonce.interfaces.commands import database_mark, prepare, running, supervisor
from bookonce.interfaces.commands.printed_commands import restart_command
from bookonce.interfaces.commands.subprocess_call import call_in_subprocess
from bookonce.interfaces.http_server.server import HttpServer

PATIENCE = 3.0
"""Seconds to wait for the port, which a server that was killed just before may still hold."""

FILES = 8192
"""Open files of a web process: its connections, and room for the rest. Many systems allow 1,024 at first."""


class PortTaken(Refused):
    """Another process listens on our port."""


def run(args: argparse.Namespace) -> None:
    """Serve until told to stop; finishes requests in flight."""
    # Before the migration: a second server on the same port must not touch the first one's database.
    require_free_port()
    # Here too, because what the subprocess below holds ends with it.
    running.share_database()
    is_empty, known = call_in_subprocess(partial(prepare_to_serve, restored=args.restored))
    # The machine's clock may have been set since: an expired link must stay expired (promise 30).
    clock.adopt_state(known)
    if is_empty:
        print(
            f"Nobody works here yet. Open this address to begin: {first_run.create_setup_secret()}",
            # A pipe, such as a container's log, is not flushed line by line.
            flush=True,
        )
    try:
        serve()
    finally:
        database_mark.mark_at_stop()


def prepare_to_serve(*, restored: bool) -> tuple[bool, TrustedClock]:
    """(whether there is no workspace yet, what is known of the clock (promise 30))

    The database is migrated, and marked as served from here (promise 29), before the first request.
    """
    prepare.prepare()
    database_mark.mark_at_start(restored=restored)
    return not Workspace.objects.exists(), clock.current_state()


def serve() -> None:
    """Serve on a migrated database. The application is loaded once, before processes are forked."""
    from bookonce.interfaces.http_server import listener

    import_string(settings.WSGI_APPLICATION)
    _ = get_resolver().url_patterns  # imports every view, so that no first request waits for it
    allow_open_files()
    patience.limit_process(patience.WEB)
    server = listener.build_server(settings.ENVIRONMENT, logging=_logging(), grace=supervisor.GRACE)
    # The collector leaves frozen objects alone, so the processes go on sharing their memory.
    gc.freeze()
    server.serve(target_loader=_application, wrap_loader=False)


def _application() -> HttpServer:
    """The application, in each process of the server, which ends with its parent."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        supervisor.stop_with_parent(parent.join)
    writer_queue.end_long_waits()
    threading.Thread(target=database_mark.keep_marked, name="mark", daemon=True).start()
    threading.Thread(target=clock_watch.watch_clock, name="clock", daemon=True).start()
    here = settings.ENVIRONMENT
    return HttpServer(import_string(settings.WSGI_APPLICATION), threads=here.threads, port=here.port)


def allow_open_files() -> None:
    """Raise this process's limit of open files to ``FILES``, or as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _logging() -> dict[str, Any]:
    told: dict[str, Any] = settings.LOGGING
    # Granian's own handlers do not use the formatter that redacts tokens.
    return {
        "formatters": told["formatters"],
        "handlers": {**told["handlers"], "console": told["handlers"]["stderr"]},
        "loggers": {"_granian": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
    }


TAKEN = (
    "Cannot listen on {where}: the port {port} is taken by another program. "
    "Stop that, or choose another port: {command}"
)
CLOSED = "Cannot listen on {where} ({reason}). Choose a port from 1024 on: {command}"
LOOPBACKS = {"127.0.0.1": "::1", "::1": "127.0.0.1", "0.0.0.0": "::1"}  # noqa: S104 - compared
"""The other address by which this machine's browsers go to ``localhost``."""


def require_free_port() -> None:
    """Raise ``PortTaken`` where the address of the settings cannot be bound.

    Likewise where another program listens on the other address of ``localhost``: browsers try both.
    """
    here = settings.ENVIRONMENT
    hosts = [here.host]
    if urlsplit(settings.BASE_URL).hostname == "localhost" and here.host in LOOPBACKS:
        hosts.append(LOOPBACKS[here.host])
    until = time.monotonic() + PATIENCE
    for host in hosts:
        while (refused := _refused(host, here.port)) is not None:
            if refused.errno == errno.EADDRNOTAVAIL:
                # A machine without IPv6 has no ::1.
                if host != here.host:
                    break
                raise BadSetting(
                    f"BOOKONCE_HOST: {host} is no address of this machine; "
                    "choose 127.0.0.1, or 0.0.0.0 for all of them"
                )
            if refused.errno == errno.EACCES or time.monotonic() > until:
                raise _taken(host, here.port, refused)
            time.sleep(0.1)


def _refused(host: str, port: int) -> OSError | None:
    """Why nobody can listen there now; None: it is free."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
            # A port whose old connections are still in TIME_WAIT counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as refused:
        # Where the system has no IPv6 at all, not even the socket can be made.
        return OSError(errno.EADDRNOTAVAIL, "") if refused.errno == errno.EAFNOSUPPORT else refused
    return None


def _taken(host: str, port: int, refused: OSError) -> PortTaken:
    start = max(port + 1, 1024 if refused.errno != errno.EACCES else 8000)
    free = next((other for other in range(start, 65536) if _refused(host, other) is None), 8000)
    told = {
        "where": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "port": port,
        "reason": refused.strerror,
        "command": restart_command(BOOKONCE_PORT=str(free)),
    }
    return PortTaken(Sentence(CLOSED if refused.errno == errno.EACCES else TAKEN, **told))
