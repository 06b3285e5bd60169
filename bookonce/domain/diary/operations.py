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
    """The diaries of the calendar's hosts, in the order in which they are locked: by id."""
    return Diary.objects.filter(member__hosting__calendar_id=calendar_id).order_by("pk")


@requires_transaction
def lock_hosts(known: Calendar) -> tuple[Calendar, list[Diary]]:
    """Lock the diaries of this calendar's hosts until the transaction ends, in one statement, by id.

    Returns also the calendar as it is now: ``known``, unless its version has changed. On SQLite nothing is
    locked: the transaction is the only writer.
    """
    found = guarded_rows.fetch_models(_LOCK[connection.vendor], [guarded_rows.sql_uuid(known.pk)], Diary)
    # The statement brings the version, so that the whole calendar is read again only where it has changed.
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
# The calendar's key is held too, as the booking's foreign key will hold it. Archiving takes the whole row:
# it waits for this booking, or this reads the row again, and with it the version (promise 5).
_LOCK = {"postgresql": f"{_HOSTS} FOR UPDATE OF diary FOR KEY SHARE OF calendar", "sqlite": _HOSTS}


@requires_transaction
def lock_hosts_of_booking(booking_id: uuid.UUID, calendar_id: uuid.UUID) -> list[Diary]:
    """Lock the diaries that a change of this booking touches, by id: its host's and its calendar's hosts'.

    Returns those of the calendar's hosts: a former host gives back time, but can be booked no more.
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
    """Free the time that a booking holds. The caller has locked the host's diary."""
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
    """Hold this slot of a host for a link for ten minutes; a link holds one slot, the latest pick wins.

    Picking the held slot again adds ten minutes to the end of the hold, once: it lapses twenty minutes after
    the first pick at most. ``until``: when the link expires; no hold outlives it.
    """
    standing = {hold.diary_id: hold for hold in Hold.objects.filter(link_id=link_id)}
    hold = standing.pop(diary.pk, None) or Hold(link_id=link_id, diary=diary, until=now)
    again = hold.until > now and (hold.starts_at, hold.ends_at) == (starts_at, ends_at)
    if standing:
        Hold.objects.filter(link_id=link_id, diary_id__in=[*standing]).delete()
    # Once only: picked again and again, a slot could be kept from everybody for ever.
    if again and hold.kept:
        return hold
    # From the end that it has, or asking early would gain nothing and use up the one time.
    lapses = (hold.until if again else now) + HOLD_MINUTES
    hold.starts_at, hold.ends_at = starts_at, ends_at
    hold.until, hold.kept = min(lapses, until or lapses), again
    hold.save()
    return hold


@requires_transaction
def drop_hold(link_id: uuid.UUID) -> None:
    """Remove the hold of this link."""
    Hold.objects.filter(link_id=link_id).delete()


@requires_transaction
def open_diary(member: Member) -> Diary:
    """Create the diary of a new member."""
    return Diary.objects.create(member=member)
