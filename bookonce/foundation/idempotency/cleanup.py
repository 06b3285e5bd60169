"""Deletes records of calls with an Idempotency-Key once they may not be repeated any more.

They are kept for seven days, and for as long as what was made or acted on is in use: a link until it is used
up, a batch while one of its links is in use, a booking until it is over, a calendar until it is archived.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from django.utils.module_loading import import_string

from bookonce.foundation import tokens
from bookonce.foundation.database.transactions import transaction
from bookonce.foundation.idempotency.models import RepeatableCall

KEPT = timedelta(days=7)
FEW = 500
"""Records of one step: few enough that other writers wait no longer than for a booking."""
REST = timedelta(hours=1)
"""The pause between two walks through all records."""

FindInUse = Callable[[Collection[uuid.UUID], datetime], Collection[uuid.UUID]]
"""Those of these keys whose objects are in use, or were so after this instant."""

_in_use: dict[str, str] = {}


def register_retention(prefix: str, path: str) -> None:
    """Keep records of objects whose public id has this prefix for as long as ``path`` returns them.

    ``path``: the dotted path of a ``FindInUse``, registered in ``apps.py``, because this room knows no model
    of the domain. It is imported when it is first asked: most processes never do.
    """
    _in_use[prefix] = path


class CallCleanup:
    """A walk through all records, oldest first, ``FEW`` at each step."""

    def __init__(self) -> None:
        self.reached = 0
        self.rests_until: datetime | None = None

    def step(self, now: datetime) -> int:
        """Look at the next few records and delete those that are over; returns how many."""
        if self.rests_until is not None and now < self.rests_until:
            return 0
        since = now - KEPT
        found = list(
            RepeatableCall.objects.filter(pk__gt=self.reached).order_by("pk").only("at", "made")[:FEW]
        )
        old = [call for call in found if call.at < since]
        # Fewer than asked for: the walk has come to the end, or to records too young, as all later ones are.
        if len(old) < FEW:
            self.reached, self.rests_until = 0, now + REST
        else:
            self.reached, self.rests_until = old[-1].pk, None
        alive = _alive({call.made for call in old}, since)
        over = [call.pk for call in old if call.made not in alive]
        # Looked for outside the transaction: most steps delete nothing, and need not wait for a writer.
        if over:
            with transaction():
                RepeatableCall.objects.filter(pk__in=over).delete()
        return len(over)


_walk = CallCleanup()


def forget_calls(now: datetime) -> int:
    """Go on with this process's walk by one step (a periodic job of the worker)."""
    return _walk.step(now)


def _alive(names: Collection[str], since: datetime) -> set[str]:
    """Those of these public ids whose objects are in use, or were so after this instant."""
    alive: set[str] = set()
    for prefix, path in _in_use.items():
        keys = {key: name for name in names if (key := tokens.parse_public_id(prefix, name)) is not None}
        if keys:
            find_in_use: FindInUse = import_string(path)
            alive |= {keys[key] for key in find_in_use(keys.keys(), since)}
    return alive
