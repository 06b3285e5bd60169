"""The fields of a calendar, once: what programs call each, where it is kept, and how its form asks for it.

A new field is a column with its migration, a row here, its place in the form's template and its words in
German. What judges, reads, lays out and compares the fields takes their names, limits and labels from here,
and ``tests/interfaces/host/calendars/test_calendar_fields.py`` says what a new row still lacks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from bookonce.foundation.translation import mark


@dataclass(frozen=True, slots=True)
class CalendarField:
    """A field that can be set."""

    name: str
    controls: Mapping[str, str] = field(default_factory=dict)
    """The controls of the form that ask for it, each with its label; none: programs alone set it."""
    columns: tuple[str, ...] = ()
    """Where it is kept, if not under its own name."""
    limits: tuple[int, int] | None = None
    """Of a whole number: the smallest and the largest."""
    empty: int | None = None
    """Which number an empty control means."""
    affects_times: bool = True
    """Whether the free times depend on it."""
    is_copied: bool = True
    """Whether a duplicate takes it over."""

    @property
    def kept_in(self) -> tuple[str, ...]:
        return self.columns or (self.name,)


CALENDAR_FIELDS = (
    CalendarField("name", {"name": mark("Name")}, is_copied=False),
    CalendarField("slug", {"slug": mark("Address")}, affects_times=False, is_copied=False),
    CalendarField("description", {"description": mark("Description")}),
    CalendarField("minutes", {"minutes": mark("Lengths"), "other_minutes": mark("Lengths")}),
    CalendarField("slot_step", {"slot_step": mark("Start every … minutes")}, limits=(1, 1440)),
    CalendarField("zone", {"zone": mark("Time zone")}),
    CalendarField("hours", {"hours": mark("Hours")}),
    CalendarField("exceptions", {"exceptions": mark("Other days")}),
    CalendarField("buffer_before", {"buffer_before": mark("Minutes free before")}, limits=(0, 1440), empty=0),
    CalendarField("buffer_after", {"buffer_after": mark("Minutes free after")}, limits=(0, 1440), empty=0),
    CalendarField("notice_minutes", {"notice": mark("Notice")}, limits=(0, 525_600), empty=0),
    CalendarField("window_days", {"window_days": mark("Days ahead")}, limits=(0, 3660)),
    CalendarField(
        "window",
        {"window_from": mark("First day"), "window_to": mark("Last day")},
        columns=("window_from", "window_to"),
    ),
    CalendarField("limit_per_day", {"limit_per_day": mark("Most bookings a day")}, limits=(1, 1000)),
    CalendarField("limit_per_week", {"limit_per_week": mark("Most bookings a week")}, limits=(1, 1000)),
    CalendarField("visibility", {"visibility": mark("Visibility")}, affects_times=False),
    CalendarField(
        "location", {"place": mark("How you meet"), "place_value": mark("Link, number or address")}
    ),
    CalendarField("questions", {"questions": mark("Questions")}, affects_times=False),
    CalendarField(
        "contact",
        {
            "contact_name": mark("Name to contact"),
            "contact_email": mark("E-mail to contact"),
            "contact_phone": mark("Phone to contact"),
            "contact_text": mark("Words to them"),
        },
        affects_times=False,
    ),
    CalendarField("on_cancel", {"on_cancel": mark("When a booking is cancelled")}, affects_times=False),
    CalendarField("approval"),
)
"""In the order of the form."""

BY_NAME = {one.name: one for one in CALENDAR_FIELDS}
CONTROLS = {control: label for one in CALENDAR_FIELDS for control, label in one.controls.items()}
"""Every control of the form, with its label, in order."""
FIELD_OF = {control: one.name for one in CALENDAR_FIELDS for control in one.controls}
"""Which field each control asks for."""


def number_control(one: CalendarField) -> str:
    """The control of a field that is a whole number."""
    [control] = one.controls
    return control


NUMBERS = {number_control(one): one for one in CALENDAR_FIELDS if one.limits is not None}
"""The fields that are whole numbers, by their controls."""
ROWS = ("hours", "exceptions", "questions")
"""Controls that are lists of rows."""
TEXTS = tuple(control for control in CONTROLS if control not in (*ROWS, "minutes"))
"""Controls that are one text each."""


def within_limits(name: str) -> Any:
    """The limits of this field, as a schema takes them."""
    limits = BY_NAME[name].limits
    assert limits is not None
    least, most = limits
    return Field(ge=least, le=most)
