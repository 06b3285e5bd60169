"""Parsing the form of a calendar into its fields, validated by the schema of the API.

Only text is converted here to what the schema takes: numbers, times, dates. Faults are reported by control.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bookonce.domain import availability
from bookonce.domain.accounts.operations import slug_of
from bookonce.domain.availability.hours import DAYS
from bookonce.domain.bookings.guest_details import is_zone
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.schemas import parsing
from bookonce.domain.schemas.calendar_fields import CALENDAR_FIELDS, FIELD_OF, NUMBERS, CalendarField
from bookonce.domain.schemas.calendars import (
    ASKED_ALREADY,
    MOST_RANGES,
    RESERVED,
    CalendarChange,
    phone_rules,
    repeated_questions,
)
from bookonce.domain.schemas.locations import NEEDS_VALUE
from bookonce.foundation.errors import Invalid, Sentence
from bookonce.foundation.phones import PhoneRules
from bookonce.interfaces.host.calendars.exception_rows import parse_exception_rows
from bookonce.interfaces.host.calendars.form import DEFAULT, HIDDEN, UNITS, CalendarForm, Row, is_changed
from bookonce.interfaces.host.calendars.hours import hour_examples, range_of
from bookonce.interfaces.host.shared.zones import FROM_LIST, zone_of
from bookonce.interfaces.pages.language import ReaderLanguage

WHOLE = "Enter a whole number, like 30."
# The last one is a real minus, as in text copied from a page.
SIGNS = "+-−"

FIELDS = {
    "/notice_minutes": "notice",
    "/window": "window_from",
    "/window/from": "window_from",
    "/window/to": "window_to",
    "/location": "place",
    "/location/kind": "place",
    "/location/value": "place_value",
    "/contact": "contact_name",
    "/contact/name": "contact_name",
    "/contact/email": "contact_email",
    "/contact/phone": "contact_phone",
    "/contact/text": "contact_text",
}
"""Pointer of the API → control, where the names differ."""

UNSEEN = {one.name for one in CALENDAR_FIELDS if not one.affects_times}
"""Fields that do not affect the preview's times."""

NEEDS_NONE = ("", "ask")
"""Kinds of location without a value: the page hides its field."""

Fault = tuple[str, str]
"""(control, sentence that says what to do)"""


@dataclass
class ParsedCalendar:
    """The result of parsing: values so far, and faults."""

    said: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    """Pointer → control, of values in rows."""
    now_is: Calendar | None = None
    """The calendar as it stands; None: a new one."""

    @property
    def rules(self) -> PhoneRules:
        """The rules for phone numbers of this calendar."""
        return phone_rules(self.said.get("zone", ""), self.now_is)

    def fault(self, at: str, mend: str) -> None:
        self.faults.append((at, mend))

    def field_of(self, pointer: str) -> str:
        """The control of a pointer."""
        parts = pointer.split("/")
        # The longest pointer first: /location/value has a field of its own.
        for count in range(len(parts), 1, -1):
            known, rest = "/".join(parts[:count]), parts[count:]
            if known in self.places:
                row = self.places[known]
                return "-".join([row, *rest]) if row.startswith("questions") else row
            if known in FIELDS:
                return FIELDS[known]
        return "-".join(parts[1:3]) if parts[1:2] == ["hours"] else parts[1] if len(parts) > 1 else ""

    def faults_of(self, refusal_errors: Iterable[Mapping[str, str]]) -> list[Fault]:
        """The faults of an operation or schema, by control."""
        return [(self.field_of(error["pointer"]), error["detail"]) for error in refusal_errors]

    def terms(self) -> dict[str, Any]:
        """The fields as ``calendars.operations`` takes them; empty where there are faults."""
        terms: dict[str, Any] = {}
        try:
            terms = parsing.validate(CalendarChange, self.said, self.rules).terms()
        except Invalid as refusal:
            self.faults += self.faults_of(refusal.data["errors"])
        self.faults = list(dict.fromkeys(self.faults))
        return {} if self.faults else terms

    def terms_so_far(self) -> dict[str, Any]:
        """The fields that are valid so far, for the preview; of rows the valid ones."""
        at_fault = {FIELD_OF.get(at, at) for at, _ in self.faults}
        said = {name: value for name, value in self.said.items() if name not in at_fault | UNSEEN}
        said["hours"] = {
            day: self._sound(f"/hours/{day}", ranges, at_fault) for day, ranges in said["hours"].items()
        }
        said["exceptions"] = self._sound("/exceptions", said["exceptions"], at_fault)
        wrong = {
            pointer.split("/")[1] for pointer, _ in parsing.list_problems(CalendarChange, said, self.rules)
        }
        said = {name: value for name, value in said.items() if name not in wrong}
        return parsing.validate(CalendarChange, said, self.rules).terms()

    def _sound(self, at: str, rows: list[Any], at_fault: set[str]) -> list[Any]:
        return [row for n, row in enumerate(rows) if self.places.get(f"{at}/{n}") not in at_fault]


