"""``bookonce mint``: one-time links, a line each; or a table of people in, the same table with links out."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

from bookonce.domain.calendars.errors import CalendarUnknown
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.links.minting import mint_many
from bookonce.domain.links.operations import LinkOptions
from bookonce.foundation import clock, tokens
from bookonce.foundation.errors import Invalid, Sentence
from bookonce.interfaces.commands import prepare

MOST = 100_000


def run(args: argparse.Namespace) -> None:
    """Mint links, and print their addresses once all of them are committed."""
    prepare.prepare(on_existing=True)
    now = clock.now()
    calendar = find_calendar(args.calendar)
    shared = _shared_options(args, calendar, now=now)
    if args.csv is None:
        count = 1 if args.count is None else args.count
        if not 1 <= count <= MOST:
            raise Invalid(("/count", Sentence("Say a number from 1 to {most}.", most=MOST)))
        made = mint_many(calendar, [shared] * count, by="cli", via="cli", now=now, label=shared.label)
        sys.stdout.writelines(f"{url}\n" for url in made.urls)
        return
    if args.count is not None:
        raise Invalid(("/count", "Leave it out with --csv: every row gets one link."))
    # Imported here: it loads pydantic, a fifth of the start, which plain links do not need.
    from bookonce.interfaces.commands import mint_input

    table = mint_input.read_recipients(args.csv, most=MOST)
    options = mint_input.options_of_rows(table, calendar, shared)
    made = mint_many(calendar, options, by="cli", via="cli", now=now, label=shared.label)
    mint_input.write_recipients(table, made.urls)


def find_calendar(name: str) -> Calendar:
    """The calendar by id, by ``workspace/calendar`` or, where only one has it, by its slug alone."""
    standing = Calendar.objects.filter(archived_at=None).select_related("workspace")
    key = tokens.parse_public_id("cal", name)
    if key is not None:
        found = list(standing.filter(pk=key))
    elif "/" in name:
        workspace, _, slug = name.partition("/")
        found = list(standing.filter(workspace__slug=workspace, slug=slug))
    else:
        found = list(standing.filter(slug=name)[:5])
    if len(found) > 1:
        which = " or ".join(f"{calendar.workspace.slug}/{calendar.slug}" for calendar in found)
        raise CalendarUnknown(
            Sentence(
                "Several workspaces have a calendar {name}. Say which one: {which}.", name=name, which=which
            )
        )
    if not found:
        known = ", ".join(f"{calendar.workspace.slug}/{calendar.slug}" for calendar in standing[:20])
        raise CalendarUnknown(
            Sentence("There is no calendar {name}. There is: {known}.", name=name, known=known or "none yet")
        )
    return found[0]


def _shared_options(args: argparse.Namespace, calendar: Calendar, *, now: datetime) -> LinkOptions:
    if not (args.label or args.expires):
        return LinkOptions()
    from bookonce.interfaces.commands import mint_input

    return mint_input.shared_options(args, calendar, now=now)
