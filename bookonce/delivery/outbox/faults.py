"""Faults of our own while a message is made: which of them pass, and how they are told."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import Error as DatabaseFailed

from bookonce.delivery.outbox.errors import NotDelivered, Unmakeable
from bookonce.foundation.errors import DatabaseUnavailable

PASSING = (NotDelivered, DatabaseFailed, DatabaseUnavailable, OSError, MemoryError)
"""What a later attempt may not meet any more."""


@contextmanager
def refuse_unmakeable() -> Iterator[None]:
    """Turn an exception of whatever makes a message into ``Unmakeable``, unless it may pass.

    The same rows would meet the same fault at every attempt, for days, and nobody would learn of it.
    """
    try:
        yield
    except PASSING:
        raise
    except Exception as fault:
        raise Unmakeable(f"{Unmakeable.REASON}: {place_of_fault(fault)}") from fault


def place_of_fault(fault: Exception) -> str:
    """Type and line of an exception, without its text, which may hold an address or a token."""
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [frame for frame in frames if "bookonce" in frame.filename] or list(frames)
    where = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return f"{type(fault).__name__}{where}"
