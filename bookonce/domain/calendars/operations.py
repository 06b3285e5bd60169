"""Making, changing and archiving calendars."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db import transaction as django_transaction
from django.db.models import Q

from bookonce.delivery.outbox import operations as outbox
from bookonce.domain import availability
from bookonce.domain.accounts.models import Member, Workspace
from bookonce.domain.accounts.operations import slug_of
from bookonce.domain.calendars.errors import CalendarChanged, SlugTaken
from bookonce.domain.calendars.models import Calendar, CalendarHost
from bookonce.domain.calendars.queries import terms_before_saving
from bookonce.foundation import tokens
from bookonce.foundation.database import failpoints
from bookonce.foundation.database.transactions import transaction
from bookonce.foundation.errors import Invalid, json_pointer

OFFICE_HOURS = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def create_calendar(
    owner: Member,
    *,
    name: str,
    by: str,
    now: datetime,
    hosts: Sequence[Member] = (),
    key: UUID | None = None,
    **terms: Any,
) -> Calendar:
    """Create a calendar in the owner's workspace; fields that are left out have the defaults of docs/api.md.

    ``SlugTaken`` where the slug is another calendar's; without one a free one is made. ``Invalid`` names
    every faulty field. ``key``, an id for the calendar, makes this repeatable: a second call with it returns
    the calendar of the first.
    """
    calendar = build_calendar(owner, name=name, now=now, **terms)
    # Before the transaction, so that nobody else waits while it is judged.
    require_valid(calendar)
    with transaction():
        if key is not None:
            if (made := _made_before(calendar, key)) is not None:
                return made
            calendar.pk = key
        if terms.get("slug"):
            _save(calendar, now=now, force_insert=True)
        else:
            _save_under_free_slug(calendar, slug_of(name, otherwise="calendar"), now=now, force_insert=True)
        _set_hosts(calendar, hosts or [owner])
        _record_event("calendar.created", calendar, by=by, now=now)
    return calendar


def build_calendar(owner: Member, *, name: str, now: datetime, **terms: Any) -> Calendar:
    """An unsaved calendar with these fields, and defaults for all others."""
    terms = {"minutes": [30], "hours": OFFICE_HOURS, "zone": owner.person.zone} | terms
    return Calendar(workspace=owner.workspace, name=name, created_at=now, changed_at=now, **terms)


def change_calendar(
    calendar: Calendar,
    *,
    by: str,
    now: datetime,
    hosts: Sequence[Member] | None = None,
    version: int | None = None,
    **terms: Any,
) -> Calendar:
    """Change the named fields of a calendar, all or none; errors as in ``create_calendar``.

    ``version``: the version that the change is based on; ``CalendarChanged`` where it is another by now.
    """
    with transaction():
        calendar = _locked(calendar)
        if version not in (None, calendar.version):
            raise CalendarChanged(now_is=calendar)
        # Before the new values are set: an event names what differs, and none is written where nothing does.
        changed = _changed(calendar, terms, hosts)
        for name, value in terms.items():
            setattr(calendar, name, value)
        calendar.version += 1
        calendar.changed_at = now
        require_valid(calendar)
        _save(calendar, now=now, update_fields=[*terms, "version", "changed_at"])
        if hosts is not None:
            calendar.hosting.all().delete()
            _set_hosts(calendar, hosts)
        if changed:
            _record_event("calendar.changed", calendar, by=by, now=now, fields=changed)
    return calendar


def _changed(calendar: Calendar, terms: Mapping[str, Any], hosts: Sequence[Member] | None) -> list[str]:
    """The names of the fields that change, sorted."""
    changed = {name for name, value in terms.items() if getattr(calendar, name) != value}
    if hosts is not None and [host.pk for host in hosts] != list(
        calendar.hosting.values_list("member", flat=True)
    ):
        changed.add("hosts")
    return sorted(changed)


def _record_event(kind: str, calendar: Calendar, *, by: str, now: datetime, **more: Any) -> None:
    """Save an event of a calendar that asks for no delivery. Of changed fields it holds the names alone."""
    data = {"calendar": tokens.public_id("cal", calendar.pk), "name": calendar.name, "slug": calendar.slug}
    told = outbox.new_event(kind, workspace_id=calendar.workspace_id, now=now, by=by, data=data | more)
    outbox.record_event(told)


def duplicate_calendar(
    calendar: Calendar, *, name: str, by: str, now: datetime, key: UUID | None = None
) -> Calendar:
    """Create a calendar with the rules and hosts of this one, under another name and slug; without its links.

    It is link only, so that nobody books what is about to be changed. ``key`` as in ``create_calendar``.
    """
    fields = [field.attname for field in Calendar._meta.concrete_fields if field.name not in OWN]
    terms = {field: getattr(calendar, field) for field in fields}
    terms["visibility"] = Calendar.Visibility.LINK_ONLY
    copy = Calendar(name=name, created_at=now, changed_at=now, **terms)
    with transaction():
        if key is not None:
            if (made := _made_before(copy, key)) is not None:
                return made
            copy.pk = key
        _save_under_free_slug(copy, slug_of(name, otherwise="calendar"), now=now, force_insert=True)
        hosting = calendar.hosting.select_related("member").order_by("position", "id")
        _set_hosts(copy, [host.member for host in hosting])
        of = tokens.public_id("cal", calendar.pk)
        _record_event("calendar.created", copy, by=by, now=now, copy_of=of)
    return copy


def archive_calendar(calendar: Calendar, *, by: str, now: datetime) -> None:
    """Archive the calendar: no page, no link of it takes a booking any more. Its bookings stay.

    Again: unchanged.
    """
    with transaction():
        # The whole row, not without its key: bookings under way hold that, and must have ended before this is
        # answered (promise 5).
        calendar = _locked(calendar, with_key=True)
        if calendar.archived_at is not None:
            return
        calendar.archived_at, calendar.changed_at = now, now
        calendar.version += 1
        calendar.save(update_fields=["archived_at", "changed_at", "version"])
        _record_event("calendar.archived", calendar, by=by, now=now)
        failpoints.failpoint("archive.written")


def restore_calendar(calendar: Calendar, *, by: str, now: datetime) -> Calendar:
    """Restore an archived calendar with its links, under its own slug; with a number where that was taken."""
    with transaction():
        calendar = _locked(calendar)
        if calendar.archived_at is None:
            return calendar
        archived_at, calendar.archived_at, calendar.changed_at = calendar.archived_at, None, now
        calendar.version += 1
        # While it was archived, a calendar in use may have asked for its slug (see _save).
        wished = _slug_given_up(calendar, archived_at, now=now) or calendar.slug
        fields = ["archived_at", "changed_at", "version", "slug"]
        _save_under_free_slug(calendar, wished, now=now, update_fields=fields)
        _record_event("calendar.restored", calendar, by=by, now=now)
    return calendar


OWN = ("id", "name", "slug", "created_at", "changed_at", "version", "archived_at")
"""Fields that a duplicate does not copy."""

# Two hyphens: no owner can choose them (``Slug``), and ``slug_of`` makes none.
GIVEN_UP_AT = "--%y%m%d%H%M%S"
"""The suffix of a slug that an archived calendar had to give up: when it did."""
GIVEN_UP_BEFORE = re.compile(r"(?P<slug>.+)-(?P<at>\d{12})", re.ASCII)
"""Such a slug of before 0.2.0, whose form an owner's own may have as well."""


