"""The one clock. Everything below the interfaces takes ``now=`` and never asks for the time itself.

Instants are aware, in UTC and in whole seconds, as both databases store them. A step of the machine's clock
is followed once it is believed (``trusted_time``); until then time goes on as measured since the machine's
start, and nothing may be written.
"""

from __future__ import annotations

import copy
import logging
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from bookonce.foundation.trusted_time import Reading, ServerClock, TrustedClock

log = logging.getLogger("bookonce.clock")

_lock = threading.Lock()
_trusted = TrustedClock()
_told: float | None = None
"""The offset of the step that is in the log."""

# On macOS CLOCK_MONOTONIC counts sleep, which Python's time.monotonic there does not.
_BOOT: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


@dataclass(frozen=True, slots=True)
class ClockDoubt:
    """A step of the machine's clock that is not believed (yet)."""

    machine: datetime
    """The time of the machine's clock."""
    trusted: datetime
    needs_person: bool
    """Whether it will not be believed by itself."""

    @property
    def seconds(self) -> int:
        """How far the machine's clock is ahead of ours; negative: behind."""
        return int((self.machine - self.trusted).total_seconds())


def wall_seconds() -> float:
    """The machine's clock, which anybody may set."""
    return time.time()


def boot_seconds() -> float:
    """Seconds since the machine was started, sleep included."""
    return time.monotonic() if _BOOT is None else time.clock_gettime(_BOOT)


def now() -> datetime:
    """The current instant, cut to the second; it never goes backwards, and follows no step that is doubted.

    So a link that has expired stays expired (promise 30), and nothing is written with a wrong instant.
    """
    return datetime.fromtimestamp(int(now_precise()), UTC)


def now_precise() -> float:
    """Seconds since 1970 with their fraction, by this same clock: for rates and leases."""
    with _lock:
        return _read()


def is_doubted() -> bool:
    """Whether a step of the machine's clock is not believed: nothing may be written then."""
    with _lock:
        _read()
        return _trusted.doubted is not None


def is_settled() -> bool:
    """Whether anything may be written: not in doubt, nor while a request may hold the time of before."""
    with _lock:
        _read()
        return _trusted.is_settled(_trusted.tick)


def settle_at_start() -> None:
    """As a process starts, nothing in it holds another time."""
    with _lock:
        _trusted.believed_at = float("-inf")


def current_doubt() -> ClockDoubt | None:
    """The step that is not believed; None: the machine's clock is trusted."""
    with _lock:
        return _doubt(_read())


def _read() -> float:
    at = _trusted.read(wall_seconds(), boot_seconds())
    step = _trusted.doubted
    # Two comparisons where all is well: this runs several times for each request.
    if (step.offset if step else None) != _told:
        _tell(at)
    return at


def _doubt(at: float) -> ClockDoubt | None:
    if _trusted.doubted is None:
        return None
    wall = wall_seconds()
    machine, trusted = instant_of_seconds(int(wall)), instant_of_seconds(int(at))
    return ClockDoubt(machine, trusted, _trusted.needs_person(wall))


def _tell(at: float) -> None:
    global _told
    doubt = _doubt(at)
    _told = _trusted.doubted.offset if _trusted.doubted else None
    if doubt is None:
        log.warning("this machine's clock is trusted again: %s", instant_of_seconds(int(at)))
    else:
        log.error(
            "this machine's clock was set to %s, while %s was due: nothing is written until that is settled; "
            "see `bookonce doctor`",
            doubt.machine,
            doubt.trusted,
        )


def resume_from(own: Reading | None, recorded: float | None, *, least: datetime | None = None) -> None:
    """Begin where the processes before have been (``TrustedClock.resume_from``)."""
    with _lock:
        _trusted.resume_from(
            own, recorded, wall_seconds(), boot_seconds(), least=least.timestamp() if least else 0.0
        )
        _read()


def weigh_evidence(own: Reading | None, recorded: float | None, server: ServerClock | None) -> None:
    """Settle a doubt by what others say (``TrustedClock.weigh_evidence``)."""
    with _lock:
        _trusted.weigh_evidence(own, recorded, server, wall_seconds(), boot_seconds())
        _read()


def accept_wall() -> None:
    """Take the machine's clock for right."""
    with _lock:
        _trusted.accept_wall(wall_seconds(), boot_seconds())
        _read()


def is_ahead() -> bool:
    """Whether time goes on from an instant that the machine's clock has still to come up to."""
    with _lock:
        _read()
        return _trusted.is_ahead()


def lower_to(recorded: float, lowered: int) -> None:
    """Follow a person who has turned the record back (``TrustedClock.lower_to``)."""
    with _lock:
        _trusted.lower_to(recorded, lowered)
        _read()


def current_state() -> TrustedClock:
    """A copy of what this process knows, for another one of this machine (``adopt_state``)."""
    with _lock:
        _read()
        return copy.copy(_trusted)


def adopt_state(state: TrustedClock) -> None:
    """Go on from what another process of this machine knows."""
    global _trusted
    with _lock:
        _trusted = state
        _read()


def forget_latest() -> None:
    """Forget all that was seen: for tests, which move the machine's clock."""
    global _trusted, _told
    with _lock:
        _trusted, _told = TrustedClock(), None


def whole_seconds(at: datetime) -> datetime:
    """The instant in UTC without its fraction of a second (docs/api.md: fractions are cut off)."""
    return at.astimezone(UTC).replace(microsecond=0)


def instant_of_seconds(seconds: int) -> datetime:
    """Seconds since 1970 as an aware instant in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def seconds_of_instant(at: datetime) -> int:
    """An aware instant as whole seconds since 1970."""
    return int(at.timestamp())
