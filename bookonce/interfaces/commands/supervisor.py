"""Processes that end together: a child notices that its parent is gone, whatever ended it.

The parent keeps one end of a pipe and never writes; when it dies, even by SIGKILL, the child reads the end of
the file. That works on every system, and without polling.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable

GRACE = 30.0
"""Seconds for requests and deliveries in flight to finish."""


def stop_with_parent(gone: Callable[[], object]) -> None:
    """Stop this process, as SIGTERM would, once ``gone`` returns; kill it after ``GRACE``."""

    def watch() -> None:
        gone()
        # By a signal, so that requests and deliveries in flight finish as on any other stop.
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE)
        # sys.exit would only end this thread.
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def wait_until_closed(pipe: int) -> Callable[[], object]:
    """Block until the other end of the pipe is closed."""
    return lambda: os.read(pipe, 1)
