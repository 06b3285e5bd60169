"""A calendar's own page: every rule in one form, with the preview beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from django.http import HttpResponse, QueryDict

from bookonce.domain.availability.hours import DAYS
from bookonce.domain.calendars import operations
from bookonce.domain.calendars.errors import CalendarChanged, SlugTaken
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.schemas.calendar_fields import CONTROLS, HELPS
from bookonce.domain.schemas.locations import NEEDS_VALUE
from bookonce.domain.schemas.parsing import MOST_FAULTS
from bookonce.foundation import dates
from bookonce.foundation.errors import Invalid
from bookonce.foundation.translation import gettext_noop
from bookonce.interfaces.host.calendars import conflicts, hours, no_times
from bookonce.interfaces.host.calendars import preview as calendar_preview
from bookonce.interfaces.host.calendars.form import LIMITS, NEW_RANGE, CalendarForm, control_of, range_row
from bookonce.interfaces.host.calendars.form_parsing import Fault, number_of, parse_form
from bookonce.interfaces.host.calendars.listing import HOME, address_of, scheduling_link
from bookonce.interfaces.host.calendars.preview import PreviewQuery
from bookonce.interfaces.host.calendars.views import LIST, find_calendar_in_use
from bookonce.interfaces.host.shared import form_keys, frame
from bookonce.interfaces.host.shared.frame import HostRequest, signed_in
from bookonce.interfaces.pages import time_zones
from bookonce.interfaces.pages.form_fields import Faults, FieldTooLong
from bookonce.interfaces.pages.language import ReaderLanguage, weekday_names

PLACES = {
    "url": gettext_noop("Meeting link"),
    "phone": gettext_noop("Phone number"),
    "address": gettext_noop("Street address"),
    "text": gettext_noop("Where you meet"),
}
"""The label of the value beside each kind of location."""

JUST_SAVED = ("saved", "made")
"""Values of ``told`` right after the calendar was saved."""

ENTER = "enter"
"""The value of the form's first button, which Enter presses in any field."""


def _shown(desk: HostRequest, faults: Faults, name: str = "") -> HttpResponse:
    """The form with a field that is too long, or too many rows; nothing has read it, nor does the preview."""
    calendar, form = find_calendar_in_use(desk, name) if name else None, desk.request.POST
    typed = CalendarForm.of_form(form)
    if typed.has_far_too_many_rows():
        raise FieldTooLong(faults, LIMITS)
    found = [(control_of(form, field), words) for field, words in islice(faults.items(), MOST_FAULTS)]
    return _form(desk, calendar, typed, faults=found, status=422, dirty=True, is_read=False)


@signed_in("GET", "POST", fields=LIMITS, shown=_shown)
def new_calendar(desk: HostRequest) -> HttpResponse:
    """The form of a new calendar."""
    if not desk.posts:
        fresh = operations.build_calendar(desk.member, name="", now=desk.now)
        typed = CalendarForm.of(fresh, desk.voice)
        typed.plain["seal"] = form_keys.new_form_key()
        return _form(desk, None, typed)
    return _posted(desk, None)


@signed_in("GET", "POST", fields=LIMITS, shown=_shown)
def edit_calendar(desk: HostRequest, name: str) -> HttpResponse:
    """The form of a calendar."""
    calendar = find_calendar_in_use(desk, name)
    if desk.posts:
        return _posted(desk, calendar)
    typed = CalendarForm.of(calendar, desk.voice)
    typed.plain["loaded"] = conflicts.loaded_values(typed, desk.voice)
    return _form(desk, calendar, typed, told=desk.said.get("told", ""))


@signed_in("POST", fields=LIMITS)
def preview_new(desk: HostRequest) -> HttpResponse:
    """The preview of a new calendar as typed."""
    return _preview(desk, None)


@signed_in("GET", "POST", fields=LIMITS)
def preview_calendar(desk: HostRequest, name: str) -> HttpResponse:
    """The preview of a calendar: as saved by GET, as typed by POST."""
    return _preview(desk, find_calendar_in_use(desk, name))


