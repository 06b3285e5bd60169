"""Settings → Calendars: the list, duplicating, archiving and restoring."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from bookonce.domain.calendars import operations, queries
from bookonce.domain.calendars.errors import CalendarUnknown
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.links import queries as links
from bookonce.domain.schemas.types import NAME_LENGTH
from bookonce.foundation import tokens
from bookonce.interfaces.host.calendars.listing import (
    ListingQuery,
    address_of,
    listing_context,
    scheduling_link,
)
from bookonce.interfaces.host.shared import form_keys, frame
from bookonce.interfaces.host.shared.frame import HostRequest, signed_in
from bookonce.interfaces.pages.form_fields import FormFields

LIST: dict[str, Any] = {"section": "settings", "tab": "calendars"}
LONGEST_NAME = 120


def find_calendar_in_use(desk: HostRequest, name: str) -> Calendar:
    """The calendar by its public id, in this workspace and not archived; else ``CalendarUnknown``."""
    calendar = queries.find_including_archived(name, workspace_id=desk.workspace.pk)
    if calendar.archived_at is not None:
        raise CalendarUnknown
    return calendar


@signed_in("GET", fields=FormFields({"q": NAME_LENGTH}), is_list=True)
def list_calendars(desk: HostRequest) -> HttpResponse:
    """The list of calendars, with a notice of what was just done."""
    told = _archived(desk) or _restored(desk)
    return desk.page(
        "host/calendars.html",
        **LIST,
        told=told,
        form_token=form_keys.new_form_key(),
        **listing_context(desk, ListingQuery.of(desk)),
    )


def _archived(desk: HostRequest) -> dict[str, Any] | None:
    calendar = _named(desk, "archived")
    if calendar is None or calendar.archived_at is None:
        return None
    count, say = links.count_open_links([calendar.pk], now=desk.now).get(calendar.pk, 0), desk.voice.say
    return {
        "title": say("“{name}” is archived.", name=calendar.name),
        "words": desk.voice.count(
            "Its bookings stay. {count} open link no longer works.",
            "Its bookings stay. {count} open links no longer work.",
            count,
        )
        if count
        else say("Its bookings stay."),
        "undo": f"{address_of(calendar)}/restore",
    }


def _restored(desk: HostRequest) -> dict[str, Any] | None:
    calendar = _named(desk, "restored")
    if calendar is None or calendar.archived_at is not None:
        return None
    say, public = desk.voice.say, scheduling_link(calendar, desk.workspace.slug)
    return {
        "title": say("“{name}” is back.", name=calendar.name),
        "words": say("Its links work again, and its scheduling link is {address}.", address=public)
        if public
        else say("Its links work again."),
        "undo": "",
    }


def _named(desk: HostRequest, what: str) -> Calendar | None:
    name = desk.said.get(what)
    if name is None:
        return None
    try:
        return queries.find_including_archived(name, workspace_id=desk.workspace.pk)
    except CalendarUnknown:
        return None


@signed_in("POST")
def duplicate_calendar(desk: HostRequest, name: str) -> HttpResponse:
    """Duplicate a calendar, and open the duplicate's form."""
    calendar = find_calendar_in_use(desk, name)
    # Leaves room for the words around the name; the cut below is for longer translations.
    copied = desk.voice.say("{name} (copy)", name=calendar.name[: LONGEST_NAME - 20])
    key = form_keys.form_id(desk.request.POST, str(desk.member.pk), str(calendar.pk))
    copied = copied[:LONGEST_NAME]
    made = operations.duplicate_calendar(calendar, name=copied, by=desk.by, now=desk.now, key=key)
    return frame.redirect_to(f"{address_of(made)}?told=copied")


@signed_in("POST")
def archive_calendar(desk: HostRequest, name: str) -> HttpResponse:
    """Archive a calendar; the list offers to undo it."""
    # Archived ones too, so that a second press is answered like the first.
    calendar = queries.find_including_archived(name, workspace_id=desk.workspace.pk)
    operations.archive_calendar(calendar, by=desk.by, now=desk.now)
    return frame.redirect_to(_list_after(desk, archived=calendar))


@signed_in("POST")
def restore_calendar(desk: HostRequest, name: str) -> HttpResponse:
    """Restore an archived calendar."""
    calendar = queries.find_including_archived(name, workspace_id=desk.workspace.pk)
    operations.restore_calendar(calendar, by=desk.by, now=desk.now)
    return frame.redirect_to(_list_after(desk, restored=calendar))


def _list_after(desk: HostRequest, **done: Calendar) -> str:
    """Redirect to the list with its search and filter, and a notice of what was done."""
    return ListingQuery.of(desk).to(**{what: tokens.public_id("cal", one.pk) for what, one in done.items()})