def parse_form(typed: CalendarForm, voice: ReaderLanguage, *, now_is: Calendar | None) -> ParsedCalendar:
    """Parse every text; one that cannot be parsed is a fault of its control, and does not stop the others."""
    found = ParsedCalendar(now_is=now_is)
    _about(found, typed)
    _lengths(found, typed)
    _zone(found, typed, voice)
    found.said["hours"] = {day: _day(found, day, typed.hours[day], voice) for day in DAYS}
    found.said["exceptions"] = _exceptions(found, typed.exceptions, voice)
    _numbers(found, typed)
    _place(found, typed)
    found.said["questions"] = _questions(found, typed.questions)
    _contact(found, typed)
    _sense(found)
    found.said |= {"visibility": typed["visibility"], "on_cancel": typed["on_cancel"]}
    return found


def _sense(found: ParsedCalendar) -> None:
    """Add the faults of hours and rules, so that they are reported together with all others."""
    hours, _ = availability.parse_hours(found.said["hours"])
    entries = found.said["exceptions"]
    exceptions, twice = availability.parse_exceptions(entries)
    # Any zone and length will do: only the hours are checked here.
    schedule = availability.Schedule(zone="UTC", hours=hours, exceptions=exceptions)
    rules = availability.Rules(lengths=(1,), slot_step=1)
    numbers = {entry["on"]: number for number, entry in enumerate(entries)}
    for pointer, mend in [*twice, *availability.rule_problems(schedule, rules)]:
        parts = pointer.split("/")
        if parts[1] == "exceptions":
            parts[2] = str(numbers.get(parts[2], parts[2]))
        found.faults += found.faults_of([{"pointer": "/".join(parts), "detail": mend}])


def _about(found: ParsedCalendar, typed: CalendarForm) -> None:
    if typed["name"].strip():
        found.said["name"] = typed["name"]
    else:
        found.fault("name", "Give the calendar a name, like Intro call.")
    if typed["slug"].strip():
        found.said["slug"] = typed["slug"].strip()
    elif found.now_is is not None:
        found.fault("slug", "Give the address a word, like intro-call.")
    found.said["description"] = typed["description"]


def _lengths(found: ParsedCalendar, typed: CalendarForm) -> None:
    said = [*typed.minutes, *re.findall(r"[^\s,;]+", typed["other_minutes"])]
    numbers = [number_of(one) for one in said]
    if None in numbers:
        found.fault("minutes", "Write other lengths as minutes, like 25, 50.")
    elif not numbers:
        found.fault("minutes", "Offer at least one length, like 30.")
    else:
        found.said["minutes"] = sorted({number for number in numbers if number is not None})


def number_of(text: str) -> int | None:
    """The text as a whole number; None where it is none."""
    text = text.strip()
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def _number(found: ParsedCalendar, typed: CalendarForm, name: str, one: CalendarField) -> int | None:
    """The number of this control in its unit; a fault where it is none, or outside its limits."""
    assert one.limits is not None
    per = UNITS.get(typed[f"{name}_unit"], 1)
    text, (low, high) = typed[name].strip(), one.limits
    if not text:
        return one.empty
    sign, digits = (text[0], text[1:]) if text[0] in SIGNS else ("", text)
    high //= per
    if not re.fullmatch(r"[0-9]+", digits):
        found.fault(name, WHOLE)
        return None
    # int() raises beyond 4,300 digits; numbers of ten digits are out of range anyway.
    number = int(digits[-9:]) if len(digits.lstrip("0")) < 10 else high + 1
    number = number if sign in ("", "+") else -number
    if not low <= number <= high:
        found.fault(name, Sentence("Enter a number from {low} to {high}.", low=low, high=high))
        return None
    return number * per


def _numbers(found: ParsedCalendar, typed: CalendarForm) -> None:
    for name, one in NUMBERS.items():
        number = _number(found, typed, name, one)
        found.said[one.name] = one.empty if number is None else number
    found.said["window"] = {"from": typed["window_from"] or None, "to": typed["window_to"] or None}


