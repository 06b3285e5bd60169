"""The table of a calendar's fields has every column, and everybody who handles fields covers the table."""

from __future__ import annotations

import re

from django.db import connection, models
from django.test import Client

from bookonce.domain.calendars.models import Calendar
from bookonce.domain.calendars.operations import OWN, duplicate_calendar
from bookonce.domain.schemas.calendar_fields import BY_NAME, CALENDAR_FIELDS, CONTROLS, NUMBERS, ROWS, TEXTS
from bookonce.domain.schemas.calendars import CalendarChange, NewCalendar
from bookonce.domain.schemas.output_calendars import CalendarOutput
from bookonce.interfaces.host.calendars.conflicts import describe_saved
from bookonce.interfaces.host.calendars.form import CalendarForm
from bookonce.interfaces.host.calendars.form_parsing import ParsedCalendar, parse_form
from bookonce.interfaces.pages.language import ReaderLanguage
from tests import make
from tests.interfaces.host.calendars.test_calendars import address

NO_FIELD = {"id", "workspace", "created_at", "changed_at", "version", "archived_at"}
"""Columns that nobody sets."""
BY_PROGRAMS_ALONE = {"approval"}
MADE = {"id", "url", "created_at", "hosts"}
VOICE = ReaderLanguage("en", "Europe/Berlin", make.NOW)


def test_every_column_is_in_the_table() -> None:
    kept = [column for one in CALENDAR_FIELDS for column in one.kept_in]
    assert len(kept) == len(set(kept))
    assert {*kept} == {column.name for column in Calendar._meta.concrete_fields} - NO_FIELD


def test_programs_send_and_read_every_field() -> None:
    assert BY_NAME.keys() | {"hosts"} == NewCalendar.model_fields.keys() == CalendarChange.model_fields.keys()
    assert BY_NAME.keys() | MADE == CalendarOutput.__annotations__.keys()


def test_a_duplicate_takes_over_what_the_table_says(hana: make.Team) -> None:
    own = {column for one in CALENDAR_FIELDS if not one.is_copied for column in one.kept_in}
    assert own | NO_FIELD - {"workspace"} == {*OWN}
    copy = duplicate_calendar(hana.calendar, name="Another", by="test", now=make.NOW)
    for one in CALENDAR_FIELDS:
        for column in one.kept_in if one.is_copied and one.name != "visibility" else ():
            assert getattr(copy, column) == getattr(hana.calendar, column), column


def test_what_programs_leave_out_is_the_default_of_its_column() -> None:
    """A column's default has one home, the model; a new calendar by API gets no other."""
    for name, asked in NewCalendar.model_fields.items():
        columns = BY_NAME[name].kept_in if name in BY_NAME else ()
        defaults = [
            column.get_default()
            for column in map(Calendar._meta.get_field, columns)
            if column.has_default() and not isinstance(column, models.JSONField)
        ]
        if len(columns) == 1 and defaults:
            assert asked.default == defaults[0], name


def test_limits_fit_into_their_columns() -> None:
    for one in NUMBERS.values():
        assert one.limits
        column = Calendar._meta.get_field(one.name)
        least, most = connection.ops.integer_field_range(column.get_internal_type())
        assert (least or 0) <= one.limits[0] <= one.limits[1] <= most
        assert column.null is (one.empty is None)


def test_the_form_has_every_control(desk: Client, hana: make.Team) -> None:
    page = desk.get(address(hana.calendar)).content.decode()
    names = set(re.findall(r'\bname="(\w+)', page)) | set(re.findall(r'\bid="(\w+)', page))
    assert names >= CONTROLS.keys()
    for name, one in BY_NAME.items():
        assert bool(one.controls) is (name not in BY_PROGRAMS_ALONE)


def test_the_form_lays_out_and_reads_every_field(hana: make.Team) -> None:
    typed = CalendarForm.of(hana.calendar, VOICE)
    assert {*TEXTS} <= typed.plain.keys()
    assert {*CONTROLS} == {*TEXTS, *ROWS, "minutes"}
    found = parse_form(typed, VOICE, now_is=hana.calendar)
    assert found.said.keys() == BY_NAME.keys() - BY_PROGRAMS_ALONE
    for control in CONTROLS:
        assert control == "hours" or describe_saved(control, typed, VOICE)


def test_a_fault_of_every_field_has_its_place_in_the_form() -> None:
    for name, one in BY_NAME.items():
        assert ParsedCalendar().field_of(f"/{name}") in (one.controls or {name})
