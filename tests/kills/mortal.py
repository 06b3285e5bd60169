"""A nursery of mortal processes: ``bookonce web`` and ``worker`` as they run, but for where they die.

Each line that it reads, ``web book.written:3:all``, becomes a process: as one of its group reaches the
point for the third time, SIGKILL ends all of them; with ``one``, that process alone.

``BOOKONCE_TEST_FAULT=early`` lets bookings be answered before they are committed, to see that the kill
tests notice.
"""

from __future__ import annotations

import os
import signal
import threading
from datetime import timedelta

from tests.interfaces.commands import preloaded

LEASE = timedelta(seconds=2)
"""What a killed worker had in hand is taken over after so long; three minutes in the product."""

FAULT = "BOOKONCE_TEST_FAULT"


def main() -> None:
    preloaded.load()

    from bookonce.delivery.outbox import worker as deliverer
    from bookonce.foundation.database import failpoints

    deliverer.run_worker.__kwdefaults__["lease"] = LEASE
    if os.environ.get(FAULT) == "early":
        from tests.kills import early

        early.answer_early()

    def begin(line: str) -> str:
        part, _, kill = line.strip().partition(" ")
        failpoints.watch_failpoints(Killer(*kill.split(":")) if kill else None)
        return part

    preloaded.bear(begin)


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
