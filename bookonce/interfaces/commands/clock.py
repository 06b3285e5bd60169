"""``bookonce clock``: says whether this machine's clock is trusted; ``--accept`` takes it for right."""

from __future__ import annotations

import argparse

from bookonce.delivery.outbox.operations import bring_forward, forget_beats_ahead
from bookonce.foundation import clock, rate_limits
from bookonce.foundation.database import clock_readings
from bookonce.foundation.database.transactions import allow_doubted_clock, transaction
from bookonce.interfaces.commands import prepare
from bookonce.interfaces.commands.clock_check import describe_doubt, describe_lead


def run(args: argparse.Namespace) -> int:
    """Print what is known; 1 where the clock is doubted still, or behind what has happened already."""
    # Nothing here is made or read with the key, and whoever has lost it may have to mend the clock first.
    prepare.prepare(needs_key=False)
    doubt = clock.current_doubt()
    if doubt is not None and not args.accept:
        print(describe_doubt(doubt))
        return 1
    if args.accept:
        accept_clock()
    elif clock.is_ahead():
        print(describe_lead())
        return 1
    print(f"This machine's clock is trusted: {clock.now():%Y-%m-%d %H:%M:%S} UTC")
    return 0


def accept_clock() -> None:
    """Believe the machine's clock, in all its processes; what waits for an undone time is due now."""
    with allow_doubted_clock(), transaction():
        clock_readings.accept_clock()
        bring_forward(now=clock.now())
        forget_beats_ahead()
    rate_limits.forget_counts_ahead(now=clock.now_precise())
