"""Locking, holding and giving back a host's time, inside the transaction of an operation of bookings."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from bookonce.domain.accounts.models import Member
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.calendars.queries import reload_calendar
from bookonce.domain.diary.models import Diary, HeldTime, Hold
from bookonce.foundation.database import guarded_rows
from bookonce.foundation.database.transactions import requires_transaction

HOLD_MINUTES = timedelta(minutes=10)


def diaries_of(calendar_id: uuid.UUID) -> QuerySet[Diary]:
    """The diaries of the calendar's hosts, by id: the order in which they are locked."""
    return Diary.objects.filter(member__hosting__calendar_id=calendar_id).order_by("pk")


@requires_transaction
def lock_hosts(known: Calendar) -> tuple[Calendar, list[Diary]]:
    """Lock the diaries of this calendar's hosts until the transaction ends, in one statement, by id.

    With them comes the calendar as it is: the one that is known, unless it has changed meanwhile. On
    SQLite the one writer is lock enough.
    """
    found = guarded_rows.fetch_models(_LOCK[connection.vendor], [guarded_rows.sql_uuid(known.pk)], Diary)
    calendar = known if found[0][1] == known.version else reload_calendar(known.pk)
    hosts = [diary for diary, _ in found]
    for diary in hosts:
        if diary.member_id == calendar.owner.pk:
            diary.member = calendar.owner
    return calendar, hosts


_HOSTS = f"""
SELECT {guarded_rows.select_columns(Diary, "diary")}, calendar.version FROM bookonce_calendar AS calendar
JOIN bookonce_calendarhost AS hosting ON hosting.calendar_id = calendar.id
JOIN bookonce_diary AS diary ON diary.member_id = hosting.member_id
WHERE calendar.id = %s ORDER BY diary.id
"""
_LOCK = {"postgresql": f"{_HOSTS} FOR UPDATE OF diary", "sqlite": _HOSTS}


@requires_transaction
def lock_hosts_of_booking(booking_id: uuid.UUID, calendar_id: uuid.UUID) -> list[Diary]:
    """Lock what a change of this booking touches: its hosts and those of its calendar, by id.

    Returned are the calendar's alone: whoever hosts it no more is offered to nobody.
    """
    holding = Diary.objects.filter(held__booking_id=booking_id).values("pk")
    hosting = Q(pk__in=diaries_of(calendar_id).order_by().values("pk"))
    locked = (
        Diary.objects.filter(hosting | Q(pk__in=holding))
        .annotate(hosts=ExpressionWrapper(hosting, BooleanField()))
        .order_by("pk")
        .select_related("member__person")
        .select_for_update(of=("self",))
    )
    return [diary for diary in locked if diary.hosts]


def build_held_time(
    diary: Diary, calendar: Calendar, *, booking_id: uuid.UUID, starts_at: datetime, ends_at: datetime
) -> HeldTime:
    """The row that holds this time, not written yet: ``insert_unless_conflict`` writes it past the guard."""
    return HeldTime(
        diary=diary,
        booking_id=booking_id,
        starts_at=starts_at,
        ends_at=ends_at,
        before=calendar.buffer_before,
        after=calendar.buffer_after,
    )


@requires_transaction
def release_time(booking_id: uuid.UUID) -> None:
    """Give back the time that a booking holds. The host's diary is locked by the caller."""
    HeldTime.objects.filter(booking_id=booking_id).delete()


@requires_transaction
def place_hold(
    diary: Diary,
    *,
    link_id: uuid.UUID,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    until: datetime | None,
) -> Hold:
    """Keep this slot of a host for the link's holder for ten minutes; a link keeps one, the last pick wins.

    Picking the same slot again while it is kept adds ten minutes to the end that it has, once; after that
    it lapses when it was going to, twenty minutes after the pick at most. ``until``: when the link itself
    ends; no hold outlives it.
    """
    standing = {hold.diary_id: hold for hold in Hold.objects.filter(link_id=link_id)}
    hold = standing.pop(diary.pk, None) or Hold(link_id=link_id, diary=diary, until=now)
    again = hold.until > now and (hold.starts_at, hold.ends_at) == (starts_at, ends_at)
    if standing:
        Hold.objects.filter(link_id=link_id, diary_id__in=[*standing]).delete()
    if again and hold.kept:
        return hold
    lapses = (hold.until if again else now) + HOLD_MINUTES
    hold.starts_at, hold.ends_at = starts_at, ends_at
    hold.until, hold.kept = min(lapses, until or lapses), again
    hold.save()
    return hold


@requires_transaction
def drop_hold(link_id: uuid.UUID) -> None:
    """Forget the slot that was kept for this link."""
    Hold.objects.filter(link_id=link_id).delete()


@requires_transaction
def open_diary(member: Member) -> Diary:
    """A diary for a new member, whose row is locked whenever their time is given away."""
    return Diary.objects.create(member=member)
