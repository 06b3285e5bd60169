"""What calls with an Idempotency-Key have left behind: kept while they may be repeated, then forgotten.

That is for seven days, and for as long as what was made or acted on lives: a link until it is used up, a
batch while one of its links lives, a booking until it is over, a calendar until it is archived.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from bookonce.foundation import tokens
from bookonce.foundation.database.transactions import transaction
from bookonce.foundation.idempotency.models import RepeatableCall

KEPT = timedelta(days=7)
FEW = 500
"""So many are looked at in one step: others wait no longer for the one writer than for a booking."""
REST = timedelta(hours=1)
"""From the end of one walk to the beginning of the next."""

FindInUse = Callable[[Collection[uuid.UUID], datetime], Collection[uuid.UUID]]
"""Of these keys, those whose things are in use, or were so after this instant."""

_in_use: dict[str, FindInUse] = {}


def remember_while_in_use(prefix: str, find_in_use: FindInUse) -> None:
    """Keep calls that made a thing whose public id has this prefix for as long as ``find_in_use`` names it.

    A room of the domain says so of its own things in ``apps.py``: this room knows none of them.
    """
    _in_use[prefix] = find_in_use


class CallCleanup:
    """A walk through all that is kept, oldest first, a few at each step."""

    def __init__(self) -> None:
        self.reached = 0
        self.rests_until: datetime | None = None

    def step(self, now: datetime) -> int:
        """Look at the next few, and forget those that nobody may repeat any more; how many that were."""
        if self.rests_until is not None and now < self.rests_until:
            return 0
        since = now - KEPT
        found = list(
            RepeatableCall.objects.filter(pk__gt=self.reached).order_by("pk").only("at", "made")[:FEW]
        )
        old = [call for call in found if call.at < since]
        if len(old) < FEW:
            self.reached, self.rests_until = 0, now + REST
        else:
            self.reached, self.rests_until = old[-1].pk, None
        alive = _alive({call.made for call in old}, since)
        over = [call.pk for call in old if call.made not in alive]
        if over:
            with transaction():
                RepeatableCall.objects.filter(pk__in=over).delete()
        return len(over)


_walk = CallCleanup()


def forget_calls(now: datetime) -> int:
    """Forget the next few that nobody may repeat any more: this process's own walk goes on."""
    return _walk.step(now)


def _alive(names: Collection[str], since: datetime) -> set[str]:
    """Those of these public ids whose things live, or have lived after this instant."""
    alive: set[str] = set()
    for prefix, find_in_use in _in_use.items():
        keys = {key: name for name in names if (key := tokens.key_of(prefix, name)) is not None}
        if keys:
            alive |= {keys[key] for key in find_in_use(keys.keys(), since)}
    return alive