def _zone(found: ParsedCalendar, typed: CalendarForm, voice: ReaderLanguage) -> None:
    zone = zone_of(typed["zone"], voice)
    if is_zone(zone):
        found.said["zone"] = zone
    else:
        found.fault("zone", FROM_LIST)


def _day(found: ParsedCalendar, day: str, rows: list[Row], voice: ReaderLanguage) -> list[list[str]]:
    ranges: list[list[str]] = []
    if len(rows) > MOST_RANGES:
        found.fault(f"hours-{day}", Sentence("Give at most {most} rows here.", most=MOST_RANGES))
        return ranges
    for number, row in enumerate(rows):
        if not row["from"].strip() and not row["to"].strip():
            continue
        read_range = range_of(row["from"], row["to"], voice)
        if read_range is None:
            mend = voice.say("Give a start and an end, like {first} and {last}.", **hour_examples(voice))
            found.fault(f"hours-{day}-{number}", mend)
            continue
        # Empty rows are skipped, so positions in the schema differ from those in the form.
        found.places[f"/hours/{day}/{len(ranges)}"] = f"hours-{day}-{number}"
        ranges.append(read_range)
    return ranges


def _exceptions(found: ParsedCalendar, rows: list[Row], voice: ReaderLanguage) -> list[dict[str, Any]]:
    entries, found_places, faults = parse_exception_rows(rows, voice)
    found.places |= found_places
    found.faults += faults
    return entries


def _place(found: ParsedCalendar, typed: CalendarForm) -> None:
    kind, value = typed["place"], typed["place_value"]
    # The script has hidden the value: it is kept in case the choice is changed back, but not meant.
    if kind in NEEDS_NONE and typed["place_left"]:
        found.said["location"] = {"kind": kind, "value": ""} if kind else None
    elif not kind and is_changed(typed.plain, "place_value"):
        found.fault("place", "Choose how you meet, or take away what stands below.")
    elif not kind:
        found.said["location"] = None
    elif kind in NEEDS_VALUE and not value.strip():
        found.fault("place_value", "Say where it is: guests read this.")
    else:
        found.said["location"] = {"kind": kind, "value": value}


def _questions(found: ParsedCalendar, rows: list[Row]) -> list[dict[str, Any]]:
    questions: list[dict[str, Any]] = []
    keys = {row["key"].strip() for row in rows} | set(RESERVED)
    twice = repeated_questions(row["label"] for row in rows)
    for number, row in enumerate(rows):
        if not any(row[name].strip() for name in ("key", "label", "options", "help")):
            continue
        if not row["label"].strip():
            found.fault(f"questions-{number}-label", "Write what you ask.")
            continue
        if number in twice:
            found.fault(f"questions-{number}-label", ASKED_ALREADY)
        kind, key = row["kind"] or "text", row["key"].strip() or _key(row["label"], keys)
        keys.add(key)
        options = [line.strip() for line in row["options"].splitlines() if line.strip()]
        found.places[f"/questions/{len(questions)}"] = f"questions-{number}"
        questions.append(
            {
                "key": key,
                "label": row["label"],
                "kind": kind,
                "required": bool(row["required"]),
                "options": options if kind == "choice" else [],
                "help": row["help"],
            }
        )
    return questions


def _key(label: str, taken: set[str]) -> str:
    """The key of a question for programs, made from its label."""
    wished = slug_of(label, otherwise="question").replace("-", "_")[:36].strip("_")
    key, number = wished, 1
    while key in taken:
        number += 1
        key = f"{wished}_{number}"
    return key


def _contact(found: ParsedCalendar, typed: CalendarForm) -> None:
    said: dict[str, str] = {}
    for key in ("name", "email"):
        how, value = typed[f"contact_{key}_how"], typed[f"contact_{key}"]
        if how == HIDDEN and is_changed(typed.plain, f"contact_{key}"):
            found.fault(f"contact_{key}", "Take this away, or choose “Another” beside it.")
        elif how == HIDDEN:
            said[key] = ""
        elif how != DEFAULT and not value.strip():
            found.fault(f"contact_{key}", "Write it here, or choose another answer.")
        elif how != DEFAULT:
            said[key] = value
    for key in ("phone", "text"):
        if typed[f"contact_{key}"].strip():
            said[key] = typed[f"contact_{key}"]
    found.said["contact"] = said
