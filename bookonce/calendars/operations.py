"""Making, changing and archiving calendars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from bookonce import availability
from bookonce.accounts.models import Member
from bookonce.accounts.operations import slug_of
from bookonce.calendars.errors import SlugTaken
from bookonce.calendars.models import Calendar, CalendarHost
from bookonce.calendars.queries import rules_before_saving
from bookonce.doors import door
from bookonce.errors import Invalid

OFFICE_HOURS = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def create(
    owner: Member, *, name: str, now: datetime, hosts: Sequence[Member] = (), **terms: Any
) -> Calendar:
    """A new calendar of the owner's workspace; what is not said takes the defaults of docs/api.md.

    ``SlugTaken`` where a slug was asked for that another calendar has; without one a free one is made.
    ``Invalid`` names every rule that cannot be kept.
    """
    terms = {"minutes": [30], "hours": OFFICE_HOURS, "zone": owner.person.zone} | terms
    calendar = Calendar(workspace=owner.workspace, name=name, created_at=now, changed_at=now, **terms)
    _check(calendar)
    with door():
        calendar.slug = terms.get("slug") or _free_slug(calendar)
        _save(calendar, force_insert=True)
        _set_hosts(calendar, hosts or [owner])
    return calendar


def change(
    calendar: Calendar, *, now: datetime, hosts: Sequence[Member] | None = None, **terms: Any
) -> Calendar:
    """Change the named terms of a calendar, or nothing: ``Invalid`` and ``SlugTaken`` as in ``create``."""
    with door():
        calendar = (
            Calendar.objects.select_related("workspace").select_for_update(of=("self",)).get(pk=calendar.pk)
        )
        for name, value in terms.items():
            setattr(calendar, name, value)
        calendar.version += 1
        calendar.changed_at = now
        _check(calendar)
        _save(calendar, update_fields=[*terms, "version", "changed_at"])
        if hosts is not None:
            calendar.hosting.all().delete()
            _set_hosts(calendar, hosts)
    return calendar


def archive(calendar: Calendar, *, now: datetime) -> None:
    """Take the calendar out of use: no address, no link of it books any more. Its bookings stay."""
    with door():
        Calendar.objects.filter(pk=calendar.pk, archived_at=None).update(
            archived_at=now,
            changed_at=now,
            version=calendar.version + 1,
            slug=f"{calendar.slug[:40]}-{now:%y%m%d%H%M%S}",
        )


def _check(calendar: Calendar) -> None:
    problems = availability.problems(rules_before_saving(calendar))
    if problems:
        places = {f"/exceptions/{one['on']}": n for n, one in enumerate(calendar.exceptions)}
        raise Invalid(*((_placed(at, places), mend) for at, mend in problems))


def _placed(at: str, places: Mapping[str, int]) -> str:
    """The pointer as it is in what was sent: exceptions are a list there, and go by date in the rules."""
    for dated, number in places.items():
        if at == dated or at.startswith(f"{dated}/"):
            return f"/exceptions/{number}/hours{at.removeprefix(dated)}"
    return at


def _free_slug(calendar: Calendar) -> str:
    wished, number = slug_of(calendar.name), 1
    slug = wished
    while Calendar.objects.filter(workspace=calendar.workspace, slug=slug).exists():
        number += 1
        slug = f"{wished[:55]}-{number}"
    return slug


def _save(calendar: Calendar, **how: Any) -> None:
    try:
        with transaction.atomic():
            calendar.save(**how)
    except IntegrityError:
        raise SlugTaken(errors=[{"pointer": "/slug", "detail": SlugTaken.sentence}]) from None


def _set_hosts(calendar: Calendar, hosts: Sequence[Member]) -> None:
    CalendarHost.objects.bulk_create(
        CalendarHost(calendar=calendar, member=member, position=position)
        for position, member in enumerate(hosts)
    )
