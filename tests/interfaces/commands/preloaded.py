"""``bookonce`` loaded once: each line of stdin, the word of a command, becomes a process that runs it.

To load the program is most of what a start costs. The processes are otherwise like any: each has a group
of its own, whose id is printed, and ends as it would.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable

os.environ["DJANGO_SETTINGS_MODULE"] = "bookonce.settings"


def load() -> None:
    """Load what a process would load before the processes part, as ``bookonce serve`` does."""
    import django

    django.setup()

    from bookonce.interfaces.commands import serve, web, worker  # noqa: F401 - so that no process has to load them


def bear(begin: Callable[[str], str] = str.strip) -> None:
    """A process for each line, until there is none: ``begin`` makes a word of it."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        word = begin(line)
        pid = os.fork()
        if pid == 0:
            _be(word)
        _let_leave_home(pid)
        print(pid, flush=True)


def _let_leave_home(pid: int) -> None:
    """Wait until the process has a group of its own: who kills the group sooner kills nobody."""
    with contextlib.suppress(ProcessLookupError):
        while os.getpgid(pid) != pid:
            time.sleep(0.001)


def _be(word: str) -> None:
    from bookonce import cli

    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        code = cli.main([word])
    finally:
        os._exit(code)


if __name__ == "__main__":
    load()
    bear()
