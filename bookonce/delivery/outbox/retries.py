"""How often a delivery is tried, and how long it waits in between."""

from __future__ import annotations

import random
from datetime import timedelta

from bookonce.delivery.outbox.errors import NotDelivered

TRIES, TRIES_AFTER_NO = 200, 3
"""Attempts before a delivery is dead: some two days; fewer where the other side refused for good."""
# Half an hour at most: a server may be back before any worker has sent it something (see _note_server).
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=30)


def tries_after(why: NotDelivered) -> int:
    """The attempts that a delivery has in all, once one has failed like this."""
    return 1 if why.at_once else TRIES_AFTER_NO if why.for_good else TRIES


def wait_after(attempts: int) -> timedelta:
    """The wait before the next attempt: exponential backoff with full jitter.

    Full jitter, so that deliveries that failed together are not retried together.
    """
    # The exponent has a limit of its own: a timedelta overflows before ``min`` could cut it.
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts - 1, 20))
    return timedelta(seconds=1 + int(random.uniform(0, longest.total_seconds())))  # noqa: S311 - no secret
