"""What ``bookonce doctor`` and ``bookonce clock`` say of this machine's clock."""

from __future__ import annotations

from collections.abc import Iterator

from bookonce.delivery.outbox.queries import latest_instant
from bookonce.foundation import clock
from bookonce.foundation.clock import ClockDoubt
from bookonce.foundation.database import clock_readings
from bookonce.interfaces.commands.checks import FAIL, OK, WARN, CheckResult

APART = 5
"""Seconds by which two clocks may differ."""


def check_clock() -> Iterator[CheckResult]:
    """The machine's clock is trusted: a wrong one would close every slot, or revive an expired link."""
    clock_readings.resume_clock(latest_instant, record=False)
    doubt = clock.current_doubt()
    if doubt is not None:
        yield CheckResult(FAIL, "clock", describe_doubt(doubt))
        return
    behind = int(clock.now_precise() - clock.wall_seconds())
    apart = clock_readings.seconds_from_server()
    if behind > APART:
        yield CheckResult(WARN, "clock", describe_lead())
    elif apart is not None and abs(apart) > APART:
        detail = f"{apart:.0f} seconds ahead of that of PostgreSQL's server; set both by the network (NTP)"
        yield CheckResult(WARN, "clock", detail)
    else:
        yield CheckResult(OK, "clock", f"{clock.now():%Y-%m-%d %H:%M:%S} UTC")


def describe_lead() -> str:
    """By how much our time is ahead of the machine's clock, and the ways out."""
    behind = int(clock.now_precise() - clock.wall_seconds())
    return (
        f"the machine's clock is {describe_span(behind)} behind what has happened already: ours goes at half "
        "its pace until that has caught up. If that time was never real, run `bookonce clock --accept`"
    )


def describe_doubt(doubt: ClockDoubt) -> str:
    """What the step is, what it does, and how it ends."""
    ends = (
        "Set the machine's clock right; or, if it is right, run `bookonce clock --accept`"
        if doubt.needs_person
        else "It is believed once it has stood for two minutes, while `bookonce serve` runs; "
        "`bookonce clock --accept` believes it now"
    )
    return (
        f"the machine's clock says {doubt.machine:%Y-%m-%d %H:%M:%S} UTC, {describe_span(doubt.seconds)} "
        f"{'ahead of' if doubt.seconds > 0 else 'behind'} the time as far as it was measured; nothing can be "
        f"booked or changed meanwhile. {ends}"
    )


def describe_span(seconds: int) -> str:
    """How long that is, in the largest unit of which there are two."""
    long = abs(seconds)
    for unit, name in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if long >= 2 * unit:
            return f"{long // unit} {name}"
    return f"{long} seconds"