def _posted(desk: HostRequest, calendar: Calendar | None) -> HttpResponse:
    form = desk.request.POST
    typed, act = CalendarForm.of_form(form), str(form.get("act", ""))
    if act.startswith("copy hours "):
        act += " " + ",".join(str(day) for day in form.getlist(f"copy-{act[11:14]}"))
    if act == ENTER and _looks(form):
        return _form(desk, calendar, typed, told="looked", dirty=True)
    # Row buttons save nothing, so that rows can be edited without script, too.
    if act and act != ENTER:
        typed.act(act, desk.voice)
        return _form(desk, calendar, typed, dirty=True)
    return _save(desk, calendar, typed)


def _looks(form: QueryDict) -> bool:
    """Whether Enter was pressed in the preview's time zone, which must save nothing."""
    zone = form.get("preview_zone", "")
    return zone != form.get("preview_zone_was", zone)


def _save(desk: HostRequest, calendar: Calendar | None, typed: CalendarForm) -> HttpResponse:
    found = parse_form(typed, desk.voice, now_is=calendar)
    terms = found.terms()
    try:
        if not found.faults and calendar is None:
            key = form_keys.form_id(desk.request.POST, str(desk.member.pk))
            made = operations.create_calendar(desk.member, key=key, by=desk.by, now=desk.now, **terms)
            return frame.redirect_to(f"{address_of(made)}?told=made")
        if not found.faults and calendar is not None:
            # No calendar has version 0, so a form without one never overwrites somebody's change.
            version = number_of(typed["version"]) or 0
            operations.change_calendar(calendar, by=desk.by, now=desk.now, version=version, **terms)
            return frame.redirect_to(f"{address_of(calendar)}?told=saved")
    except (Invalid, SlugTaken) as refusal:
        # What only the database can tell, such as a taken address, stands beside what the form told.
        found.faults += found.faults_of(refusal.data["errors"])
    except CalendarChanged as refusal:
        return _overtaken(desk, refusal.data["now_is"], typed)
    return _form(desk, calendar, typed, faults=found.faults, status=422, dirty=True)


def _overtaken(desk: HostRequest, now_is: Calendar, typed: CalendarForm) -> HttpResponse:
    """The form merged with the newer version, and based on it.

    Fields that changed in both places are named with their saved values, so that saving again is a decision.
    """
    voice = desk.voice
    saved = CalendarForm.of(now_is, voice)
    came, both = conflicts.merge_saved(typed, saved, voice)
    typed.plain |= {"version": saved["version"], "loaded": conflicts.loaded_values(saved, voice)}
    differs = [
        (f"#{name}", _name_of(name, voice), conflicts.describe_saved(name, saved, voice)) for name in both
    ]
    named = list(dict.fromkeys(_name_of(name, voice) for name in came))
    return _form(desk, now_is, typed, told="overtaken", came=named, differs=differs, status=409, dirty=True)


def _name_of(field: str, voice: ReaderLanguage, place: str = "") -> str:
    if field == "place_value" and place in PLACES:
        return voice.say(PLACES[place])
    root, _, rest = field.partition("-")
    day = rest[:3]
    if root == "hours" and day in DAYS:
        return _days(voice)[day][0]
    return voice.say(CONTROLS[root])


def _days(voice: ReaderLanguage) -> dict[str, tuple[str, str]]:
    """Day → (full name, short name), in the reader's order of the week."""
    # Weeks begin on Sunday, Monday or Saturday (CLDR).
    first = dates.locale_of(voice.tag).first_week_day
    names = weekday_names(voice.tag)
    return {DAYS[(first + shift) % 7]: (whole, short) for shift, (short, whole) in enumerate(names)}


