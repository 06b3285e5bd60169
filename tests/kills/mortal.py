"""A nursery of mortal processes: ``bookonce web`` and ``worker`` as they run, but for where they die.

It loads the program once. Each line that it reads, ``web book.written:3:all``, becomes a process in a
group of its own, whose id is printed: as one of that group reaches the point for the third time, SIGKILL
ends all of them; with ``one``, that process alone.

``BOOKONCE_TEST_FAULT=early`` lets bookings be answered before they are committed, to see that the kill
tests notice.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import timedelta

os.environ["DJANGO_SETTINGS_MODULE"] = "bookonce.settings"

LEASE = timedelta(seconds=2)
"""What a killed worker had in hand is taken over after so long; three minutes in the product."""

FAULT = "BOOKONCE_TEST_FAULT"


def main() -> None:
    import django

    django.setup()

    import bookonce.wsgi  # noqa: F401 - loaded before the processes part, as `bookonce serve` does
    from bookonce import cli, points
    from bookonce.management import web, worker  # noqa: F401 - so that no process has to load them
    from bookonce.outbox import worker as deliverer

    deliverer.run.__kwdefaults__["lease"] = LEASE
    if os.environ.get(FAULT) == "early":
        from tests.kills import early

        early.answer_early()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        part, _, kill = line.strip().partition(" ")
        points.watch(Killer(*kill.split(":")) if kill else None)
        pid = os.fork()
        if pid == 0:
            _be(part, cli.main)
        print(pid, flush=True)


def _be(part: str, run: Callable[[list[str]], int]) -> None:
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        code = run([part])
    finally:
        os._exit(code)


class Killer:
    """Counts how often a point is reached, and kills."""

    def __init__(self, point: str, nth: str, whom: str) -> None:
        self.point, self.left, self.whom = point, int(nth), whom
        self.lock = threading.Lock()

    def __call__(self, reached: str) -> None:
        if reached != self.point:
            return
        with self.lock:
            self.left -= 1
            if self.left:
                return
            os.write(2, f"killed at {self.point}\n".encode())
            if self.whom == "all":
                os.killpg(os.getpgid(0), signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
