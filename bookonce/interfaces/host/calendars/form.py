"""The form of a calendar as texts, exactly as typed, valid or not.

A calendar is written as such texts, a sent form is read into them, and rows are added and removed, all in one
shape. ``form_parsing`` makes the terms of a calendar of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.http import QueryDict

from bookonce.domain.availability.hours import DAYS
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.schemas.calendar_fields import NUMBERS, TEXTS
from bookonce.domain.schemas.calendars import MOST_EXCEPTIONS, MOST_OPTIONS, MOST_QUESTIONS, MOST_RANGES
from bookonce.domain.schemas.types import (
    KEY_LENGTH,
    LINE_LENGTH,
    LONG_TEXT_LENGTH,
    NAME_LENGTH,
    PARAGRAPH_LENGTH,
    SLUG_LENGTH,
    TEXT_LENGTH,
)
from bookonce.foundation import email_addresses, phones
from bookonce.foundation.phones import format_phone
from bookonce.interfaces.host.calendars.hours import format_wall_time, words_of
from bookonce.interfaces.pages.form_fields import OTHER, FormFields
from bookonce.interfaces.pages.language import ReaderLanguage

HOURS_LENGTH = 2_500
"""The most characters of the hours of an exception: as many ranges as a day may have, on either clock."""
ROWS_TOO_MANY = 20
"""So many rows beyond a limit are shown again, with what is wrong; of more only the limit is told."""
LIMITS = FormFields(
    dict.fromkeys(NUMBERS, OTHER)
    | dict.fromkeys(("zone", "other_minutes"), OTHER)
    | dict.fromkeys(("place_value", "place_value_was"), PARAGRAPH_LENGTH)
    | dict.fromkeys(("contact_name", "contact_name_was"), LINE_LENGTH)
    | dict.fromkeys(("contact_email", "contact_email_was"), email_addresses.LONGEST)
    | dict.fromkeys(("hours-*-from", "hours-*-to", "exceptions-*-from", "exceptions-*-to"), 40)
    | {
        "name": NAME_LENGTH,
        "slug": SLUG_LENGTH,
        "description": LONG_TEXT_LENGTH,
        "contact_phone": phones.LONGEST,
        "contact_text": TEXT_LENGTH,
        "exceptions-*-hours": HOURS_LENGTH,
        "questions-*-key": KEY_LENGTH,
        "questions-*-label": LINE_LENGTH,
        "questions-*-options": MOST_OPTIONS * (LINE_LENGTH + 1),
        "questions-*-help": TEXT_LENGTH,
    },
    rows={"hours": len(DAYS) * MOST_RANGES, "exceptions": MOST_EXCEPTIONS, "questions": MOST_QUESTIONS},
)
"""The most characters of each field of the form, and the most rows of each list."""

BESIDE = (
    "notice_unit", "contact_name_how", "contact_email_how", "version",
    "contact_name_was", "contact_email_was", "place_value_was", "place_left", "seal", "loaded",
)  # fmt: skip
"""Hidden fields of the form."""
LENGTHS = (15, 20, 30, 45, 60, 90)
"""The lengths with a checkbox; others are typed."""

RANGE, EXCEPTION = ("from", "to"), ("from", "to", "hours")
QUESTION = ("key", "label", "kind", "required", "options", "help")
UNITS = {"days": 1440, "hours": 60, "minutes": 1}
OWN, DEFAULT, HIDDEN = "own", "default", "hidden"
NEW_RANGE = ["09:00", "17:00"]

CHOSEN = ("contact_name", "contact_email")
"""Texts that count only beside one value of another control."""

Row = dict[str, str]


def is_changed(said: Mapping[str, str], name: str) -> bool:
    """Whether this field differs from what the form was loaded with."""
    text = said.get(name, "").strip()
    return bool(text) and text != said.get(f"{name}_was", "").strip()


@dataclass
class CalendarForm:
    """The texts of a form."""

    plain: dict[str, str]
    minutes: list[str]
    hours: dict[str, list[Row]]
    exceptions: list[Row] = field(default_factory=list)
    questions: list[Row] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.plain.get(name, "")

    @classmethod
    def of_form(cls, form: QueryDict) -> CalendarForm:
        """The form that was sent. A contact typed beside "Yours" selects the other one."""
        plain = {name: _said(form, name) for name in (*TEXTS, *BESIDE)}
        for key in CHOSEN:
            if plain[f"{key}_how"] == DEFAULT and is_changed(plain, key):
                plain[f"{key}_how"] = OWN
        return cls(
            plain,
            [str(one) for one in form.getlist("minutes")],
            {day: list(_rows(form, f"hours-{day}", RANGE)) for day in DAYS},
            list(_rows(form, "exceptions", EXCEPTION)),
            list(_rows(form, "questions", QUESTION)),
        )

    @classmethod
    def of(cls, calendar: Calendar, voice: ReaderLanguage) -> CalendarForm:
        """The calendar as this reader would have to type it."""
        others = [str(one) for one in sorted(calendar.minutes) if one not in LENGTHS]
        notice, unit = _notice(calendar.notice_minutes)
        place = calendar.location or {}
        where = format_phone(place.get("value") or "")
        plain = {
            "name": calendar.name,
            "slug": calendar.slug,
            "description": calendar.description,
            "other_minutes": ", ".join(others),
            "zone": calendar.zone,
            **{control: _text(getattr(calendar, one.name)) for control, one in NUMBERS.items()},
            "notice": notice,
            "notice_unit": unit,
            "window_from": _text(calendar.window_from),
            "window_to": _text(calendar.window_to),
            "visibility": calendar.visibility,
            "place": place.get("kind", ""),
            "place_value": where,
            "place_value_was": where,
            "on_cancel": calendar.on_cancel,
            "version": str(calendar.version),
        }
        return cls(
            plain | dict(_contact(calendar.contact)),
            [str(one) for one in sorted(calendar.minutes) if one in LENGTHS],
            {day: [range_row(pair, voice) for pair in sorted(calendar.hours.get(day, []))] for day in DAYS},
            list(_exceptions(calendar.exceptions, voice)),
            [_question(question) for question in calendar.questions],
        )

    def has_far_too_many_rows(self) -> bool:
        """Whether a list has more rows than somebody adds by hand: the page does not show so many."""
        lists = {
            "hours": sum(map(len, self.hours.values())),
            "exceptions": len(self.exceptions),
            "questions": len(self.questions),
        }
        return any(count > LIMITS.rows[name] + ROWS_TOO_MANY for name, count in lists.items())

    def act(self, words: str, voice: ReaderLanguage) -> None:
        """Add, remove, move or copy rows, as the button says: ``add hours mon``, ``up questions 2``."""
        verb, _, rest = words.partition(" ")
        name, _, rest = rest.partition(" ")
        if name == "hours":
            day, _, rest = rest.partition(" ")
            rows = self.hours.get(day, [])
            if verb == "copy":
                for other in rest.split(","):
                    if other in self.hours and other != day:
                        # Copies, or a later change of one day would change the others too.
                        self.hours[other] = [dict(row) for row in rows]
                return
        else:
            rows = {"exceptions": self.exceptions, "questions": self.questions}.get(name, [])
        at = int(rest) if re.fullmatch(r"\d{1,4}", rest, re.ASCII) else -1
        if verb == "add":
            rows.append(self._fresh(name, rows, voice))
        elif verb == "remove" and 0 <= at < len(rows):
            del rows[at]
        elif verb in ("up", "down") and 0 <= at < len(rows):
            rows.insert(max(at + (-1 if verb == "up" else 1), 0), rows.pop(at))

    def _fresh(self, name: str, rows: list[Row], voice: ReaderLanguage) -> Row:
        # The first hours of a day can be guessed; a second range would overlap them.
        if name == "hours":
            return range_row(NEW_RANGE, voice) if not rows else dict.fromkeys(RANGE, "")
        return dict.fromkeys(EXCEPTION if name == "exceptions" else QUESTION, "")


def _rows(form: QueryDict, name: str, fields: Iterable[str]) -> Iterator[Row]:
    """The rows of a list, in the form's order."""
    for number in _numbers(form, name, fields):
        yield {field: _said(form, f"{name}-{number}-{field}") for field in fields}


