"""What is taken, and what is therefore open: the one function behind offer and acceptance."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from bookonce.domain import availability
from bookonce.domain.availability import Busy, Rules
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.diary.models import Diary, HeldTime, Hold
from bookonce.foundation import clock
from bookonce.foundation.database import guarded_rows

LONGEST = 24 * 60 * 60
"""No meeting lasts longer (seconds), so that the index on starts alone finds what still goes on."""


@dataclass(frozen=True, slots=True)
class Apart:
    """What is not in the asker's way: their own booking (a move), their own link's hold."""

    booking_id: uuid.UUID | None = None
    link_id: uuid.UUID | None = None


NOTHING = Apart()


def first_of(calendar_id: uuid.UUID) -> int | None:
    """The diary of the calendar's first host, by the order in which they are locked."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, [guarded_rows.key(calendar_id)])
        return min((int(key) for (key,) in cursor.fetchall()), default=None)


def of_member(member_id: uuid.UUID) -> int | None:
    """The member's diary."""
    return Diary.objects.filter(member_id=member_id).values_list("pk", flat=True).first()


def hold_of(link_id: uuid.UUID) -> Hold | None:
    """The slot that is kept for this link, or was: whether it still is, ``until`` says."""
    return Hold.objects.filter(link_id=link_id).first()


# Without ORDER BY and LIMIT, for which PostgreSQL would walk through everybody's diaries.
_FIRST = """
SELECT diary.id FROM bookonce_calendarhost AS hosting
JOIN bookonce_diary AS diary ON diary.member_id = hosting.member_id
WHERE hosting.calendar_id = %s
"""


def busy_of(
    diary_id: int, *, start: int, end: int, now: datetime, apart: Apart = NOTHING, holds: bool = True
) -> list[Busy]:
    """Everything that takes this host's time in [start, end), epoch seconds: bookings and live holds."""
    span: list[Any] = [diary_id, _time(start - LONGEST), _time(end), _time(start)]
    sql, values = _HELD[connection.vendor], [*span, _key(apart.booking_id)]
    if holds:
        sql += _HOLDS[connection.vendor]
        values += [*span, guarded_rows.time(now), _key(apart.link_id)]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [(first, last, before * 60, after * 60) for first, last, before, after in cursor.fetchall()]


def open_slots(
    calendar: Calendar,
    rules: Rules,
    *,
    diary_id: int,
    minutes: int,
    start: int,
    end: int,
    now: datetime,
    apart: Apart = NOTHING,
) -> list[int]:
    """Starts (epoch seconds) in [start, end) that this host can be booked at.

    Page, API and the booking transaction all ask here (promise 18).
    """
    at = clock.seconds(now)
    first, last = availability.busy_span(rules, minutes=minutes, start=start, end=end)
    busy = busy_of(diary_id, start=first, end=last, now=now, apart=apart)
    booked = booked_of(calendar, rules, start=start, end=end, apart=apart)
    return availability.open_slots(
        rules, minutes=minutes, now=at, start=start, end=end, busy=busy, booked=booked
    )


def is_open(
    calendar: Calendar,
    rules: Rules,
    *,
    diary_id: int,
    minutes: int,
    at: int,
    now: datetime,
    apart: Apart = NOTHING,
) -> bool:
    """The same decision for one start."""
    return at in open_slots(
        calendar, rules, diary_id=diary_id, minutes=minutes, start=at, end=at + 1, now=now, apart=apart
    )


def booked_of(
    calendar: Calendar, rules: Rules, *, start: int, end: int, apart: Apart = NOTHING
) -> Sequence[int]:
    """Starts of this calendar's blocking bookings that count for its limits; none where it has none."""
    if rules.limit_per_day is None and rules.limit_per_week is None:
        return ()
    first, last = availability.limit_span(rules, start=start, end=end)
    held = HeldTime.objects.filter(
        booking__calendar_id=calendar.pk,
        booking__starts_at__gte=clock.instant(first),
        booking__starts_at__lt=clock.instant(last),
    ).exclude(booking_id=apart.booking_id or uuid.UUID(int=0))
    return [clock.seconds(at) for at in held.values_list("starts_at", flat=True)]


def _time(seconds: int) -> Any:
    return guarded_rows.time(clock.instant(seconds))


def _key(key: uuid.UUID | None) -> Any:
    return guarded_rows.key(key or uuid.UUID(int=0))


_HELD_SQL = """
SELECT {start}, {end}, before, after FROM bookonce_heldtime
WHERE diary_id = %s AND starts_at > %s AND starts_at < %s AND ends_at > %s AND booking_id <> {key}
"""
_HOLDS_SQL = """
UNION ALL SELECT {start}, {end}, 0, 0 FROM bookonce_hold
WHERE diary_id = %s AND starts_at > %s AND starts_at < %s AND ends_at > %s AND until > %s AND link_id <> {key}
"""
_DIALECTS = {
    "postgresql": {
        "start": "extract(epoch FROM starts_at)::bigint",
        "end": "extract(epoch FROM ends_at)::bigint",
        "key": "%s",
    },
    "sqlite": {"start": "unixepoch(starts_at)", "end": "unixepoch(ends_at)", "key": "%s"},
}
_HELD = {vendor: _HELD_SQL.format(**words) for vendor, words in _DIALECTS.items()}
_HOLDS = {vendor: _HOLDS_SQL.format(**words) for vendor, words in _DIALECTS.items()}
