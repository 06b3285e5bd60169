"""A calendar as its guests will see it, saved or not: a month, a day and its times, in any zone.

Nothing is written, and nothing is kept: rules that were never saved are worked out for this one page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.http import QueryDict

from bookonce.domain.bookings.guest_details import is_zone
from bookonce.domain.calendars import operations
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.calendars.queries import rules_before_saving
from bookonce.domain.diary import queries as diary
from bookonce.foundation import clock
from bookonce.foundation.errors import Invalid
from bookonce.interfaces.host.calendars.form import Typed
from bookonce.interfaces.host.calendars.form_parsing import number_of, read
from bookonce.interfaces.host.shared.frame import Desk
from bookonce.interfaces.host.shared.zones import FROM_LIST, zone_of
from bookonce.interfaces.pages.language import Voice, weekdays
from bookonce.interfaces.pages.month_grid import Month, by_date, date_in

SOON, FAR = timedelta(days=7), timedelta(days=366)
MONTHS_AHEAD = 24


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the preview is asked for: by the names of its own fields, or by short ones in an address."""

    zone: str = ""
    minutes: int | None = None
    month: Month | None = None
    day: date | None = None

    @classmethod
    def of(cls, form: QueryDict, *, short: bool = False) -> Wanted:
        def said(name: str) -> str:
            return str(form.get(f"preview_{name}") or (form.get(name) if short else "") or "")[:64]

        try:
            day = date.fromisoformat(said("at"))
        except ValueError:
            day = None
        month = Month.of(day) if day else Month.read(said("at"))
        return cls(said("zone"), number_of(said("minutes")), month, day)


def candidate(desk: Desk, calendar: Calendar | None, typed: Typed) -> Calendar | None:
    """The calendar with what is typed in place, as far as it can be kept; not saved. None where none can."""
    terms = read(typed, desk.voice, now_is=calendar).terms_so_far()
    if calendar is None:
        terms = {"name": desk.voice.say("New calendar")} | terms
        calendar = operations.blank(desk.member, now=desk.now, **terms)
        calendar.owner = desk.member
    for name, value in terms.items():
        setattr(calendar, name, value)
    try:
        operations.check(calendar)
    except Invalid:
        return None
    return calendar


@dataclass(frozen=True, slots=True)
class Openings:
    """The free times of a calendar at one length."""

    calendar: Calendar
    diary_id: int | None
    minutes: int
    voice: Voice

    def between(self, start: int, end: int) -> list[int]:
        """The free starts in [start, end), epoch seconds."""
        now = self.voice.now
        start = max(start, clock.seconds(now))
        if self.diary_id is None or start >= end:
            return []
        rules = rules_before_saving(self.calendar)
        return diary.open_slots(
            self.calendar,
            rules,
            diary_id=self.diary_id,
            minutes=self.minutes,
            start=start,
            end=end,
            now=now,
        )

    def month(self, wanted: Month | None) -> tuple[Month, list[int]]:
        """This month and the free starts of its weeks; without one, the first that has any."""
        zone, now, tag = self.voice.zone, self.voice.now, self.voice.tag
        month = wanted or Month.of(date_in(zone, clock.seconds(now + SOON)))
        if wanted is None:
            end = month.shown(zone, tag)[1]
            starts = self.between(clock.seconds(now), end)
            first = Month.of(date_in(zone, starts[0])) if starts else None
            if first is not None and first <= month:
                end = first.shown(zone, tag)[1]
                return first, [at for at in starts if at < end]
            starts = starts or self.between(end, clock.seconds(now + FAR))
            month = Month.of(date_in(zone, starts[0])) if starts else month
        return month, self.between(*month.shown(zone, tag))


def seen_from(desk: Desk, wanted: Wanted) -> dict[str, str]:
    """From which zone the preview is looked at, and what is wrong with it; none is the calendar's own."""
    zone = zone_of(wanted.zone, desk.voice)
    wrong = "" if not zone or is_zone(zone) else desk.voice.say(FROM_LIST)
    return {"zone": zone.replace("\x00", ""), "wrong": wrong}


def shown(desk: Desk, calendar: Calendar, wanted: Wanted) -> dict[str, Any]:
    """What the preview shows of this calendar."""
    zone = zone_of(wanted.zone, desk.voice)
    voice = replace(desk.voice, zone=zone if is_zone(zone) else calendar.zone)
    lengths = sorted(calendar.minutes)
    minutes: int = next((one for one in lengths if one == wanted.minutes), lengths[0])
    openings = Openings(calendar, _diary(desk, calendar), minutes, voice)
    today = date_in(voice.zone, clock.seconds(desk.now))
    asked = wanted.month
    if asked and not Month.of(today) <= asked <= Month.of(today).plus(MONTHS_AHEAD):
        asked = None
    month, starts = openings.month(asked)
    days = by_date(starts, voice.zone)
    day = wanted.day if asked and wanted.day in days else next(iter(days), None)
    return {
        "calendar": calendar,
        "openings": openings,
        "location": {"kind": "", "value": ""} | (calendar.location or {}),
        "host_name": calendar.owner.person.name,
        "minutes": minutes,
        "lengths": lengths,
        "zone_name": voice.place(clock.instant(starts[0]) if starts else desk.now),
        "month": month,
        "month_name": voice.month(month.year, month.number),
        "earlier": month.plus(-1) if month > Month.of(today) else None,
        "later": month.plus(1) if month < Month.of(today).plus(MONTHS_AHEAD) else None,
        "weekdays": weekdays(voice.tag),
        "weeks": [week for week in month.weeks(voice.tag) if week[-1] >= today],
        "days": days,
        "day": day,
        "times": [voice.hour((at + shift) // 60 % 1440) for at, shift in days.get(day, ())] if day else [],
    }


def _diary(desk: Desk, calendar: Calendar) -> int | None:
    if calendar._state.adding:
        return diary.of_member(desk.member.pk)
    return diary.first_of(calendar.pk)
