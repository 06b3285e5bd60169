"""Hours in the form of a calendar: typed on either clock, shown on the reader's own."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from bookonce.domain.accounts import profile
from bookonce.domain.calendars import operations as calendars
from bookonce.interfaces.host.calendars import hours as calendar_hours
from bookonce.interfaces.pages.language import ReaderLanguage
from tests import make
from tests.interfaces.host.calendars.test_calendar_form import form_of, kept, opened
from tests.interfaces.host.calendars.test_calendars import address
from tests.interfaces.host.calendars.typed_hours import LISTS, RANGES, VOICES, WRITTEN

HOURS = {day: [["09:00", "12:00"], ["13:30", "24:00"]] for day in make.ALWAYS}


def joined(pair: list[str] | None) -> str:
    return "–".join(pair or ())


@pytest.mark.parametrize("voice", VOICES[:3], ids=lambda voice: voice.clock or voice.tag)
def test_hours_are_read_as_people_write_them_whatever_the_clock(voice: ReaderLanguage) -> None:
    for (first, last), read in RANGES.items():
        assert joined(calendar_hours.range_of(first, last, voice)) == read, (first, last)
    for text, several in LISTS.items():
        ranges = calendar_hours.ranges_of(text, voice)
        assert (None if ranges is None else [joined(pair) for pair in ranges]) == several, text


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.tag + voice.clock)
def test_what_is_shown_is_read_as_the_same(voice: ReaderLanguage) -> None:
    for at in WRITTEN[1:]:
        pair = ["00:00", f"{at // 60:02}:{at % 60:02}"]
        shown = [calendar_hours.format_wall_time(kept, voice) for kept in pair]
        assert calendar_hours.range_of(*shown, voice) == pair
        assert calendar_hours.range_of("–".join(shown), "", voice) == pair


def test_hours_are_shown_on_the_readers_clock() -> None:
    pair = ["09:00", "24:00"]
    for tag, hours, shown in (
        ("en-GB", "", "09:00–24:00"),
        ("en-GB", "12", "9:00 AM–12:00 AM"),
        ("en-US", "", "9:00 AM–12:00 AM"),
        ("en-US", "24", "09:00–24:00"),
        ("en-DK", "", "09.00–24.00"),
        ("de", "12", "9:00 AM–12:00 AM"),
    ):
        said = calendar_hours.words_of(pair, ReaderLanguage(tag, "UTC", make.NOW, hours))
        assert said.replace("\u00a0", " ") == shown, tag


@pytest.fixture
def twelve(desk: Client, hana: make.Team) -> Client:
    """Hana's desk, on a clock of twelve hours."""
    calendars.change_calendar(
        hana.calendar,
        hours=HOURS,
        exceptions=[{"on": "2026-12-24", "hours": HOURS["mon"]}],
        by="test",
        now=make.NOW,
    )
    person = hana.owner.person
    profile.change_profile(person, name="Hana", zone="Europe/Berlin", language="en", clock="12")
    return desk


def shown(answer: Any) -> str:
    return html.unescape(answer.content.decode()).replace("\u00a0", " ").replace("\u2060", "")


@pytest.mark.django_db
def test_the_form_is_on_the_clock_of_its_reader(twelve: Client, hana: make.Team) -> None:
    path = address(hana.calendar)
    page = shown(twelve.get(path))
    for words in (
        'value="9:00 AM"',
        'value="12:00 PM"',
        'value="1:30 PM"',
        'value="12:00 AM"',
        'value="9:00 AM–12:00 PM, 1:30 PM–12:00 AM"',
        "such as 9:00 AM–12:00 PM, 2:00 PM–4:00 PM.",
        'data-pattern="h:mm a" data-am="AM" data-pm="PM"',
        'value="5:00 PM"',
    ):
        assert words in page, words
    assert not re.search(r"\b(09|17|24):00", page[page.index('id="week"') :])
    assert 'type="time"' not in page, "a browser would show it on a clock of its own"
    was = kept(hana.calendar)
    assert twelve.post(path, opened(twelve, path)).status_code == 303
    assert kept(hana.calendar) == was


@pytest.mark.django_db
def test_a_row_that_comes_new_is_on_the_readers_clock(twelve: Client, hana: make.Team) -> None:
    path = address(hana.calendar)
    calendars.change_calendar(hana.calendar, hours=HOURS | {"sun": []}, by="test", now=make.NOW)
    form = form_of(shown(twelve.post(path, opened(twelve, path) | {"act": "add hours sun"})))
    assert (form["hours-sun-0-from"], form["hours-sun-0-to"]) == (["9:00 AM"], ["5:00 PM"])


@pytest.mark.django_db
def test_hours_that_cannot_be_read_are_told_at_their_field_and_kept(twelve: Client, hana: make.Team) -> None:
    path = address(hana.calendar)
    typed = opened(twelve, path) | {"hours-mon-0-to": "nooon", "exceptions-0-hours": "at night"}
    answer = twelve.post(path, typed)
    page = shown(answer)
    assert answer.status_code == 422
    assert re.search(r'id="hours-mon-0-error">Give a start and an end, like 9:00 AM and 5:00 PM\.<', page)
    assert "Write hours like 9:00 AM–12:00 PM, 2:00 PM–4:00 PM, or leave them out to close." in page
    again = form_of(page)
    assert (again["hours-mon-0-to"], again["exceptions-0-hours"]) == (["nooon"], ["at night"])


@pytest.mark.django_db
def test_hours_typed_in_another_way_were_not_changed_by_it(twelve: Client, hana: make.Team) -> None:
    """Two ways to write the same are no difference between what two people have saved."""
    path = address(hana.calendar)
    typed = opened(twelve, path) | {"hours-mon-0-from": "09:00", "hours-mon-0-to": "12", "name": "Mine"}
    calendars.change_calendar(
        hana.calendar, hours=HOURS | {"mon": [["10:00", "11:00"]]}, by="test", now=make.NOW
    )
    answer = twelve.post(path, typed)
    page = shown(answer)
    assert answer.status_code == 409
    assert "Changed in both places" not in page, "nobody has touched the hours here"
    assert form_of(page)["hours-mon-0-from"] == ["10:00 AM"]
