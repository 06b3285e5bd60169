"""Named points of the operations, at which a test can wait, look, or kill the process.

In the product nobody watches, and reaching a point costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable

_watcher: Callable[[str], None] | None = None


def failpoint(point: str) -> None:
    """Say that this point is reached."""
    if _watcher is not None:
        _watcher(point)


def watch_failpoints(watcher: Callable[[str], None] | None) -> None:
    """Let this watcher be told of every point, in whatever thread; None: nobody."""
    global _watcher
    _watcher = watcher
