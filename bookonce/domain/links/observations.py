"""Observations: that a link was opened or refused. Nothing is decided by them (rule 11 of a link).

At most one row for each link, kind of visitor and ten minutes (refused: also reason, and minute). Writing one
never waits for another writer; where it would, it is left out.
"""

from __future__ import annotations

import re
import threading
import uuid
from datetime import datetime

from django.db import DatabaseError, connection

from bookonce.domain.links.models import Link, Observation
from bookonce.foundation import clock
from bookonce.foundation.database import guarded_rows
from bookonce.foundation.database.transactions import Busy, transaction

OPENED, REFUSED = Observation.Kind.OPENED, Observation.Kind.REFUSED
EVERY = {OPENED: 600, REFUSED: 60}
"""Seconds within which equal observations are one row."""

# A wrong guess costs a count: nothing is decided by who a visitor seems to be.
_ROBOT = re.compile(
    r"bot\b|bot/|crawl|spider|preview|scan|fetch|slurp|facebookexternalhit|whatsapp|telegram|slack|skype"
    r"|discord|embedly|safelinks|proofpoint|mimecast|barracuda|googleimageproxy|headless|monitor|uptime"
    r"|python|curl|wget|httpx|okhttp|java/|go-http|libwww|node-fetch|axios|ruby",
    re.IGNORECASE,
)
# Some megabytes. What is forgotten costs an INSERT, which the constraint turns away.
_MOST = 20_000

_seen: set[tuple[uuid.UUID, str, str, str, int]] = set()
_lock = threading.Lock()


_NOTE = """
INSERT INTO bookonce_observation (link_id, kind, visitor, reason, at) SELECT %s, %s, %s, %s, %s
WHERE set_config('synchronous_commit', 'off', true) = 'off'
AND set_config('lock_timeout', '100ms', true) <> '' ON CONFLICT DO NOTHING
"""


def _without_waiting(observation: Observation) -> None:
    """Insert it as a transaction of its own that waits neither for the disk nor long for locks (PostgreSQL).

    ``set_config`` holds for this statement's transaction alone: a crash may lose observations, and nothing
    else. The lock is that of the link, to which the row refers.
    """
    told = (observation.link_id, observation.kind, observation.visitor, observation.reason, observation.at)
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, told)


def visitor_kind(agent: str) -> str:
    """Whether a User-Agent belongs to a person or to a robot: a preview, a scanner, a program."""
    robot = not agent.strip() or _ROBOT.search(agent)
    return Observation.Visitor.ROBOT if robot else Observation.Visitor.PERSON


def record_observation(link: Link, *, kind: str, visitor: str, now: datetime, reason: str = "") -> None:
    """Record that the link was opened or refused, unless that would mean waiting or fails."""
    span = EVERY[Observation.Kind(kind)]
    begin = clock.seconds_of_instant(now) // span * span
    this = (link.pk, kind, visitor, reason, begin)
    # Written by this process already: no query.
    if this in _seen:
        return
    observation = Observation(
        link_id=link.pk, kind=kind, visitor=visitor, reason=reason[:40], at=clock.instant_of_seconds(begin)
    )
    try:
        # Never inside a transaction: set_config would let its commit, too, go without the disk (promise 10).
        if connection.vendor == "postgresql" and not connection.in_atomic_block:
            _without_waiting(observation)
        else:
            with transaction(wait=False):
                guarded_rows.insert_unless_conflict(observation)
    except (Busy, DatabaseError):
        return
    with _lock:
        if len(_seen) >= _MOST:
            _seen.clear()
        _seen.add(this)