def _numbers(form: QueryDict, name: str, fields: Iterable[str]) -> list[str]:
    """The numbers of a list's rows, in the form's order: moved and removed rows leave them unordered."""
    # ASCII: digits of other scripts match too, but are no row of a form of ours.
    numbered = re.compile(rf"{name}-(\d{{1,6}})-(?:{'|'.join(fields)})", re.ASCII)
    return [*dict.fromkeys(found[1] for found in map(numbered.fullmatch, form) if found)]


def control_of(form: QueryDict, name: str) -> str:
    """The control that shows this field of the form: on the page rows are numbered from 0."""
    row, _, field = name.rpartition("-")
    begin, _, number = row.rpartition("-")
    fields = {"hours": RANGE, "exceptions": EXCEPTION, "questions": QUESTION}.get(begin.partition("-")[0])
    numbers = _numbers(form, begin, fields) if fields else []
    if number not in numbers:
        return name.removesuffix("_was")
    shown = f"{begin}-{numbers.index(number)}"
    return f"{shown}-{field}" if begin == "questions" else shown


def _said(form: QueryDict, name: str) -> str:
    """The text of a field; browsers send the ends of lines in a way of their own."""
    return str(form.get(name, "")).replace("\r\n", "\n")


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _notice(minutes: int) -> tuple[str, str]:
    unit = next(unit for unit, size in UNITS.items() if minutes % size == 0) if minutes else "hours"
    return str(minutes // UNITS[unit]), unit


def range_row(pair: list[str], voice: ReaderLanguage) -> Row:
    """A row with these hours on the reader's clock."""
    return dict(zip(RANGE, (format_wall_time(kept, voice) for kept in pair), strict=True))


def _contact(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in ("name", "email", "phone", "text"):
        yield f"contact_{key}", format_phone(said.get(key) or "")
    for key in ("name", "email"):
        yield f"contact_{key}_was", said.get(key) or ""
        # Absent: the owner's own is shown. Empty: none is.
        yield f"contact_{key}_how", DEFAULT if key not in said else OWN if said[key] else HIDDEN


def _exceptions(entries: Iterable[Mapping[str, Any]], voice: ReaderLanguage) -> Iterator[Row]:
    """A row for each run of consecutive dates with equal hours."""
    first = last = None
    hours = ""
    # The API keeps them in the order in which they came.
    for entry in sorted(entries, key=lambda entry: str(entry["on"])):
        on = date.fromisoformat(entry["on"])
        words = ", ".join(words_of(pair, voice) for pair in sorted(entry["hours"]))
        if last is not None and on == last + timedelta(days=1) and words == hours:
            last = on
            continue
        if first is not None and last is not None:
            yield _exception(first, last, hours)
        first, last, hours = on, on, words
    if first is not None and last is not None:
        yield _exception(first, last, hours)


def _exception(first: date, last: date, hours: str) -> Row:
    return {"from": first.isoformat(), "to": last.isoformat() if last > first else "", "hours": hours}


def _question(said: Mapping[str, Any]) -> Row:
    return {
        "key": said["key"],
        "label": said["label"],
        "kind": said.get("kind", "text"),
        "required": "yes" if said.get("required") else "",
        "options": "\n".join(said.get("options", [])),
        "help": said.get("help", ""),
    }
