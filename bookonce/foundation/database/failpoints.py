"""Named points in operations at which a test can wait, look, or kill the process.

Outside tests there is no watcher, and a point costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable

_watcher: Callable[[str], None] | None = None


def failpoint(point: str) -> None:
    """Call the watcher, if there is one, with the name of this point."""
    if _watcher is not None:
        _watcher(point)


def watch_failpoints(watcher: Callable[[str], None] | None) -> None:
    """Set the watcher that is called at every point, in every thread; None: no watcher."""
    global _watcher
    _watcher = watcher
