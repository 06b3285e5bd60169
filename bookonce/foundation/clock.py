"""The one clock. Everything below the interfaces takes ``now=`` and never asks for the time itself.

Instants are aware, in UTC and in whole seconds, as both databases store them.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

_lock = threading.Lock()
_anchor: tuple[float, float] = (0.0, 0.0)


def now() -> datetime:
    """The current instant, cut to the second; within a process it never goes backwards.

    When the machine's clock is set back, time goes on from the latest instant seen, so that an
    expired link stays expired (promise 30).
    """
    return datetime.fromtimestamp(int(now_precise()), UTC)


def now_precise() -> float:
    """Seconds since 1970 with their fraction, by this same clock: for rates and leases."""
    return _go_on(0.0)


def start_from(at: datetime) -> None:
    """Give the clock an instant that another process has seen: it never goes behind it."""
    _go_on(at.timestamp())


def _go_on(least: float) -> float:
    """The latest of: the machine's clock, the latest instant plus what has passed since, and ``least``."""
    global _anchor
    with _lock:
        # The monotonic clock is not set by anybody: it says how much time has really passed since the anchor.
        wall, tick = time.time(), time.monotonic()
        seen, seen_tick = _anchor
        at = max(wall, seen + (tick - seen_tick), least)
        _anchor = (at, tick)
        return at


def forget_latest() -> None:
    """Forget the latest instant: for tests that set the clock back."""
    global _anchor
    with _lock:
        _anchor = (0.0, 0.0)


def whole_seconds(at: datetime) -> datetime:
    """The instant in UTC without its fraction of a second (docs/api.md: fractions are cut off)."""
    return at.astimezone(UTC).replace(microsecond=0)


def instant_of_seconds(seconds: int) -> datetime:
    """Seconds since 1970 as an aware instant in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def seconds_of_instant(at: datetime) -> int:
    """An aware instant as whole seconds since 1970."""
    return int(at.timestamp())
