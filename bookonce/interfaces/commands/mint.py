"""``bookonce mint``: one-time links, a line each; or a table of people in, the same table with links out."""

from __future__ import annotations

import argparse
import csv
import re
import sys
from datetime import datetime, timedelta
from pathlib import Path

from bookonce.domain.calendars.errors import CalendarUnknown
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.links.minting import mint_many
from bookonce.domain.links.operations import LinkOptions
from bookonce.domain.schemas.link_options import link_options_of, options_of_row, phone_rules
from bookonce.domain.schemas.links import Row, Shared
from bookonce.domain.schemas.parsing import RequestBody, validate
from bookonce.domain.schemas.recipient_csv import RecipientTable, parse_recipient_csv
from bookonce.foundation import clock, tokens
from bookonce.foundation.errors import Invalid, Sentence
from bookonce.interfaces.commands import prepare

MOST = 100_000
FAULTS = 20
"""The most faults that are printed."""


class Recipients(RequestBody):
    """The rows of a table, as a batch takes them."""

    recipients: list[Row]


def run(args: argparse.Namespace) -> None:
    """Mint links, and print their addresses once all of them are committed."""
    prepare.prepare()
    now = clock.now()
    calendar = find_calendar(args.calendar)
    shared = _shared(args, calendar, now=now)
    if args.csv is None:
        count = 1 if args.count is None else args.count
        if not 1 <= count <= MOST:
            raise Invalid(("/count", Sentence("Say a number from 1 to {most}.", most=MOST)))
        made = mint_many(calendar, [shared] * count, by="cli", via="cli", now=now, label=shared.label)
        sys.stdout.writelines(f"{url}\n" for url in made.urls)
        return
    if args.count is not None:
        raise Invalid(("/count", "Leave it out with --csv: every row gets one link."))
    table = _read(args.csv)
    terms = [options_of_row(row, shared) for row in _rows(table, calendar)]
    made = mint_many(calendar, terms, by="cli", via="cli", now=now, label=shared.label)
    _write(table, made.urls)


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


def _shared(args: argparse.Namespace, calendar: Calendar, *, now: datetime) -> LinkOptions:
    """The shared options, validated like those of the API."""
    said = {"label": args.label}
    if args.expires:
        said["expires_at"] = _expiry(args.expires, now=now)
    try:
        return LinkOptions(**link_options_of(validate(Shared, said), calendar, now=now))
    except Invalid as refused:
        errors = refused.data["errors"]
        named = ((error["pointer"].removesuffix("_at"), error["detail"]) for error in errors)
        raise Invalid(*named) from None


def _expiry(text: str, *, now: datetime) -> str:
    """The expiry as the API writes it."""
    ahead = re.fullmatch(r"(\d{1,4})d", text, re.ASCII)
    if ahead and int(ahead[1]):
        return (now + timedelta(days=int(ahead[1]))).isoformat(timespec="seconds")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Invalid(("/expires", "Say 2027-01-31T18:00:00Z (with its offset), or 14d for days from now."))
    return at.isoformat(timespec="seconds")


def _read(name: str) -> RecipientTable:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        table = parse_recipient_csv(data, other_columns=True)
    except OSError as refused:
        raise Invalid(
            ("/csv", Sentence("{name} cannot be read ({reason}).", name=name, reason=refused.strerror))
        ) from None
    except Invalid as refused:
        raise Invalid(*(("/csv", error["detail"]) for error in refused.data["errors"])) from None
    if "url" in table.columns:
        raise Invalid(("/csv", "Rename the column url: the links are written there."))
    if not 1 <= len(table.rows) <= MOST:
        raise Invalid(("/csv", Sentence("Give from 1 to {most} rows below the line of names.", most=MOST)))
    return table


def _rows(table: RecipientTable, calendar: Calendar) -> list[Row]:
    try:
        return validate(Recipients, {"recipients": table.recipients()}, phone_rules(calendar)).recipients
    except Invalid as refused:
        raise Invalid(*(("/csv", fault) for fault in table.faults(refused)[:FAULTS])) from None


def _write(table: RecipientTable, urls: list[str]) -> None:
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow([*table.columns, "url"])
    out.writerows([*cells, url] for cells, url in zip(table.rows, urls, strict=True))
