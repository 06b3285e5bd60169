"""``bookonce mint``: one-time links, a line each; or a table of people in, the same table with links out."""

from __future__ import annotations

import argparse
import csv
import io
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bookonce.domain.bookings.guest_details import NAME, is_phone, one_line
from bookonce.domain.calendars.errors import CalendarUnknown
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.links.minting import mint_many
from bookonce.domain.links.operations import Terms
from bookonce.foundation import clock, email_addresses, tokens
from bookonce.foundation.errors import Invalid
from bookonce.interfaces.commands import prepare

MOST = 100_000
LABEL = 200
OURS = ("name", "email", "phone", "label")


def run(args: argparse.Namespace) -> None:
    """Mint, and print every address after all of them are committed."""
    prepare.prepare()
    now = clock.now()
    calendar = find(args.calendar)
    shared = Terms(label=_label(args.label), expires_at=_expiry(args.expires, calendar, now=now))
    if args.csv is None:
        count = 1 if args.count is None else args.count
        if not 1 <= count <= MOST:
            raise Invalid(("/count", f"Say a number from 1 to {MOST}."))
        made = mint_many(calendar, [shared] * count, by="cli", via="cli", now=now, label=shared.label)
        sys.stdout.writelines(f"{url}\n" for url in made.urls)
        return
    if args.count is not None:
        raise Invalid(("/count", "Leave it out with --csv: every row gets one link."))
    table = _read(args.csv)
    terms = [_terms(row, shared, line) for line, row in enumerate(table.rows, 2)]
    made = mint_many(calendar, terms, by="cli", via="cli", now=now, label=shared.label)
    _write(table, made.urls)


def find(name: str) -> Calendar:
    """The calendar by id, by ``workspace/calendar`` or, where only one has it, by its slug alone."""
    standing = Calendar.objects.filter(archived_at=None).select_related("workspace")
    key = tokens.key_of("cal", name)
    if key is not None:
        found = list(standing.filter(pk=key))
    elif "/" in name:
        workspace, _, slug = name.partition("/")
        found = list(standing.filter(workspace__slug=workspace, slug=slug))
    else:
        found = list(standing.filter(slug=name)[:5])
    if len(found) > 1:
        which = " or ".join(f"{calendar.workspace.slug}/{calendar.slug}" for calendar in found)
        raise CalendarUnknown(f"Several workspaces have a calendar {name}. Say which one: {which}.")
    if not found:
        known = ", ".join(f"{calendar.workspace.slug}/{calendar.slug}" for calendar in standing[:20])
        raise CalendarUnknown(f"There is no calendar {name}. There is: {known or 'none yet'}.")
    return found[0]


def _label(text: str) -> str:
    label = one_line(text)
    if len(label) > LABEL:
        raise Invalid(("/label", f"Shorten the label to {LABEL} characters."))
    return label


def _expiry(text: str | None, calendar: Calendar, *, now: datetime) -> datetime | None:
    if not text:
        days = calendar.workspace.link_days
        return now + timedelta(days=days) if days else None
    ahead = re.fullmatch(r"(\d{1,4})d", text)
    if ahead and int(ahead[1]):
        return now + timedelta(days=int(ahead[1]))
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Invalid(("/expires", "Say 2027-01-31T18:00:00Z (with its offset), or 14d for days from now."))
    if at <= now:
        raise Invalid(("/expires", "Say a time that is still to come."))
    return clock.whole_seconds(at.astimezone(UTC))


class _Table:
    """What came in: the names of its columns, in order, and its rows."""

    def __init__(self, text: str) -> None:
        reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
        try:
            self.columns = [name.strip() for name in reader.fieldnames or ()]
            reader.fieldnames = self.columns
            self.rows = list(reader)
        except csv.Error as wrong:
            raise Invalid(("/csv", f"Line {reader.line_num} is not CSV: {wrong}.")) from None
        if not set(OURS[:3]) & set(self.columns):
            raise Invalid(("/csv", "The first line must name the columns: name, email, phone or label."))
        if "url" in self.columns:
            raise Invalid(("/csv", "Rename the column url: the links are written there."))
        for line, row in enumerate(self.rows, 2):
            if None in row or None in row.values():
                raise Invalid(("/csv", f"Row {line} has not as many values as there are columns."))


def _read(name: str) -> _Table:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        table = _Table(data.decode())
    except OSError as refused:
        raise Invalid(("/csv", f"{name} cannot be read ({refused.strerror}).")) from None
    except UnicodeDecodeError:
        raise Invalid(("/csv", f"{name} is not text in UTF-8. Save it as “CSV UTF-8”.")) from None
    if not 1 <= len(table.rows) <= MOST:
        raise Invalid(("/csv", f"Give from 1 to {MOST} rows below the line of names."))
    return table


def _terms(row: dict[str, str], shared: Terms, line: int) -> Terms:
    name, email, phone, label = (one_line(row.get(column, "")) for column in OURS)
    mend = email_addresses.problem(email) if email else None
    faults = (
        (len(name) > NAME, f"Row {line}, name: Shorten it to {NAME} characters."),
        (mend, f"Row {line}, email: {mend}"),
        (phone and not is_phone(phone), f"Row {line}, phone: Enter one like +49 30 123456."),
        (len(label) > LABEL, f"Row {line}, label: Shorten it to {LABEL} characters."),
    )
    for is_wrong, sentence in faults:
        if is_wrong:
            raise Invalid(("/csv", sentence))
    return replace(
        shared,
        label=label or shared.label,
        recipient_name=name,
        recipient_email=email,
        recipient_phone=phone,
    )


def _write(table: _Table, urls: list[str]) -> None:
    out = csv.DictWriter(sys.stdout, [*table.columns, "url"], lineterminator="\n")
    out.writeheader()
    for row, url in zip(table.rows, urls, strict=True):
        out.writerow(row | {"url": url})
