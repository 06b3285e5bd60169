"""Reading calendars: look-ups, schedule and rules as the engine takes them, owner and contact."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from bookonce.domain.accounts.models import Member, Person, Workspace
from bookonce.domain.availability import Range, Rules, Schedule
from bookonce.domain.calendars.errors import CalendarUnknown
from bookonce.domain.calendars.models import Calendar, CalendarHost
from bookonce.foundation import tokens
from bookonce.foundation.database import guarded_rows

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def rules_of(
    calendar: Calendar,
    *,
    minutes: int | None = None,
    window_from: date | None = None,
    window_to: date | None = None,
) -> Rules:
    """The calendar's rules, narrowed by a link's own length and window.

    The window is the intersection of both: neither can widen the other.
    """
    return _rules(_Kept(calendar), minutes, window_from, window_to)


def schedule_of(calendar: Calendar) -> Schedule:
    """The calendar's schedule, which is that of all its hosts."""
    return _schedule(_Kept(calendar))


def terms_before_saving(calendar: Calendar) -> tuple[Schedule, Rules]:
    """Schedule and rules of an unsaved calendar, which are not cached."""
    # Past the cache: its key would be that of the saved version.
    kept = _Kept(calendar)
    return _schedule.__wrapped__(kept), _rules.__wrapped__(kept, None, None, None)


class _Kept:
    """A version of a calendar as the key of a cache: its rules are made once."""

    __slots__ = ("calendar", "key")

    def __init__(self, calendar: Calendar) -> None:
        self.calendar, self.key = calendar, (calendar.pk, calendar.version)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept) and self.key == other.key


# Every change raises a calendar's version, so a cached value is never out of date, in any process.
@lru_cache(maxsize=1024)
def _schedule(kept: _Kept) -> Schedule:
    calendar = kept.calendar
    return Schedule(
        zone=calendar.zone,
        hours=tuple(parse_ranges(calendar.hours.get(day, [])) for day in DAYS),
        exceptions={
            date.fromisoformat(entry["on"]): parse_ranges(entry["hours"]) for entry in calendar.exceptions
        },
    )


@lru_cache(maxsize=1024)
def _rules(kept: _Kept, minutes: int | None, window_from: date | None, window_to: date | None) -> Rules:
    calendar = kept.calendar
    lengths = tuple(sorted(calendar.minutes))
    return Rules(
        lengths=(minutes,) if minutes else lengths,
        slot_step=calendar.slot_step or lengths[0],
        buffer_before=calendar.buffer_before,
        buffer_after=calendar.buffer_after,
        notice_minutes=calendar.notice_minutes,
        window_days=calendar.window_days,
        window_from=max(filter(None, (calendar.window_from, window_from)), default=None),
        window_to=min(filter(None, (calendar.window_to, window_to)), default=None),
        limit_per_day=calendar.limit_per_day,
        limit_per_week=calendar.limit_per_week,
    )


def parse_ranges(pairs: list[list[str]]) -> tuple[Range, ...]:
    """``[["09:00", "17:00"]]`` as minutes after midnight; "24:00" ends the day."""
    return tuple((_minutes(start), _minutes(end)) for start, end in pairs)


def _minutes(wall: str) -> int:
    hour, _, minute = wall.partition(":")
    return int(hour) * 60 + int(minute)


# Position 0 is the owner's: compared, it finds one row, where the least position would need a subquery.
WITH_OWNER = """
    JOIN bookonce_workspace AS workspace ON workspace.id = calendar.workspace_id
    JOIN bookonce_calendarhost AS hosting ON hosting.calendar_id = calendar.id AND hosting.position = 0
    JOIN bookonce_member AS member ON member.id = hosting.member_id
    JOIN bookonce_person AS person ON person.id = member.person_id
"""
"""SQL that joins a calendar's workspace and owner to it."""

OWNED = (Calendar, Workspace, Member, Person)
OWNED_COLUMNS = ", ".join(
    guarded_rows.select_columns(model, alias)
    for model, alias in zip(OWNED, ("calendar", "workspace", "member", "person"), strict=True)
)


def with_owner(calendar: Calendar, workspace: Workspace, member: Member, person: Person) -> Calendar:
    """The calendar with workspace and owner set, so that reading them costs no query."""
    calendar.workspace = workspace
    member.workspace, member.person = workspace, person
    calendar.owner = member
    return calendar


def reload_calendar(calendar_id: uuid.UUID) -> Calendar:
    """The calendar as it is now, archived or not, with its workspace and owner."""
    sql = f"SELECT {OWNED_COLUMNS} FROM bookonce_calendar AS calendar {WITH_OWNER} WHERE calendar.id = %s"
    [found] = guarded_rows.fetch_models(sql, [guarded_rows.sql_uuid(calendar_id)], *OWNED)
    return with_owner(*found)


