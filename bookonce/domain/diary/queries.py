"""What is taken, and what is therefore open: one function behind offer and acceptance (promise 18)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from bookonce.domain import availability
from bookonce.domain.availability import Busy, HostTime, Rules, Schedule
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.diary.models import Diary, HeldTime, Hold
from bookonce.foundation import clock
from bookonce.foundation.database import guarded_rows

LONGEST = 24 * 60 * 60
"""Seconds of the longest meeting: so far back the index on starts is searched for what still goes on."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Busy time that is ignored: the booking that is being moved, the hold of the asking link."""

    booking_id: uuid.UUID | None = None
    link_id: uuid.UUID | None = None


NOTHING = Exclusion()


def hosts_of(calendar_id: uuid.UUID) -> list[int]:
    """The ids of the diaries of the calendar's hosts, in the order in which they are locked and chosen."""
    with connection.cursor() as cursor:
        cursor.execute(_HOSTS, [guarded_rows.sql_uuid(calendar_id)])
        return sorted(int(key) for (key,) in cursor.fetchall())


def diary_id_of(member_id: uuid.UUID) -> list[int]:
    """The id of the member's diary as a list, like ``hosts_of``; empty where they have none."""
    return [*Diary.objects.filter(member_id=member_id).values_list("pk", flat=True)]


def find_hold(link_id: uuid.UUID) -> Hold | None:
    """The hold of this link, also one that has lapsed (``until``); None where there is none."""
    return Hold.objects.filter(link_id=link_id).first()


# Sorted in Python: for ORDER BY PostgreSQL would walk through everybody's diaries.
_HOSTS = """
SELECT diary.id FROM bookonce_calendarhost AS hosting
JOIN bookonce_diary AS diary ON diary.member_id = hosting.member_id
WHERE hosting.calendar_id = %s
"""


def list_busy(
    diary_ids: Sequence[int], *, start: int, end: int, now: datetime, excluding: Exclusion = NOTHING
) -> dict[int, list[Busy]]:
    """Diary → its busy times (bookings, live holds) in [start, end), epoch seconds; for each of them."""
    # One statement for all hosts, so that a second host costs none. A hold wants no buffers of its own.
    span: list[Any] = [*diary_ids, _time(start - LONGEST), _time(end), _time(start)]
    values = [
        *span,
        _key(excluding.booking_id),
        *span,
        guarded_rows.sql_instant(now),
        _key(excluding.link_id),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_busy_sql(connection.vendor, len(diary_ids)), values)
        rows = cursor.fetchall()
    if len(diary_ids) == 1:  # nearly always, and then nothing has to be told apart
        busy = [(first, last, before * 60, after * 60) for _, first, last, before, after in rows]
        return {diary_ids[0]: busy}
    found: dict[int, list[Busy]] = {diary_id: [] for diary_id in diary_ids}
    for diary_id, first, last, before, after in rows:
        found[diary_id].append((first, last, before * 60, after * 60))
    return found


def open_hosts(
    calendar: Calendar,
    schedule: Schedule,
    rules: Rules,
    *,
    diary_ids: Sequence[int],
    minutes: int,
    start: int,
    end: int,
    now: datetime,
    excluding: Exclusion = NOTHING,
) -> Mapping[int, tuple[int, ...]]:
    """Each start on offer in [start, end) → the hosts free then, in the order given; epoch seconds.

    Pages, API and the booking transaction all ask here (promise 18).
    """
    if not diary_ids:
        return {}
    first, last = availability.busy_span(rules, minutes=minutes, start=start, end=end)
    busy = list_busy(diary_ids, start=first, end=last, now=now, excluding=excluding)
    return availability.open_hosts(
        [HostTime(diary_id, schedule, busy[diary_id]) for diary_id in diary_ids],
        rules,
        minutes=minutes,
        now=clock.seconds_of_instant(now),
        start=start,
        end=end,
        booked=booked_starts(calendar, schedule, rules, start=start, end=end, excluding=excluding),
    )


def booked_starts(
    calendar: Calendar,
    schedule: Schedule,
    rules: Rules,
    *,
    start: int,
    end: int,
    excluding: Exclusion = NOTHING,
) -> Sequence[int]:
    """Starts (epoch seconds) of this calendar's bookings that count for its limits; none without limits."""
    if rules.limit_per_day is None and rules.limit_per_week is None:
        return ()
    first, last = availability.limit_span(schedule, rules, start=start, end=end)
    held = HeldTime.objects.filter(
        booking__calendar_id=calendar.pk,
        booking__starts_at__gte=clock.instant_of_seconds(first),
        booking__starts_at__lt=clock.instant_of_seconds(last),
    ).exclude(booking_id=excluding.booking_id or uuid.UUID(int=0))
    return [clock.seconds_of_instant(at) for at in held.values_list("starts_at", flat=True)]


def _time(seconds: int) -> Any:
    return guarded_rows.sql_instant(clock.instant_of_seconds(seconds))


def _key(key: uuid.UUID | None) -> Any:
    return guarded_rows.sql_uuid(key or uuid.UUID(int=0))


_BUSY_SQL = """
SELECT diary_id, {start}, {end}, before, after FROM bookonce_heldtime
WHERE diary_id IN ({diaries}) AND starts_at > %s AND starts_at < %s AND ends_at > %s AND booking_id <> %s
UNION ALL SELECT diary_id, {start}, {end}, 0, 0 FROM bookonce_hold
WHERE diary_id IN ({diaries}) AND starts_at > %s AND starts_at < %s AND ends_at > %s AND until > %s
AND link_id <> %s
"""
_DIALECTS = {
    "postgresql": {
        "start": "extract(epoch FROM starts_at)::bigint",
        "end": "extract(epoch FROM ends_at)::bigint",
    },
    "sqlite": {"start": "unixepoch(starts_at)", "end": "unixepoch(ends_at)"},
}


@lru_cache(maxsize=64)
def _busy_sql(vendor: str, hosts: int) -> str:
    return _BUSY_SQL.format(**_DIALECTS[vendor], diaries=", ".join(["%s"] * hosts))
