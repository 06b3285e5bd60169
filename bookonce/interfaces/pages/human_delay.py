"""The least time that a person's step takes: a form that comes back sooner is refused (rule 13 of a link)."""

from __future__ import annotations

from math import ceil

from bookonce.foundation import clock
from bookonce.interfaces.pages.errors import TooQuick

HUMAN_DELAY = 2.0
"""Seconds that no person is quicker than."""
ROUNDING = 0.01
"""A form token tells its time so exactly, perhaps rounded upwards."""


def milliseconds_to_wait(shown_at: float) -> int:
    """How long a page first shown at ``shown_at`` has to wait yet with a press; a script does."""
    left = HUMAN_DELAY + ROUNDING - (clock.now_precise() - shown_at)
    return max(0, ceil(left * 1000))


def require_human_delay(shown_at: float) -> None:
    """Raise ``TooQuick`` where the first page was shown less than two seconds ago."""
    if clock.now_precise() - shown_at < HUMAN_DELAY:
        raise TooQuick
