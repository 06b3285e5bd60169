"""A calendar's own page: every rule in one form, with the preview beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse, QueryDict

from bookonce.domain.availability.hours import DAYS
from bookonce.domain.calendars import operations
from bookonce.domain.calendars.errors import CalendarChanged, SlugTaken
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.schemas.calendar_fields import CONTROLS
from bookonce.domain.schemas.locations import NEEDS_VALUE
from bookonce.foundation import dates
from bookonce.foundation.errors import Invalid
from bookonce.foundation.translation import mark
from bookonce.interfaces.host.calendars import conflicts, hours, no_times
from bookonce.interfaces.host.calendars import preview as calendar_preview
from bookonce.interfaces.host.calendars.form import NEW_RANGE, Typed, range_row
from bookonce.interfaces.host.calendars.form_parsing import Fault, number_of, read
from bookonce.interfaces.host.calendars.listing import HOME, address_of, scheduling_link
from bookonce.interfaces.host.calendars.preview import Wanted
from bookonce.interfaces.host.calendars.views import LIST, in_use
from bookonce.interfaces.host.shared import form_keys, frame
from bookonce.interfaces.host.shared.frame import Desk, signed_in
from bookonce.interfaces.pages import time_zones
from bookonce.interfaces.pages.language import Voice, weekdays

PLACES = {
    "url": mark("Meeting link"),
    "phone": mark("Phone number"),
    "address": mark("Street address"),
    "text": mark("Where you meet"),
}
"""What is asked beside a way to meet."""

JUST_SAVED = ("saved", "made")
"""What the page begins with right after it was saved."""

ENTER = "enter"
"""What the form does by the key, from any of its fields."""


@signed_in("GET", "POST")
def new(desk: Desk) -> HttpResponse:
    """A calendar to be made."""
    if not desk.posts:
        fresh = operations.blank(desk.member, name="", now=desk.now)
        typed = Typed.of(fresh, desk.voice)
        typed.plain["seal"] = form_keys.seal()
        return _form(desk, None, typed)
    return _posted(desk, None)


@signed_in("GET", "POST")
def edit(desk: Desk, name: str) -> HttpResponse:
    """A calendar to be changed."""
    calendar = in_use(desk, name)
    if desk.posts:
        return _posted(desk, calendar)
    typed = Typed.of(calendar, desk.voice)
    typed.plain["loaded"] = conflicts.loaded(typed, desk.voice)
    return _form(desk, calendar, typed, told=desk.said.get("told", ""))


@signed_in("POST")
def preview_new(desk: Desk) -> HttpResponse:
    """What guests would see of a calendar that is being made."""
    return _preview(desk, None)


@signed_in("GET", "POST")
def preview(desk: Desk, name: str) -> HttpResponse:
    """What guests see of the saved calendar; by a form, of what is typed and not saved."""
    return _preview(desk, in_use(desk, name))


def _posted(desk: Desk, calendar: Calendar | None) -> HttpResponse:
    form = desk.request.POST
    typed, act = Typed.of_form(form), str(form.get("act", ""))
    if act.startswith("copy hours "):
        act += " " + ",".join(str(day) for day in form.getlist(f"copy-{act[11:14]}"))
    if act == ENTER and _looks(form):
        return _form(desk, calendar, typed, told="looked", dirty=True)
    if act and act != ENTER:
        typed.act(act, desk.voice)
        return _form(desk, calendar, typed, dirty=True)
    return _save(desk, calendar, typed)


def _looks(form: QueryDict) -> bool:
    """Whether Enter was pressed in the preview's time zone: it shows, and saves nothing."""
    zone = form.get("preview_zone", "")
    return zone != form.get("preview_zone_was", zone)


def _save(desk: Desk, calendar: Calendar | None, typed: Typed) -> HttpResponse:
    found = read(typed, desk.voice, now_is=calendar)
    terms = found.terms()
    try:
        if not found.faults and calendar is None:
            key = form_keys.id_of(desk.request.POST, str(desk.member.pk))
            made = operations.create(desk.member, key=key, by=desk.by, now=desk.now, **terms)
            return frame.to(f"{address_of(made)}?told=made")
        if not found.faults and calendar is not None:
            version = number_of(typed["version"]) or 0
            operations.change(calendar, by=desk.by, now=desk.now, version=version, **terms)
            return frame.to(f"{address_of(calendar)}?told=saved")
    except (Invalid, SlugTaken) as refusal:
        found.faults += found.faults_of(refusal.data["errors"])
    except CalendarChanged as refusal:
        return _overtaken(desk, refusal.data["now_is"], typed)
    return _form(desk, calendar, typed, faults=found.faults, status=422, dirty=True)


