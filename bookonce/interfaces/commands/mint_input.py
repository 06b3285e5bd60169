"""What ``bookonce mint`` is told about its links: label, expiry, a table of recipients, judged as in the API.

Imported only where something is told: pydantic takes a fifth of the command's start.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from datetime import datetime, timedelta
from pathlib import Path

from bookonce.domain.calendars.models import Calendar
from bookonce.domain.links.operations import LinkOptions
from bookonce.domain.schemas.link_options import link_options_of, options_of_row, phone_rules
from bookonce.domain.schemas.links import Row, Shared
from bookonce.domain.schemas.parsing import RequestBody, validate
from bookonce.domain.schemas.recipient_csv import RecipientTable, parse_recipient_csv
from bookonce.foundation.errors import Invalid, Sentence

FAULTS = 20
"""The most faults that are printed."""


class Recipients(RequestBody):
    """The rows of a table, as a batch takes them."""

    recipients: list[Row]


def shared_options(args: argparse.Namespace, calendar: Calendar, *, now: datetime) -> LinkOptions:
    """The shared options, validated like those of the API."""
    said = {"label": args.label}
    if args.expires:
        said["expires_at"] = _expiry(args.expires, now=now)
    try:
        return LinkOptions(**link_options_of(validate(Shared, said), calendar, now=now))
    except Invalid as refused:
        errors = refused.data["errors"]
        # The field is called expires_at, the option --expires.
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
    # Without an offset it is unclear which zone is meant: the shell's, the calendar's or the owner's.
    if at is None or at.tzinfo is None:
        raise Invalid(("/expires", "Say 2027-01-31T18:00:00Z (with its offset), or 14d for days from now."))
    return at.isoformat(timespec="seconds")


def read_recipients(name: str, *, most: int) -> RecipientTable:
    """The table in this file (``-``: from standard input), or ``Invalid``; its rows are not judged yet."""
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
    if not 1 <= len(table.rows) <= most:
        raise Invalid(("/csv", Sentence("Give from 1 to {most} rows below the line of names.", most=most)))
    return table


def options_of_rows(table: RecipientTable, calendar: Calendar, shared: LinkOptions) -> list[LinkOptions]:
    """The options of each row's link, or ``Invalid`` with the faults of all rows."""
    try:
        rows = validate(Recipients, {"recipients": table.recipients()}, phone_rules(calendar)).recipients
    except Invalid as refused:
        raise Invalid(*(("/csv", fault) for fault in table.faults(refused)[:FAULTS])) from None
    return [options_of_row(row, shared) for row in rows]


def write_recipients(table: RecipientTable, urls: list[str]) -> None:
    """Print the table as CSV, each row with the address of its link."""
    # csv writes CR LF by default, and shell tools would take the CR as part of the link.
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow([*table.columns, "url"])
    out.writerows([*cells, url] for cells, url in zip(table.rows, urls, strict=True))
