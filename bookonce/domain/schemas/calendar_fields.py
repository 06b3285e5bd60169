"""The one table of a calendar's fields: API name, columns, limits, and the controls of its form.

A new field is a column with its default and its migration, a row here, its place in the form's template and
its German translation. API, form, template and comparison take names, limits, labels and help from here, and
``tests/interfaces/host/calendars/test_calendar_fields.py`` says what a new row still lacks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from bookonce.domain.calendars.models import Calendar
from bookonce.foundation.translation import gettext_noop


@dataclass(frozen=True, slots=True)
class CalendarField:
    """A field of a calendar that can be set."""

    name: str
    controls: Mapping[str, str] = field(default_factory=dict)
    """Control of the form → its label; empty: only the API sets it."""
    helps: Mapping[str, str] = field(default_factory=dict)
    """Control of the form → what stands below its label, where it is always the same."""
    columns: tuple[str, ...] = ()
    """Its columns, where they have other names."""
    # Within the column's type: PostgreSQL refuses a smallint beyond 32,767, and SQLite takes any number.
    limits: tuple[int, int] | None = None
    """(smallest, largest) of a whole number."""
    empty: int | None = None
    """The number that an empty control means."""
    affects_times: bool = True
    """Whether free times depend on it."""
    is_copied: bool = True
    """Whether a duplicate copies it."""

    @property
    def kept_in(self) -> tuple[str, ...]:
        return self.columns or (self.name,)


CALENDAR_FIELDS = (
    CalendarField("name", {"name": gettext_noop("Name")}, is_copied=False),
    CalendarField("slug", {"slug": gettext_noop("Address")}, affects_times=False, is_copied=False),
    CalendarField(
        "description",
        {"description": gettext_noop("Description")},
        helps={
            "description": gettext_noop(
                "What it is about and what to bring. Two or three sentences are enough."
            )
        },
    ),
    CalendarField(
        "minutes",
        {"minutes": gettext_noop("Lengths"), "other_minutes": gettext_noop("Lengths")},
        helps={"minutes": gettext_noop("With several, the guest chooses.")},
    ),
    CalendarField(
        "slot_step",
        {"slot_step": gettext_noop("Start every … minutes")},
        helps={"slot_step": gettext_noop("Left empty: as often as the shortest length.")},
        limits=(1, 1440),
    ),
    CalendarField(
        "zone",
        {"zone": gettext_noop("Time zone")},
        helps={"zone": gettext_noop("The hours below are read by this clock.")},
    ),
    CalendarField("hours", {"hours": gettext_noop("Hours")}),
    CalendarField("exceptions", {"exceptions": gettext_noop("Other days")}),
    CalendarField(
        "buffer_before", {"buffer_before": gettext_noop("Minutes free before")}, limits=(0, 1440), empty=0
    ),
    CalendarField(
        "buffer_after", {"buffer_after": gettext_noop("Minutes free after")}, limits=(0, 1440), empty=0
    ),
    CalendarField(
        "notice_minutes",
        {"notice": gettext_noop("Notice")},
        helps={"notice": gettext_noop("How long before its start a time can still be booked.")},
        # A year of minutes.
        limits=(0, 525_600),
        empty=0,
    ),
    CalendarField(
        "window_days",
        {"window_days": gettext_noop("Days ahead")},
        helps={
            "window_days": gettext_noop(
                "How many days from today on can be booked. Left empty: as many as you like."
            )
        },
        limits=(0, 3660),
    ),
    CalendarField(
        "window",
        {"window_from": gettext_noop("First day"), "window_to": gettext_noop("Last day")},
        columns=("window_from", "window_to"),
    ),
    CalendarField("limit_per_day", {"limit_per_day": gettext_noop("Most bookings a day")}, limits=(1, 1000)),
    CalendarField(
        "limit_per_week", {"limit_per_week": gettext_noop("Most bookings a week")}, limits=(1, 1000)
    ),
    CalendarField("visibility", {"visibility": gettext_noop("Visibility")}, affects_times=False),
    CalendarField(
        "location",
        {"place": gettext_noop("How you meet"), "place_value": gettext_noop("Link, number or address")},
        helps={"place_value": gettext_noop("A link is shown only to those who have booked.")},
    ),
    CalendarField("questions", {"questions": gettext_noop("Questions")}, affects_times=False),
    CalendarField(
        "contact",
        {
            "contact_name": gettext_noop("Name to contact"),
            "contact_email": gettext_noop("E-mail to contact"),
            "contact_phone": gettext_noop("Phone to contact"),
            "contact_text": gettext_noop("Words to them"),
        },
        helps={"contact_text": gettext_noop("Such as: The front desk is there from 8 to 12.")},
        affects_times=False,
    ),
    CalendarField(
        "on_cancel", {"on_cancel": gettext_noop("When a booking is cancelled")}, affects_times=False
    ),
    CalendarField("approval"),
)
"""Every field, in the order of the form."""

BY_NAME = {one.name: one for one in CALENDAR_FIELDS}
CONTROLS = {control: label for one in CALENDAR_FIELDS for control, label in one.controls.items()}
"""Every control of the form, with its label, in order."""
HELPS = {control: one.helps.get(control, "") for one in CALENDAR_FIELDS for control in one.controls}
"""Every control of the form, with what stands below its label; empty where nothing does, or what varies."""
FIELD_OF = {control: one.name for one in CALENDAR_FIELDS for control in one.controls}
"""Control → the field that it sets."""


def number_control(one: CalendarField) -> str:
    """The control of a field that is a whole number."""
    [control] = one.controls
    return control


NUMBERS = {number_control(one): one for one in CALENDAR_FIELDS if one.limits is not None}
"""Control → field, of whole numbers."""
ROWS = ("hours", "exceptions", "questions")
"""Controls that are lists of rows."""
TEXTS = tuple(control for control in CONTROLS if control not in (*ROWS, "minutes"))
"""Controls that are one text each."""


def default_of(name: str) -> Any:
    """The default of this field for the API: that of its column."""
    [column] = BY_NAME[name].kept_in
    return next(each for each in Calendar._meta.concrete_fields if each.name == column).get_default()


def within_limits(name: str) -> Any:
    """The limits of this field, as pydantic takes them."""
    limits = BY_NAME[name].limits
    assert limits is not None
    least, most = limits
    return Field(ge=least, le=most)
