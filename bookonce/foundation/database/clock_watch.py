"""The thread of a web process that looks at the clock when nobody asks.

A step is noticed within seconds, so that it has stood for long enough by the time a guest comes; and the last
instant is recorded, on machines without a worker too.
"""

from __future__ import annotations

import contextlib
import time

from django.db import Error as DatabaseFailed
from django.db import connection

from bookonce.foundation import clock
from bookonce.foundation.database import clock_readings
from bookonce.foundation.database.transactions import Busy, transaction
from bookonce.foundation.errors import DatabaseUnavailable

LOOK_EVERY, RECORD_EVERY = 5.0, 60.0
"""Seconds."""
LOOK_AMID_DOUBT = 1.0
"""Seconds between two looks while a step is doubted: a person who accepts it waits for them."""


def watch_clock() -> None:
    """Look at the clock for ever."""
    recorded = time.monotonic()
    while True:
        time.sleep(seconds_to_next_look())
        is_due = time.monotonic() - recorded > RECORD_EVERY
        look_at_clock(record=is_due)
        recorded = time.monotonic() if is_due else recorded


def seconds_to_next_look() -> float:
    """How long nobody need look at the clock."""
    return LOOK_AMID_DOUBT if clock.is_doubted() else LOOK_EVERY


def look_at_clock(*, record: bool) -> None:
    """Settle a doubt, and record the last instant where ``record`` says so and nobody is held up by it."""
    try:
        if not clock_readings.settle_doubt_if_any() and record:
            # A database that is busy or away is asked again a minute later.
            with contextlib.suppress(Busy, DatabaseFailed, DatabaseUnavailable), transaction(wait=False):
                clock_readings.record_reading()
    finally:
        connection.close()
