"""Processes that end together: a child notices that its parent is gone, however it went.

The parent keeps one end of a pipe and never writes; when it dies, even by SIGKILL, the child reads the
end of the file. Nothing lingers, on every system, without asking over and over.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable

GRACE = 30.0
"""Seconds that requests in flight and letters being sent are given to finish."""


def stop_with_parent(gone: Callable[[], object]) -> None:
    """Ask this process to stop, as SIGTERM would, once ``gone`` returns; insist after a while."""

    def watch() -> None:
        gone()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def wait_until_closed(pipe: int) -> Callable[[], object]:
    """Returns once the other end of the pipe is closed."""
    return lambda: os.read(pipe, 1)
