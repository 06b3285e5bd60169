"""The least time that a person needs for a form; one that comes sooner is refused (rule 13 of a link)."""

from __future__ import annotations

from math import ceil

from bookonce.foundation import clock
from bookonce.interfaces.pages.errors import TooQuick

HUMAN_DELAY = 2.0
"""Seconds between a page and its form below which no person presses."""
ROUNDING = 0.01
"""The resolution of a form token's time, in seconds; it may be rounded up."""


def milliseconds_to_wait(shown_at: float) -> int:
    """Milliseconds that the script of a page first shown at ``shown_at`` waits before it sends the form."""
    left = HUMAN_DELAY + ROUNDING - (clock.now_precise() - shown_at)
    return max(0, ceil(left * 1000))


def require_human_delay(shown_at: float) -> None:
    """Raise ``TooQuick`` where the first page was shown less than two seconds ago."""
    # Not now(), which is cut to whole seconds: little more than one second would count as two.
    if clock.now_precise() - shown_at < HUMAN_DELAY:
        raise TooQuick