def _overtaken(desk: Desk, now_is: Calendar, typed: Typed) -> HttpResponse:
    """What was typed, over the newer version; what was not touched is as it is saved there.

    Saving again is a choice made knowingly: what changed in both places is named, with what is saved.
    """
    voice = desk.voice
    saved = Typed.of(now_is, voice)
    came, both = conflicts.follow(typed, saved, voice)
    typed.plain |= {"version": saved["version"], "loaded": conflicts.loaded(saved, voice)}
    differs = [(f"#{name}", _name_of(name, voice), conflicts.told(name, saved, voice)) for name in both]
    named = list(dict.fromkeys(_name_of(name, voice) for name in came))
    return _form(desk, now_is, typed, told="overtaken", came=named, differs=differs, status=409, dirty=True)


def _name_of(field: str, voice: Voice, place: str = "") -> str:
    if field == "place_value" and place in PLACES:
        return voice.say(PLACES[place])
    root, _, rest = field.partition("-")
    day = rest[:3]
    if root == "hours" and day in DAYS:
        return _days(voice)[day][0]
    return voice.say(CONTROLS[root])


def _days(voice: Voice) -> dict[str, tuple[str, str]]:
    """The days of the week in the reader's order, each with its whole and its short name."""
    first = dates.locale_of(voice.tag).first_week_day
    names = weekdays(voice.tag)
    return {DAYS[(first + shift) % 7]: (whole, short) for shift, (short, whole) in enumerate(names)}


def _form(
    desk: Desk,
    calendar: Calendar | None,
    typed: Typed,
    *,
    faults: Iterable[Fault] = (),
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    voice, order = desk.voice, list(CONTROLS)
    faults = sorted(faults, key=lambda fault: order.index(fault[0].partition("-")[0]))
    errors: dict[str, str] = {}
    for field, mend in faults:
        errors[field] = " ".join(filter(None, (errors.get(field, ""), voice.say(mend))))
    place = typed["place"]
    problems = [(f"#{field}", f"{_name_of(field, voice, place)}: {words}") for field, words in errors.items()]
    for at, _name, words in more.get("differs", ()):
        errors[at[1:]] = voice.say("Saved now: {words}", words=words)
    title = calendar.name if calendar else voice.say("New calendar")
    address = address_of(calendar) if calendar else f"{HOME}/new"
    public = scheduling_link(calendar, desk.workspace.slug) if calendar else ""
    candidate = calendar_preview.candidate(desk, calendar, _named(typed, voice))
    wanted = Wanted.of(desk.request.POST)
    preview = calendar_preview.shown(desk, candidate, wanted) if candidate else None
    is_just_saved = more.get("told") in JUST_SAVED and not more.get("dirty")
    page: dict[str, Any] = {
        "told": "",
        "nobody": no_times.why_none(preview["openings"])
        if is_just_saved and preview and not preview["day"]
        else "",
        "came": [],
        "differs": [],
        "dirty": False,
        "saved": calendar is not None,
        "enter": ENTER,
        "title": title,
        "address": address,
        "public": public,
        "typed": typed,
        "errors": errors,
        "problems": problems,
        "days": _days(voice),
        "needs_place": NEEDS_VALUE,
        "fresh_range": range_row(NEW_RANGE, voice),
        **hours.shown(voice),
        "preview": preview,
        "seen_from": calendar_preview.seen_from(desk, wanted),
        **time_zones.listed(voice.tag, desk.now),
    }
    return desk.page("host/calendar.html", status, **LIST, **(page | more))


def _named(typed: Typed, voice: Voice) -> Typed:
    """The same with a name in place of none: a preview needs no name to show times."""
    if typed["name"].strip():
        return typed
    plain = typed.plain | {"name": voice.say("New calendar")}
    return Typed(plain, typed.minutes, typed.hours, typed.exceptions, typed.questions)


def _preview(desk: Desk, calendar: Calendar | None) -> HttpResponse:
    form = desk.request.POST if desk.posts else desk.request.GET
    wanted, candidate, kept = Wanted.of(form, short=not desk.posts), calendar, []
    address = address_of(calendar) if calendar else f"{HOME}/new"
    name = calendar.name if calendar else desk.voice.say("New calendar")
    if desk.posts:
        typed = _named(Typed.of_form(desk.request.POST), desk.voice)
        candidate = calendar_preview.candidate(desk, calendar, typed)
        kept = [
            (field, value)
            for field, values in desk.request.POST.lists()
            if field not in ("csrfmiddlewaretoken", "act") and not field.startswith("preview_")
            for value in values
        ]
    return desk.page(
        f"host/calendar_{'seen' if 'preview_alone' in form else 'preview'}.html",
        **LIST,
        name=name,
        address=address,
        kept=kept,
        preview=calendar_preview.shown(desk, candidate, wanted) if candidate else None,
        seen_from=calendar_preview.seen_from(desk, wanted),
        **time_zones.listed(desk.voice.tag, desk.now),
    )