def _slug_given_up(calendar: Calendar, archived_at: datetime, *, now: datetime) -> str | None:
    """The slug that this calendar gave up after it was archived; None where it still has it."""
    slug, sign, _ = calendar.slug.rpartition("--")
    if sign:
        return slug
    old = GIVEN_UP_BEFORE.fullmatch(calendar.slug)
    if old is None:
        return None
    try:
        at = datetime.strptime(f"{old['at']}+0000", "%y%m%d%H%M%S%z")
    except ValueError:
        return None
    # An owner's own digits are hardly ever a time at which the calendar was archived.
    return old["slug"] if archived_at.replace(microsecond=0) <= at <= now else None


def _locked(calendar: Calendar, *, with_key: bool = False) -> Calendar:
    # Of the joined rows the calendar alone: a lock on the workspace would hold up all that is written in it.
    found = Calendar.objects.select_related("workspace").select_for_update(of=("self",), no_key=not with_key)
    return found.get(pk=calendar.pk)


def require_valid(calendar: Calendar) -> None:
    """Raise ``Invalid`` with every fault of its fields."""
    problems = availability.rule_problems(*terms_before_saving(calendar))
    if problems:
        places = {json_pointer("/exceptions", one["on"]): n for n, one in enumerate(calendar.exceptions)}
        raise Invalid(*((_placed(at, places), mend) for at, mend in problems))


