"""``bookonce serve``: web and worker under one supervisor.

A process that dies is restarted; one that keeps dying ends the command, so that its own supervisor notices.
Ctrl-C and SIGTERM stop both once requests and deliveries in flight are finished. If this process itself is
killed, the others end too (supervisor.py).
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import http.client
import logging
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from types import FrameType

from django.conf import settings
from django.utils.module_loading import import_string

from bookonce.delivery.mail.registry import registered_composers
from bookonce.delivery.outbox import registry
from bookonce.delivery.outbox.worker import new_worker_name
from bookonce.domain.accounts import first_run
from bookonce.foundation import clock
from bookonce.foundation.errors import Refused, Sentence
from bookonce.interfaces.commands import database_mark, running, supervisor, web, worker
from bookonce.interfaces.commands.printed_commands import printed_command
from bookonce.interfaces.commands.subprocess_call import StartFailed, call_in_subprocess
from bookonce.interfaces.health import probes

log = logging.getLogger("bookonce.serve")

OFTEN, WITHIN = 5, 60.0
"""A process that dies more than ``OFTEN`` times within ``WITHIN`` seconds is not restarted."""

UP = 60.0
"""Seconds within which the web process must answer for the first time, on a slow and busy machine too."""


class ProcessKeepsDying(Refused):
    """A process cannot be kept running."""


class WebSilent(Refused):
    """The web process runs, but does not answer."""


STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

AGAIN = 2.0
"""Seconds after which a process that has not ended is signalled again."""


@dataclass
class SupervisedProcess:
    """One of the supervised processes."""

    name: str
    work: Callable[[], None]
    pid: int = 0
    deaths: list[float] = field(default_factory=list)

    def start(self, lifeline: tuple[int, int]) -> None:
        # Otherwise the child would write once more what is still buffered.
        sys.stdout.flush()
        # A child would lose a signal that comes before its handler is set: signals are blocked until then.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
        self.pid = os.fork()
        if self.pid == 0:
            _become(self.work, lifeline)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)

    def end_status(self) -> int | None:
        """The status with which it has ended, asked for once; None: it runs, or never ran."""
        if not self.pid:
            return None
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            return None
        # The id is free again: a signal to it would reach nobody, or somebody else.
        self.pid = 0
        return status

    def died(self, status: int) -> None:
        """Record the end; raise ``ProcessKeepsDying`` where it happened too often."""
        code = os.waitstatus_to_exitcode(status)
        log.error("the %s process ended by itself (%s)", self.name, code)
        now = time.monotonic()
        self.deaths = [*(at for at in self.deaths if now - at < WITHIN), now]
        if len(self.deaths) > OFTEN:
            told = "The {name} process ended {times} times in a minute."
            raise ProcessKeepsDying(Sentence(told, name=self.name, times=len(self.deaths)))


def run(args: argparse.Namespace) -> None:
    """Run web and worker until told to stop."""
    # Before the migration: a second start on the same port must not touch the first one's database.
    web.require_free_port()
    # Here too, because what the subprocess below holds ends with it.
    running.share_database()
    is_empty, known = call_in_subprocess(partial(web.prepare_to_serve, restored=args.restored))
    clock.adopt_state(known)
    # Both before the fork: the web process inherits the secret's hash and the name.
    begin_at = first_run.create_setup_secret() if is_empty else ""
    name = probes.worker_of_serve = new_worker_name()
    _load_what_both_use()
    parts = [
        SupervisedProcess("web", web.serve),
        SupervisedProcess("worker", partial(worker.run_until_stopped, name)),
    ]
    signals = _signals()
    lifeline = os.pipe()
    try:
        for part in parts:
            part.start(lifeline)
        if _wait_until_up(parts):
            print(welcome_text(begin_at), flush=True)
        _keep(parts, signals, lifeline)
    finally:
        _stop(parts)
        database_mark.mark_at_stop()


def _load_what_both_use() -> None:
    """Import before the processes part what each would import for itself, so that they share its memory."""
    registry.delivery_handlers()
    for composer in registered_composers().values():
        import_string(composer.path)
    # The collector writes into each object that it looks at, and a page that is written to is shared no more.
    gc.freeze()


def _become(work: Callable[[], None], lifeline: tuple[int, int]) -> None:
    """In the child: enter a process group of its own, so that Ctrl-C reaches the parent alone; then work."""
    code = 1
    try:
        os.setpgid(0, 0)
        # The pipe is the parent's: signals of the child must not wake it.
        signal.set_wakeup_fd(-1)
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(name, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
        # A child that kept the writing end open would never see the parent's end close.
        os.close(lifeline[1])
        supervisor.stop_with_parent(supervisor.wait_until_closed(lifeline[0]))
        work()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        log.exception("a part of the program failed")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # Not sys.exit: the cleanup in `run`, which stops both processes, belongs to the parent alone.
        os._exit(code)


def _signals() -> int:
    """A pipe that becomes readable with every signal that is handled: to stop, or that a child has ended."""
    reading, writing = os.pipe()
    # A signal handler must not block on a full pipe.
    os.set_blocking(writing, False)
    os.set_blocking(reading, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, _stop_asked)
    # A handler that does nothing, because Python writes to the pipe only for signals that have one.
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return reading


_stopping = False


def _stop_asked(number: int, frame: FrameType | None) -> None:
    # Only a flag: a handler can run between any two lines of the loop.
    global _stopping
    _stopping = True


def _keep(parts: list[SupervisedProcess], signals: int, lifeline: tuple[int, int]) -> None:
    while not _stopping:
        for part in _dead(parts):
            part.start(lifeline)
        select.select([signals], [], [], 1.0)
        try:
            os.read(signals, 4096)
        except BlockingIOError:
            continue


def _dead(parts: list[SupervisedProcess]) -> list[SupervisedProcess]:
    """The processes that have ended without being asked."""
    dead = []
    for part in parts:
        status = part.end_status()
        if status is not None:
            part.died(status)
            dead.append(part)
    return dead


def _wait_until_up(parts: list[SupervisedProcess]) -> bool:
    """Whether the web process answers; False: told to stop before that. A failed start is refused."""
    until = time.monotonic() + UP
    while not _stopping:
        if any(part.end_status() is not None for part in parts):
            raise StartFailed
        if _web_answers():
            return True
        if time.monotonic() > until:
            raise WebSilent(
                Sentence("The web process did not answer within {seconds:g} seconds.", seconds=UP)
            )
        time.sleep(0.03)
    return False


def _web_answers() -> bool:
    here = settings.ENVIRONMENT
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(here.host, here.host)  # noqa: S104 - compared
    # Not urllib, which would ask the proxy that http_proxy names for an address of this machine.
    asked = http.client.HTTPConnection(host, here.port, timeout=2)
    try:
        asked.request("GET", "/healthz")
        return asked.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def _stop(parts: list[SupervisedProcess]) -> None:
    """Ask every process to finish, and kill it after ``GRACE``."""
    for part in parts:
        if part.pid:
            os.kill(part.pid, signal.SIGTERM)
    until = time.monotonic() + supervisor.GRACE
    again = time.monotonic() + AGAIN
    for part in parts:
        while part.pid:
            if part.end_status() is not None:
                break
            if time.monotonic() > again:
                again = time.monotonic() + AGAIN
                _ask_all_of(part)
            elif time.monotonic() > until:
                os.kill(part.pid, signal.SIGKILL)
                os.waitpid(part.pid, 0)
                part.pid = 0
            else:
                time.sleep(0.02)


def _ask_all_of(part: SupervisedProcess) -> None:
    """Signal the whole process group again: a process that was just starting may have missed the first."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(part.pid, signal.SIGTERM)


def welcome_text(begin_at: str) -> str:
    """What is printed at the start: the address, and how to begin."""
    lines = ["", f"  Bookonce is at {settings.BASE_URL}", ""]
    if begin_at:
        lines += [
            "  Nobody works here yet. Open this address to begin; it is yours alone, and good once:",
            f"    {begin_at}",
            "  or look around with a sample workspace, in a second terminal:",
            f"    {printed_command('demo')}",
            "",
        ]
    return "\n".join([*lines, "  Ctrl-C stops it.", ""])