def find_calendar(calendar: str | uuid.UUID, *, workspace_id: uuid.UUID) -> Calendar:
    """The calendar by key or slug, in this workspace alone; else ``CalendarUnknown``."""
    name = {"pk": calendar} if isinstance(calendar, uuid.UUID) else {"slug": calendar}
    found = Calendar.objects.filter(workspace_id=workspace_id, archived_at=None, **name)
    calendar_found = found.select_related("workspace").first()
    if calendar_found is None:
        raise CalendarUnknown
    return calendar_found


def find_public_calendar(workspace_slug: str, calendar_slug: str) -> Calendar:
    """The public calendar of a scheduling link; a link-only or archived one is ``CalendarUnknown`` too."""
    sql = f"""SELECT {OWNED_COLUMNS} FROM bookonce_calendar AS calendar {WITH_OWNER}
        WHERE workspace.slug = %s AND calendar.slug = %s
        AND archived_at IS NULL AND visibility = 'public'"""
    for found in guarded_rows.fetch_models(sql, [workspace_slug, calendar_slug], *OWNED):
        return with_owner(*found)
    raise CalendarUnknown


def is_public(calendar: Calendar) -> bool:
    """Whether it takes bookings without a link (``find_public_calendar``)."""
    return calendar.archived_at is None and calendar.visibility == Calendar.Visibility.PUBLIC


def hosts_of(calendar: Calendar) -> list[CalendarHost]:
    """The calendar's hosts in order, each with its member and person; the first is the owner."""
    # What a list has fetched for all its calendars; the query below would ask again for each of them.
    known = getattr(calendar, "_prefetched_objects_cache", {})
    if "hosting" in known:
        return list(known["hosting"])
    return list(calendar.hosting.select_related("member__person").order_by("position", "id"))


def contact_of(calendar: Calendar) -> dict[str, str]:
    """The contact on pages of dead links: the owner's name and e-mail, unless changed or hidden."""
    owner = calendar.owner.person
    return shown_contact(calendar.contact, name=owner.name, email=owner.email)


def shown_contact(said: Mapping[str, Any], *, name: str, email: str) -> dict[str, str]:
    """The contact as shown: the calendar's, else the owner's own; always with all four keys."""
    own = {"name": name, "email": email, "phone": "", "text": ""}
    return {key: (said[key] or "") if key in said else value for key, value in own.items()}


def format_lengths(lengths: list[int]) -> int | list[int]:
    """The lengths as the API writes them: one as a number, several as a list."""
    return lengths[0] if len(lengths) == 1 else lengths


def find_by_id_or_slug(name: str, *, workspace_id: uuid.UUID) -> Calendar:
    """The calendar by public id or slug, in this workspace alone; else ``CalendarUnknown``."""
    return find_calendar(tokens.parse_public_id("cal", name) or name, workspace_id=workspace_id)


def list_calendars(workspace_id: uuid.UUID) -> QuerySet[Calendar]:
    """The calendars in use of this workspace, each with its hosts."""
    hosting = CalendarHost.objects.select_related("member__person").order_by("position", "id")
    found = Calendar.objects.filter(workspace_id=workspace_id, archived_at=None)
    return found.select_related("workspace").prefetch_related(Prefetch("hosting", queryset=hosting))


def find_including_archived(name: str, *, workspace_id: uuid.UUID) -> Calendar:
    """The calendar by its public id, archived or not; else ``CalendarUnknown``."""
    key = tokens.parse_public_id("cal", name) or uuid.UUID(int=0)
    calendar = Calendar.objects.filter(workspace_id=workspace_id, pk=key).select_related("workspace").first()
    if calendar is None:
        raise CalendarUnknown
    return calendar


def search_calendars(words: str, *, workspace_id: uuid.UUID, archived: bool) -> QuerySet[Calendar]:
    """The calendars of this workspace whose name or address has each of these words in it."""
    found = Calendar.objects.filter(workspace_id=workspace_id, archived_at__isnull=not archived)
    # Each word is another pass over the names, so that their number is bounded (promise 25).
    for word in words.split()[:8]:
        found = found.filter(Q(name__icontains=word) | Q(slug__icontains=word))
    return found


def calendars_in_use(keys: Collection[uuid.UUID], since: datetime) -> Collection[uuid.UUID]:
    """Of these calendars, those that were not archived before this instant."""
    used = Q(archived_at=None) | Q(archived_at__gte=since)
    return Calendar.objects.filter(used, pk__in=keys).values_list("pk", flat=True)