def _placed(at: str, places: Mapping[str, int]) -> str:
    """The pointer into the request, where exceptions are a list; the rules have them by date."""
    for dated, number in places.items():
        if at == dated or at.startswith(f"{dated}/"):
            return f"/exceptions/{number}/hours{at.removeprefix(dated)}"
    return at


def _made_before(calendar: Calendar, key: UUID) -> Calendar | None:
    """The calendar with this key, or None; a concurrent call with the key waits here for the first."""
    # The workspace is locked, since the calendar that a concurrent call makes cannot be yet. Its key is not:
    # every booking refers to it, and would wait.
    Workspace.objects.select_for_update(no_key=True).get(pk=calendar.workspace_id)
    return Calendar.objects.filter(workspace_id=calendar.workspace_id, pk=key).first()


def _save_under_free_slug(calendar: Calendar, wished: str, *, now: datetime, **how: Any) -> None:
    """Save it under the wished slug, with a number where a calendar in use has that."""
    while True:
        calendar.slug = _free_slug(calendar, wished)
        try:
            return _save(calendar, now=now, **how)
        except SlugTaken:
            # Somebody took it since the look, so look again; where it is free still, something else is wrong.
            if _free_slug(calendar, wished) == calendar.slug:
                raise


def _free_slug(calendar: Calendar, wished: str) -> str:
    standing = Calendar.objects.filter(workspace_id=calendar.workspace_id, archived_at=None)
    slug, number = wished, 1
    while standing.filter(slug=slug).exists():
        number += 1
        # 55, so that the number fits into the column's 60.
        slug = f"{wished[:55].rstrip('-')}-{number}"
    return slug


def _save(calendar: Calendar, *, now: datetime, **how: Any) -> None:
    """Save it; an archived calendar gives up a slug that one in use asks for."""
    archived = Calendar.objects.filter(workspace_id=calendar.workspace_id, slug=calendar.slug)
    archived = archived.exclude(Q(pk=calendar.pk) | Q(archived_at=None))
    # A savepoint, so that a refused slug leaves the caller's transaction usable. The time in a slug that is
    # given up keeps it apart from others of that name.
    try:
        with django_transaction.atomic():
            # 46, since the hyphens and the time take 14 of the column's 60.
            archived.update(slug=f"{calendar.slug[:46].rstrip('-')}{now:{GIVEN_UP_AT}}")
            calendar.save(**how)
    except IntegrityError:
        raise SlugTaken(errors=[{"pointer": "/slug", "detail": SlugTaken.sentence}]) from None


def _set_hosts(calendar: Calendar, hosts: Sequence[Member]) -> None:
    CalendarHost.objects.bulk_create(
        CalendarHost(calendar=calendar, member=member, position=position)
        for position, member in enumerate(hosts)
    )
