"""Pausing links after a restored backup, and releasing them (promise 29).

A backup does not know what was booked after it was made: a link that is active in it may have been used
since. So whatever could be used sooner or later is paused until its owner says otherwise. ``redeem`` and
every other reader of a link's state see it in ``STATE_SQL``.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from django.db.models import F, QuerySet

from bookonce.delivery.outbox.bulk import event_pattern, record_events
from bookonce.domain.links import operations as links
from bookonce.domain.links.models import Link
from bookonce.domain.links.queries import REVOKED, USED, effective_state
from bookonce.foundation import tokens
from bookonce.foundation.database import failpoints
from bookonce.foundation.database.guarded_rows import RowPattern
from bookonce.foundation.database.transactions import requires_transaction, transaction
from bookonce.foundation.errors import WrongState

AT_ONCE = 500
"""Links of one transaction: so many are written well before anybody else has waited for a quarter second."""
MOST = 5_000
"""Links that one call releases: whoever waits for the answer waits no longer than a second or two."""


def pause_links(*, by: str, now: datetime) -> None:
    """Pause every link of every workspace that is not revoked; what is paused already stays as it is.

    A used link stays used, and an expired one expired (``state_of``). Should its booking give it back, or its
    owner extend it, it is paused then: perhaps that had happened before, and it was used a second time.
    """

    def pause(found: Sequence[Link]) -> None:
        _write(found, paused_at=now)
        _record("link.paused", found, by=by, now=now)
        failpoints.failpoint("pause.written")

    _in_turn(Link.objects.filter(revoked_at=None, paused_at=None), pause)


def release_links(workspace_id: uuid.UUID, *, by: str, now: datetime, most: int = MOST) -> int:
    """Release the paused links of this workspace, oldest first; returns how many links that freed.

    ``most`` at a time, in several transactions: whoever books meanwhile with one of them meets it paused or
    released. Ended links lose their mark too, which is told in no trail and not counted.
    """
    released = 0

    def release(found: Sequence[Link]) -> None:
        nonlocal released
        _write(found, paused_at=None)
        released += _record("link.released", found, by=by, now=now)

    marked = Link.objects.filter(workspace_id=workspace_id, paused_at__isnull=False)
    waiting = marked.filter(used_at=None, revoked_at=None)
    _in_turn(waiting, release, most=most)
    if not waiting.exists():
        _in_turn(marked, release, most=most)
    return released


def release_link(link: Link, *, by: str, now: datetime) -> Link:
    """Let a paused link work again. One that is not paused: unchanged.

    ``WrongState`` where it is used or revoked, or its calendar archived: there is nothing to release.
    """
    with transaction():
        link = links.lock_link(link.pk)
        if effective_state(link, now=now) in (USED, REVOKED):
            raise WrongState("Only a link that is neither used nor revoked can be released.")
        if link.paused_at is not None:
            end_pause(link)
            links.record_event("link.released", link, by=by, now=now)
            failpoints.failpoint("release.written")
    return link


@requires_transaction
def end_pause(link: Link) -> None:
    """Take the pause from a link that the caller has locked, and whose event the caller records."""
    links.update_link(link, paused_at=None)


def _in_turn(
    which: QuerySet[Link], act: Callable[[Sequence[Link]], None], *, most: int | None = None
) -> None:
    """Act on these links by the hundred, each time in a transaction of its own; on ``most`` of them."""
    # Locked in the order of their ids: two who lock many at once would else wait for each other.
    ordered = which.order_by("id").select_for_update(no_key=True)
    after, left = uuid.UUID(int=0), most
    while left is None or left > 0:
        with transaction():
            found = list(ordered.filter(id__gt=after)[: AT_ONCE if left is None else min(AT_ONCE, left)])
            if not found:
                return
            act(found)
        after, left = found[-1].pk, None if left is None else left - len(found)


@requires_transaction
def _write(found: Sequence[Link], *, paused_at: datetime | None) -> None:
    keys = [link.pk for link in found]
    Link.objects.filter(pk__in=keys).update(paused_at=paused_at, version=F("version") + 1)


@requires_transaction
def _record(kind: str, found: Sequence[Link], *, by: str, now: datetime) -> int:
    """Record the event for each link that has not ended otherwise; returns for how many."""
    told = [link for link in found if link.used_at is None and link.revoked_at is None]
    record_events(_events(kind, told, by=by, now=now))
    return len(told)


def _events(
    kind: str, found: Sequence[Link], *, by: str, now: datetime
) -> Iterator[tuple[RowPattern, tuple[str, str, str]]]:
    for link in found:
        event = links.new_event(kind, link, by=by, now=now)
        yield event_pattern(event), (tokens.new_id().hex, link.pk.hex, json.dumps(event.data))
