"""A calendar's form that is sent over a newer version: a three-way merge, field by field.

The form carries a digest of each field as it was loaded. Fields that were not touched take the saved value,
typed ones stay, and only fields that changed differently in both places are for people to decide.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from bookonce.domain.availability.hours import DAYS
from bookonce.domain.schemas.calendar_fields import TEXTS
from bookonce.foundation import dates
from bookonce.foundation.translation import gettext_noop
from bookonce.interfaces.host.calendars.form import DEFAULT, HIDDEN, OWN, CalendarForm, Row
from bookonce.interfaces.host.calendars.hours import range_of, ranges_of
from bookonce.interfaces.pages.language import ReaderLanguage

TOGETHER = {
    "notice": ("notice_unit",),
    "place": ("place_value",),
    "contact_name": ("contact_name_how",),
    "contact_email": ("contact_email_how",),
}
"""Fields that are merged together, since they make sense only so."""
ALONE = tuple(name for name in TEXTS if name not in ("other_minutes", "place_value"))
"""Fields that are merged one by one."""
ROWS = ("exceptions", "questions")

LONG = 120
"""The most characters of a saved value that are shown beside a field."""

WORDS = {
    "public": "Public",
    "link_only": "Link only",
    "stay_used": "Its one-time link stays used",
    "reopen": "Its one-time link opens again",
    "url": "Online, by a link",
    "phone": "By phone",
    "address": "At an address",
    "ask": "By phone, on the guest's number",
    "text": "In other words",
    DEFAULT: gettext_noop("Yours"),
    OWN: "",
    HIDDEN: "Not shown",
}
"""Labels of choices, as the form has them."""


def loaded_values(typed: CalendarForm, voice: ReaderLanguage) -> str:
    """Digests of the fields as loaded, for the form to carry."""
    # Digests, because the values would double the form, which may hold a thousand exceptions.
    return " ".join(f"{name}={_digest(part)}" for name, part in _parts(typed, voice).items())


def merge_saved(
    typed: CalendarForm, saved: CalendarForm, voice: ReaderLanguage
) -> tuple[list[str], list[str]]:
    """Replace fields that were not touched by their saved values.

    Returns the names of fields that came from the save, and of those that changed in both places.
    """
    was = dict(part.split("=", 1) for part in typed["loaded"].split() if "=" in part)
    mine, theirs = _parts(typed, voice), _parts(saved, voice)
    came, both = [], []
    for name in mine:
        # Equal hours can be typed in different ways (9-5, 09:00–17:00): the saved spelling is shown.
        if mine[name] == theirs[name]:
            _take(name, typed, saved)
        elif _digest(mine[name]) == was.get(name):
            _take(name, typed, saved)
            came.append(name)
        elif _digest(theirs[name]) != was.get(name):
            both.append(name)
    return came, both


def describe_saved(name: str, saved: CalendarForm, voice: ReaderLanguage) -> str:
    """The saved value of this field in a few words."""
    if name.startswith("hours-"):
        words = ", ".join(f"{row['from']}–{row['to']}" for row in saved.hours[name[6:]]) or voice.say(
            "Closed"
        )
    elif name == "minutes":
        words = ", ".join(filter(None, (*saved.minutes, saved["other_minutes"])))
    elif name == "exceptions":
        words = "; ".join(_day(row) for row in saved.exceptions)
    elif name == "zone":
        words = dates.place_of(saved["zone"], voice.tag)
    elif name == "questions":
        words = "; ".join(row["label"] for row in saved.questions)
    else:
        texts = [saved[one] for one in (name, *TOGETHER.get(name, ()))]
        if name in ("visibility", "on_cancel", *TOGETHER):
            texts = [WORDS.get(text, text) for text in texts]
            texts = [voice.say(text) for text in texts if text]
        words = " ".join(filter(None, texts))
    words = " ".join(words.split()) or voice.say("Empty")
    return words if len(words) <= LONG else f"{words[:LONG]}…"


def _day(row: Row) -> str:
    return " ".join(filter(None, ("–".join(filter(None, (row["from"], row["to"]))), row["hours"])))


def _parts(typed: CalendarForm, voice: ReaderLanguage) -> dict[str, Any]:
    """The parts of a form that are merged; hours are compared in one clock."""
    parts: dict[str, Any] = {
        name: [typed[one].strip() for one in (name, *TOGETHER.get(name, ()))] for name in ALONE
    }
    parts["minutes"] = [sorted(typed.minutes), typed["other_minutes"].strip()]
    for day in DAYS:
        rows = _trimmed(typed.hours[day])
        parts[f"hours-{day}"] = [range_of(row["from"], row["to"], voice) or row for row in rows]
    for name in ROWS:
        parts[name] = [_read(row, voice) for row in _trimmed(getattr(typed, name))]
    return parts


def _read(row: Row, voice: ReaderLanguage) -> dict[str, Any]:
    said = row.get("hours", "")
    return row | {"hours": ranges_of(said, voice) or said}


def _trimmed(rows: list[Row]) -> list[Row]:
    return [{name: text.strip() for name, text in row.items()} for row in rows]


def _digest(part: Any) -> str:
    return hashlib.sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()[:16]


def _take(name: str, typed: CalendarForm, saved: CalendarForm) -> None:
    if name.startswith("hours-"):
        typed.hours[name[6:]] = saved.hours[name[6:]]
    elif name in ROWS:
        setattr(typed, name, getattr(saved, name))
    elif name == "minutes":
        typed.minutes, typed.plain["other_minutes"] = saved.minutes, saved["other_minutes"]
    else:
        texts = (name, *TOGETHER.get(name, ()))
        # With the value that it was loaded with, or the field would count as changed.
        for text in (*texts, *(f"{one}_was" for one in texts)):
            if text in saved.plain:
                typed.plain[text] = saved[text]
