"""Rows of a calendar's form that name dates with other hours, as entries of the API."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from bookonce.domain.schemas.calendars import MOST_EXCEPTIONS
from bookonce.foundation.errors import Sentence
from bookonce.interfaces.host.calendars.form import Row
from bookonce.interfaces.host.calendars.hours import hour_examples, ranges_of
from bookonce.interfaces.pages.language import ReaderLanguage

MOST_DAYS = 366
"""How many dates one row of exceptions may name."""
MOST_IN_ALL = 2_000
"""How many ranges of hours all rows may have together, counted for each date."""
TOO_MANY = Sentence(
    "Give at most {dates} dates with other hours, and {ranges} ranges of hours for all of them.",
    dates=MOST_EXCEPTIONS,
    ranges=MOST_IN_ALL,
)

Entries = list[dict[str, Any]]


def parse_exception_rows(
    rows: list[Row], voice: ReaderLanguage
) -> tuple[Entries, dict[str, str], list[tuple[str, str]]]:
    """(entry for each date, pointer → control, faults by control)"""
    entries: Entries = []
    places: dict[str, str] = {}
    faults: list[tuple[str, str]] = []
    ranges = 0
    for number, row in enumerate(rows):
        if not any(text.strip() for text in row.values()):
            continue
        at, hours = f"exceptions-{number}", ranges_of(row["hours"], voice)
        dates = _dates(row["from"].strip(), row["to"].strip())
        if not dates:
            faults.append((at, "Give a date, or a first and a last one at most a year apart."))
        elif hours is None:
            mend = "Write hours like {morning}, {afternoon}, or leave them out to close."
            faults.append((at, voice.say(mend, **hour_examples(voice))))
        else:
            ranges += len(dates) * len(hours)
            # Before it is written out: one row may stand for the hours of a year.
            if len(entries) + len(dates) > MOST_EXCEPTIONS or ranges > MOST_IN_ALL:
                return entries, places, [*faults, (at, TOO_MANY)]
            places |= {f"/exceptions/{len(entries) + day}": at for day in range(len(dates))}
            entries += [{"on": on.isoformat(), "hours": hours} for on in dates]
    return entries, places, faults


def _dates(first: str, last: str) -> list[date]:
    try:
        start = date.fromisoformat(first)
        end = date.fromisoformat(last) if last else start
    except ValueError:
        return []
    days = (end - start).days
    return [start + timedelta(days=day) for day in range(days + 1)] if 0 <= days < MOST_DAYS else []