def _form(
    desk: HostRequest,
    calendar: Calendar | None,
    typed: CalendarForm,
    *,
    faults: Iterable[Fault] = (),
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    voice = desk.voice
    errors = _errors_by_field(faults, voice)
    problems = _problem_list(errors, voice, place=typed["place"])
    # What differs stands beside its field, but is no fault: the list of problems above is made without it.
    for at, _name, words in more.get("differs", ()):
        errors[at[1:]] = voice.say("Saved now: {words}", words=words)
    page: dict[str, Any] = {
        "told": "",
        "came": [],
        "differs": [],
        "dirty": False,
        "enter": ENTER,
        "typed": typed,
        "errors": errors,
        "problems": problems,
        # First: the preview writes what is typed onto this same object.
        **_heading(desk, calendar),
        **_form_vocabulary(desk),
        **_preview_beside(desk, calendar, typed if more.get("is_read", True) else None, more),
    }
    return desk.page("host/calendar.html", status, **LIST, **(page | more))


def _errors_by_field(faults: Iterable[Fault], voice: ReaderLanguage) -> dict[str, str]:
    """Field → what is wrong with it, in the order in which the form shows the fields."""
    order = list(CONTROLS)
    errors: dict[str, str] = {}
    for field, mend in sorted(faults, key=lambda fault: order.index(fault[0].partition("-")[0])):
        errors[field] = " ".join(filter(None, (errors.get(field, ""), voice.say(mend))))
    return errors


def _problem_list(errors: dict[str, str], voice: ReaderLanguage, *, place: str) -> list[tuple[str, str]]:
    """(address of the field, its name and what is wrong with it), for the head of the page."""
    return [(f"#{field}", f"{_name_of(field, voice, place)}: {words}") for field, words in errors.items()]


def _heading(desk: HostRequest, calendar: Calendar | None) -> dict[str, Any]:
    """What the page says of the calendar as it is saved; of none yet, where it is being made."""
    return {
        "saved": calendar is not None,
        "title": calendar.name if calendar else desk.voice.say("New calendar"),
        "address": address_of(calendar) if calendar else f"{HOME}/new",
        "public": scheduling_link(calendar, desk.workspace.slug) if calendar else "",
    }


def _form_vocabulary(desk: HostRequest) -> dict[str, Any]:
    """The form's labels and helps, and what it offers to choose from, whichever calendar it shows."""
    return {
        "labels": {control: desk.voice.say(words) for control, words in CONTROLS.items()},
        "helps": {control: words and desk.voice.say(words) for control, words in HELPS.items()},
        "days": _days(desk.voice),
        "needs_place": NEEDS_VALUE,
        "fresh_range": range_row(NEW_RANGE, desk.voice),
        **hours.hours_vocabulary(desk.voice),
        **time_zones.zone_list_context(desk.voice.tag, desk.now),
    }


def _preview_beside(
    desk: HostRequest, calendar: Calendar | None, typed: CalendarForm | None, more: Mapping[str, Any]
) -> dict[str, Any]:
    """The preview of what is typed, else of what is saved; after a save, also why it shows nobody a time."""
    candidate = calendar
    if typed is not None:
        candidate = calendar_preview.unsaved_calendar(desk, calendar, _named(typed, desk.voice))
    wanted = PreviewQuery.of(desk.request.POST)
    preview = calendar_preview.preview_context(desk, candidate, wanted) if candidate else None
    nobody = ""
    if more.get("told") in JUST_SAVED and not more.get("dirty") and preview and not preview["day"]:
        nobody = no_times.why_no_times(preview["openings"])
    return {
        "nobody": nobody,
        "preview": preview,
        "seen_from": calendar_preview.preview_zone(desk, wanted),
    }


def _named(typed: CalendarForm, voice: ReaderLanguage) -> CalendarForm:
    """The form with a placeholder where no name is typed: a preview needs none to show times."""
    if typed["name"].strip():
        return typed
    plain = typed.plain | {"name": voice.say("New calendar")}
    return CalendarForm(plain, typed.minutes, typed.hours, typed.exceptions, typed.questions)


def _preview(desk: HostRequest, calendar: Calendar | None) -> HttpResponse:
    form = desk.request.POST if desk.posts else desk.request.GET
    wanted, candidate, kept = PreviewQuery.of(form, short=not desk.posts), calendar, []
    address = address_of(calendar) if calendar else f"{HOME}/new"
    name = calendar.name if calendar else desk.voice.say("New calendar")
    if desk.posts:
        typed = _named(CalendarForm.of_form(desk.request.POST), desk.voice)
        candidate = calendar_preview.unsaved_calendar(desk, calendar, typed)
        # Sent along, so that without script the way back from the preview keeps everything typed.
        kept = [
            (field, value)
            for field, values in desk.request.POST.lists()
            if field not in ("csrfmiddlewaretoken", "act") and not field.startswith("preview_")
            for value in values
        ]
    return desk.page(
        f"host/calendar_{'slots' if 'preview_alone' in form else 'preview'}.html",
        **LIST,
        name=name,
        address=address,
        kept=kept,
        preview=calendar_preview.preview_context(desk, candidate, wanted) if candidate else None,
        seen_from=calendar_preview.preview_zone(desk, wanted),
        **time_zones.zone_list_context(desk.voice.tag, desk.now),
    )
