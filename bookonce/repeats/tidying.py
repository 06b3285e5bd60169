"""What calls with an Idempotency-Key have left behind: kept while they may be repeated, then forgotten.

That is for seven days, and for as long as what was made or acted on lives: a link until it is used up, a
batch while one of its links lives, a booking until it is over, a calendar until it is archived.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from django.db.models import Q

from bookonce import tokens
from bookonce.bookings.models import Booking
from bookonce.calendars.models import Calendar
from bookonce.doors import door
from bookonce.links.models import Link
from bookonce.repeats.models import RepeatableCall

KEPT = timedelta(days=7)
FEW = 500
"""So many are looked at in one step: others wait no longer for the one writer than for a booking."""
REST = timedelta(hours=1)
"""From the end of one walk to the beginning of the next."""

Keys = Collection[uuid.UUID]


class Walk:
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
            with door():
                RepeatableCall.objects.filter(pk__in=over).delete()
        return len(over)


def _alive(names: Collection[str], since: datetime) -> set[str]:
    """Those of these public ids whose things live, or have lived after this instant."""
    alive: set[str] = set()
    for prefix, living in LIVING.items():
        keys = {key: name for name in names if (key := tokens.key_of(prefix, name)) is not None}
        if keys:
            alive |= {keys[key] for key in living(keys.keys(), since)}
    return alive


def _links(since: datetime) -> Q:
    ended = Q(used_at__lt=since) | Q(revoked_at__lt=since) | Q(expires_at__lt=since)
    return ~ended & (Q(calendar__archived_at=None) | Q(calendar__archived_at__gte=since))


def _living_links(keys: Keys, since: datetime) -> Collection[uuid.UUID]:
    return Link.objects.filter(_links(since), pk__in=keys).values_list("pk", flat=True)


def _living_batches(keys: Keys, since: datetime) -> Collection[uuid.UUID]:
    return Link.objects.filter(_links(since), batch__in=keys).values_list("batch_id", flat=True).distinct()


def _living_bookings(keys: Keys, since: datetime) -> Collection[uuid.UUID]:
    stands = Q(cancelled_at=None) | Q(cancelled_at__gte=since)
    return Booking.objects.filter(stands, ends_at__gte=since, pk__in=keys).values_list("pk", flat=True)


def _living_calendars(keys: Keys, since: datetime) -> Collection[uuid.UUID]:
    used = Q(archived_at=None) | Q(archived_at__gte=since)
    return Calendar.objects.filter(used, pk__in=keys).values_list("pk", flat=True)


LIVING: dict[str, Callable[[Keys, datetime], Collection[uuid.UUID]]] = {
    "lnk": _living_links,
    "bat": _living_batches,
    "bkg": _living_bookings,
    "cal": _living_calendars,
}
