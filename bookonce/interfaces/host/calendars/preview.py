"""The preview of a calendar as guests see it, saved or not: a month, a day and its times, in any time zone.

Nothing is written or cached: rules of an unsaved calendar are made for this page alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.http import QueryDict

from bookonce.domain.bookings.guest_details import is_zone
from bookonce.domain.calendars import operations
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.calendars.queries import terms_before_saving
from bookonce.domain.diary import queries as diary
from bookonce.foundation import clock
from bookonce.foundation.errors import Invalid
from bookonce.interfaces.host.calendars.form import CalendarForm
from bookonce.interfaces.host.calendars.form_parsing import number_of, parse_form
from bookonce.interfaces.host.shared.frame import HostRequest
from bookonce.interfaces.host.shared.zones import FROM_LIST, zone_of
from bookonce.interfaces.pages import slot_picker
from bookonce.interfaces.pages.language import ReaderLanguage, weekday_names
from bookonce.interfaces.pages.month_grid import Month, by_date
from bookonce.interfaces.pages.slot_picker import OpenDays, SlotPicker


@dataclass(frozen=True, slots=True)
class PreviewQuery:
    """What the preview is to show: by the names of its own fields, or by short ones in an address."""

    zone: str = ""
    minutes: int | None = None
    month: Month | None = None
    day: date | None = None

    @classmethod
    def of(cls, form: QueryDict, *, short: bool = False) -> PreviewQuery:
        def said(name: str) -> str:
            return str(form.get(f"preview_{name}") or (form.get(name) if short else "") or "")

        try:
            day = date.fromisoformat(said("at"))
        except ValueError:
            day = None
        month = Month.of(day) if day else Month.read(said("at"))
        return cls(said("zone"), number_of(said("minutes")), month, day)


def unsaved_calendar(desk: HostRequest, calendar: Calendar | None, typed: CalendarForm) -> Calendar | None:
    """An unsaved calendar with the typed values that are valid; None where it is not valid itself."""
    terms = parse_form(typed, desk.voice, now_is=calendar).terms_so_far()
    if calendar is None:
        terms = {"name": desk.voice.say("New calendar")} | terms
        calendar = operations.build_calendar(desk.member, now=desk.now, **terms)
        calendar.owner = desk.member
    for name, value in terms.items():
        setattr(calendar, name, value)
    try:
        operations.require_valid(calendar)
    except Invalid:
        return None
    return calendar


@dataclass(frozen=True, slots=True)
class Openings:
    """The free times of a calendar at one length."""

    calendar: Calendar
    diary_ids: list[int]
    minutes: int
    voice: ReaderLanguage

    def between(self, start: int, end: int) -> list[int]:
        """The free starts in [start, end), epoch seconds."""
        now = self.voice.now
        # The month may have begun long ago; nothing is offered in the past.
        start = max(start, clock.seconds_of_instant(now))
        if start >= end:
            return []
        schedule, rules = terms_before_saving(self.calendar)
        found = diary.open_hosts(
            self.calendar,
            schedule,
            rules,
            diary_ids=self.diary_ids,
            minutes=self.minutes,
            start=start,
            end=end,
            now=now,
        )
        return [*found]


def preview_zone(desk: HostRequest, wanted: PreviewQuery) -> dict[str, str]:
    """The preview's time zone as typed, and its fault; empty is the calendar's own."""
    zone = zone_of(wanted.zone, desk.voice)
    wrong = "" if not zone or is_zone(zone) else desk.voice.say(FROM_LIST)
    # HTML allows no U+0000; browsers would replace it by another character.
    return {"zone": zone.replace("\x00", ""), "wrong": wrong}


def preview_context(desk: HostRequest, calendar: Calendar, wanted: PreviewQuery) -> dict[str, Any]:
    """The context of the preview."""
    zone = zone_of(wanted.zone, desk.voice)
    voice = replace(desk.voice, zone=zone if is_zone(zone) else calendar.zone)
    lengths = sorted(calendar.minutes)
    minutes: int = next((one for one in lengths if one == wanted.minutes), lengths[0])
    _, rules = terms_before_saving(calendar)
    openings = Openings(calendar, _diaries(desk, calendar), minutes, voice)
    end = slot_picker.end_of_booking_window(rules, zone=calendar.zone, now=desk.now)
    picker = SlotPicker(voice, openings.between, end)
    asked = wanted.month if wanted.month and slot_picker.offers_month(wanted.month, voice) else None
    month, starts = picker.find_month(asked)
    open_days = by_date(starts, voice.zone)
    day = wanted.day if asked and wanted.day in open_days else picker.first_shown(month, open_days)
    times = open_days[day] if day else []
    return {
        "calendar": calendar,
        "openings": openings,
        "location": {"kind": "", "value": ""} | (calendar.location or {}),
        "host_name": calendar.owner.person.name,
        "minutes": minutes,
        "lengths": lengths,
        "zone_name": slot_picker.name_zone(voice, times, otherwise=clock.seconds_of_instant(desk.now)),
        **_month_context(picker, month, open_days, day=day),
        "day": day,
        "times": slot_picker.label_times(voice, times),
    }


def _month_context(
    picker: SlotPicker, month: Month, open_days: OpenDays, *, day: date | None
) -> dict[str, Any]:
    """The month as weeks of days, and the months beside it to which the preview may turn."""
    voice, this = picker.voice, Month.of(picker.today)
    return {
        "month": month,
        "month_name": voice.month(month.year, month.number),
        "earlier": month.plus(-1) if month > this else None,
        "later": month.plus(1) if month < this.plus(slot_picker.MONTHS_AHEAD) else None,
        "weekdays": weekday_names(voice.tag),
        "weeks": [
            slot_picker.list_days(voice, week, open_days, chosen=day, address_of=date.isoformat, month=month)
            for week in picker.weeks(month)
        ],
    }


def _diaries(desk: HostRequest, calendar: Calendar) -> list[int]:
    # A calendar that is not saved yet has no hosts; its maker will be the one.
    if calendar._state.adding:
        return diary.diary_id_of(desk.member.pk)
    return diary.hosts_of(calendar.pk)
