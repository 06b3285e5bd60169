"""The form of a calendar: every rule can be typed, nothing typed is lost, and two people never overwrite."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookonce.domain.calendars import operations as calendars
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.schemas import parsing
from bookonce.domain.schemas.calendar_fields import NUMBERS
from bookonce.domain.schemas.calendars import CalendarChange
from bookonce.domain.schemas.output_calendars import describe_calendar
from bookonce.foundation import tokens
from bookonce.interfaces.host.calendars.form import CalendarForm
from bookonce.interfaces.host.calendars.form_parsing import parse_form
from bookonce.interfaces.pages.language import ReaderLanguage
from tests import make
from tests.interfaces.guest.conftest import Time
from tests.interfaces.host.calendars.test_calendars import HOME, address
from tests.interfaces.host.reading import read as words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
VOICE = ReaderLanguage("en", "Europe/Berlin", make.NOW)

WHOLE: dict[str, Any] = {
    "name": "Consultation",
    "slug": "consultation",
    "description": "Bring your papers.\nAll of them.",
    "minutes": [25, 30, 60],
    "slot_step": 15,
    "zone": "America/New_York",
    "hours": {"mon": [["09:00", "12:00"], ["13:00", "24:00"]], "sat": [["00:00", "24:00"]]},
    "exceptions": [
        {"on": "2026-12-24", "hours": []},
        {"on": "2026-12-25", "hours": []},
        {"on": "2026-12-31", "hours": [["09:00", "12:00"], ["13:00", "24:00"]]},
    ],
    "buffer_before": 5,
    "buffer_after": 10,
    "notice_minutes": 120,
    "window_days": 30,
    "window_from": None,
    "window_to": None,
    "limit_per_day": 4,
    "limit_per_week": 12,
    "visibility": "link_only",
    "location": {"kind": "url", "value": "https://meet.example.org/x"},
    "questions": [
        {"key": "cup", "label": "Cup", "kind": "choice", "required": True, "options": ["a", "b"], "help": ""},
        {"key": "more", "label": "More", "kind": "textarea", "required": False, "options": [], "help": "?"},
    ],
    "contact": {"name": "Front desk", "email": "", "phone": "+49 30 123456", "text": "Call us."},
    "on_cancel": "reopen",
}  # fmt: skip


def form_of(page: str) -> dict[str, list[str]]:
    """What a browser would send of the page's form."""
    page = re.sub(r"<template.*?</template>", "", page, flags=re.S)
    page = page[page.index('id="calendar"') :]
    page = page[: page.index("</form>")]
    sent: dict[str, list[str]] = {}

    def say(name: str, value: str) -> None:
        for code, sign in (("&#34;", '"'), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
            value = value.replace(code, sign)
        sent.setdefault(name, []).append(value)

    for tag in re.findall(r"<input[^>]*>|<select.*?</select>|<textarea.*?</textarea>", page, re.S):
        found = re.search(r'\bname="([^"]*)"', tag)
        if not found or found[1].startswith("copy-"):
            continue
        if tag.startswith("<select"):
            chosen = re.search(r'<option value="([^"]*)"\s+selected', tag)
            first = re.search(r'<option value="([^"]*)"', tag)
            say(found[1], (chosen or first)[1])
        elif tag.startswith("<textarea"):
            say(found[1], re.search(r">(.*)</textarea>", tag, re.S)[1])
        elif re.search(r'type="(checkbox|radio)"', tag):
            if re.search(r"\bchecked", tag):
                say(found[1], re.search(r'value="([^"]*)"', tag)[1])
        else:
            value = re.search(r'\bvalue="([^"]*)"', tag, re.S)
            say(found[1], value[1] if value else "")
    return sent


def opened(client: Client, path: str) -> dict[str, list[str]]:
    answer = client.get(path)
    assert answer.status_code == 200
    return form_of(answer.content.decode())


def kept(calendar: Calendar) -> dict[str, Any]:
    again = Calendar.objects.get(pk=calendar.pk)
    return {name: getattr(again, name) for name in WHOLE}


def test_saving_what_is_shown_changes_nothing(desk: Client, hana: make.Team) -> None:
    calendar = calendars.change_calendar(hana.calendar, **WHOLE, by="test", now=make.NOW)
    shown = opened(desk, address(calendar))
    answer = desk.post(address(calendar), shown)
    assert answer.status_code == 303
    assert kept(calendar) == WHOLE | {"hours": {day: WHOLE["hours"].get(day, []) for day in make.ALWAYS}}
    assert "Saved." in desk.get(answer.headers["Location"]).content.decode()


def test_a_calendar_is_made_with_what_is_typed(desk: Client, hana: make.Team) -> None:
    shown = opened(desk, f"{HOME}/new")
    typed = shown | {
        "name": "Sprechstunde",
        "zone": "berlin",
        "other_minutes": "25 50",
        "hours-sat-1000-from": "10",
        "hours-sat-1000-to": "00:00",
        "exceptions-7-from": "2026-12-24",
        "exceptions-7-to": "2027-01-02",
        "exceptions-7-hours": "",
        "questions-3-label": "Wie groß ist Ihr Team?",
        "questions-3-kind": "text",
        "questions-4-label": "Wie groß ist Ihr Team??",
        "notice": "2",
        "notice_unit": "days",
        "window_days": "",
        "window_from": "2026-11-01",
    }
    answer = desk.post(f"{HOME}/new", typed)
    assert answer.status_code == 303
    made = Calendar.objects.get(name="Sprechstunde")
    assert answer.headers["Location"] == f"{address(made)}?told=made"
    assert (made.slug, made.zone, made.minutes) == ("sprechstunde", "Europe/Berlin", [25, 30, 50])
    assert made.hours["sat"] == [["10:00", "24:00"]]
    assert made.hours["mon"] == [["09:00", "17:00"]]
    assert len(made.exceptions) == 10
    assert [question["key"] for question in made.questions] == [
        "wie_gross_ist_ihr_team",
        "wie_gross_ist_ihr_team_2",
    ]
    assert (made.notice_minutes, made.window_days, str(made.window_from)) == (2880, None, "2026-11-01")
    assert made.owner == hana.owner


WRONG = {
    "name": (" ", "name", "Give the calendar a name"),
    "slug": ("Not A Slug", "slug", "Use lower-case letters"),
    "other_minutes": ("soon", "minutes", "Write other lengths as minutes"),
    "slot_step": ("0", "slot_step", "Enter a number from 1 to 1440."),
    "zone": ("Atlantis", "zone", "Choose a time zone from the list."),
    "hours-mon-0-to": ("08:00", "hours-mon-0", "Let the range end after it starts"),
    "hours-mon-0-from": ("noon", "hours-mon-0", "Give a start and an end"),
    "buffer_before": ("many", "buffer_before", "Enter a whole number"),
    "buffer_after": ("2000", "buffer_after", "Enter a number from 0 to 1440."),
    "notice": ("999999", "notice", "Enter a number from 0 to 365."),
    "window_days": ("-1", "window_days", "Enter a number from 0 to 3660."),
    "window_from": ("2026-13-01", "window_from", "Write the date like"),
    "limit_per_day": ("0", "limit_per_day", "Enter a number from 1 to 1000."),
    "limit_per_week": ("1" * 200, "limit_per_week", "Enter a number from 1 to 1000."),
    "place": ("url", "place_value", "Say where it is"),
    "contact_email": ("nobody", "contact_email", "e-mail"),
    "contact_phone": ("call me", "contact_phone", "Enter a phone number"),
    "visibility": ("secret", "visibility", "Choose one of"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_is_told_at_its_field_and_on_top(desk: Client, hana: make.Team, name: str) -> None:
    value, field, mend = WRONG[name]
    calendars.change_calendar(hana.calendar, hours={"mon": [["09:00", "17:00"]]}, by="test", now=make.NOW)
    was = kept(hana.calendar)
    shown = opened(desk, address(hana.calendar)) | {
        "contact_email_how": "own",
        "contact_email": "a@b.example",
    }
    typed = shown | {name: value, "notice_unit": "days", "description": "Typed <and> kept"}
    answer = desk.post(address(hana.calendar), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert mend in page
    assert f'href="#{field}"' in page
    assert f'id="{field}"' in page
    assert "Typed &lt;and&gt; kept" in page
    again = form_of(page)
    assert again.get(name) == ([value] if name != "visibility" else None), "a choice that is none is not kept"
    assert kept(hana.calendar) == was


def test_the_same_is_not_asked_twice(desk: Client, hana: make.Team) -> None:
    typed = opened(desk, address(hana.calendar)) | {
        "questions-1-label": "Which cup?",
        "questions-2-label": "which  cup? ",
    }
    answer = desk.post(address(hana.calendar), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#questions-1-label"' in page
    assert "You ask this already." in page
    assert kept(hana.calendar)["questions"] == []
    assert desk.post(address(hana.calendar), typed | {"questions-2-label": "And?"}).status_code == 303


def test_a_number_to_call_is_one(desk: Client, hana: make.Team) -> None:
    path = address(hana.calendar)
    shown = opened(desk, path) | {"place": "phone"}
    answer = desk.post(path, shown | {"place_value": "not a phone"})
    assert answer.status_code == 422
    assert 'href="#place_value"' in answer.content.decode()
    assert "Enter a phone number like +49 30 123456." in answer.content.decode()
    assert desk.post(path, shown | {"place_value": "+49 30 123456"}).status_code == 303
    # What a program has said in words of its own stays as it is.
    calendars.change_calendar(
        hana.calendar, location={"kind": "phone", "value": "Ring twice"}, by="test", now=make.NOW
    )
    assert desk.post(path, opened(desk, path)).status_code == 303


def test_a_zone_that_the_preview_does_not_know_is_told_at_its_field(desk: Client, hana: make.Team) -> None:
    path = address(hana.calendar)
    typed = opened(desk, path) | {"preview_zone": "Atlantis"}
    enter = typed | {"act": "enter", "preview_zone_was": "Europe/Berlin"}
    for answer in (desk.post(f"{path}/preview", typed), desk.post(path, enter)):
        page = answer.content.decode()
        assert re.search(
            r'id="preview_zone-error">(Choose a time zone from the list|Name a city, like Berlin)\.<', page
        )
        assert re.search(r'id="preview_zone"[^>]*aria-invalid="true"', page)
        assert re.search(r'<option value="Atlantis" selected>|id="preview_zone"[^>]* value="Atlantis"', page)
        assert "seen from another time zone now" not in page
        assert 'class="seen-times"' in page
    for place in ("Tokyo", "München"):
        assert "preview_zone-error" not in desk.get(f"{path}/preview", {"zone": place}).content.decode()


def test_a_zone_is_chosen_by_its_city_and_one_with_a_former_name_stays(desk: Client, hana: make.Team) -> None:
    path = address(hana.calendar)
    calendars.change_calendar(hana.calendar, zone="Asia/Calcutta", by="test", now=make.NOW)
    page = desk.get(path).content.decode()
    chosen = re.findall(r'<option value="([^"]+)" selected[^>]*>([^<]*)</option>', page)
    assert ("Asia/Calcutta", "Kolkata (UTC+5:30)") in chosen
    assert desk.post(path, form_of(page)).status_code == 303
    assert kept(hana.calendar)["zone"] == "Asia/Calcutta"
    assert desk.post(path, opened(desk, path) | {"zone": "America/Bogota"}).status_code == 303
    assert "Bogotá (UTC−5)</option>" in desk.get(path).content.decode()


def test_the_list_of_zones_is_sent_once(desk: Client, hana: make.Team) -> None:
    """The preview's is made of the form's; without script a city is typed there."""
    page = desk.get(address(hana.calendar)).content.decode()
    assert page.count("buenos aires") == 1
    assert len(page) < 130_000
    assert re.search(r'data-of="zone".*?<input id="preview_zone" name="preview_zone"', page, re.S)
    assert page.index('id="zone"') < page.index('data-of="zone"')


def test_the_preview_that_follows_is_sent_alone(desk: Client, hana: make.Team) -> None:
    path = address(hana.calendar, "/preview")
    typed = opened(desk, address(hana.calendar)) | {"preview_alone": "yes"}
    page = desk.post(path, typed | {"preview_zone": "Asia/Tokyo"}).content.decode()
    assert "Times shown for Tokyo, UTC+9" in page
    assert "<option" not in page
    own = desk.post(path, typed | {"preview_zone": ""}).content.decode()
    assert "Times shown for Berlin, UTC+1" in own


def test_the_form_takes_the_numbers_that_programs_can_send(desk: Client, hana: make.Team) -> None:
    sent = {one.name: one.limits for one in NUMBERS.values() if one.limits}
    assert len(sent) == 7
    for name, (low, high) in sent.items():
        for number, is_taken in ((low - 1, False), (low, True), (high, True), (high + 1, False)):
            found = [at for at, _ in parsing.list_problems(CalendarChange, {name: number})]
            assert (not found) is is_taken, (name, number)
    shown = opened(desk, address(hana.calendar))
    typed = {"notice": "+0012", "notice_unit": "hours", "buffer_before": "-0", "buffer_after": " 7 "}
    assert desk.post(address(hana.calendar), shown | typed).status_code == 303
    saved = Calendar.objects.get(pk=hana.calendar.pk)
    assert (saved.notice_minutes, saved.buffer_before, saved.buffer_after) == (720, 0, 7)


def test_faults_in_rows_are_told_at_their_row(desk: Client, hana: make.Team) -> None:
    shown = opened(desk, address(hana.calendar))
    typed = shown | {
        "hours-mon-5-from": "",
        "hours-mon-5-to": "",
        "hours-mon-8-from": "09:00",
        "hours-mon-8-to": "10:00",
        "exceptions-0-from": "2026-12-24",
        "exceptions-0-hours": "12:00-09:00",
        "exceptions-2-from": "24.12.",
        "exceptions-3-from": "2026-01-01",
        "exceptions-3-to": "2028-01-01",
        "questions-1-label": "Which?",
        "questions-1-kind": "choice",
        "questions-2-help": "Nothing is asked",
        "questions-3-key": "name",
        "questions-3-label": "Again",
    }
    answer = desk.post(address(hana.calendar), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    for field in (
        "exceptions-1",
        "exceptions-2",
        "questions-0-options",
        "questions-1-label",
        "questions-2-key",
    ):
        assert f'href="#{field}"' in page, field
    assert 'href="#hours-mon-2"' in page, "what makes no sense is told together with what cannot be read"
    mended = typed | {"exceptions-2-from": "2026-12-26", "exceptions-3-to": "", "questions-1-options": "a\nb"}
    mended |= {"questions-2-label": "What?", "questions-3-key": ""}
    answer = desk.post(address(hana.calendar), mended)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#hours-mon-2"' in page
    assert 'href="#exceptions-0"' in page


def test_rows_come_and_go_without_script_and_nothing_is_saved(desk: Client, hana: make.Team) -> None:
    was = kept(hana.calendar)
    shown = opened(desk, address(hana.calendar)) | {"name": "Half typed"}

    def press(words: str, form: dict[str, Any]) -> dict[str, Any]:
        answer = desk.post(address(hana.calendar), form | {"act": words})
        assert answer.status_code == 200
        return form_of(answer.content.decode())

    form = press("remove hours mon 0", shown)
    assert "hours-mon-0-from" not in form
    form = press("add hours mon", form)
    assert form["hours-mon-0-from"] == ["09:00"]
    form = press("copy hours mon", form | {"copy-mon": ["sat", "nonsense"]})
    assert (form["hours-sat-0-from"], form["hours-sat-0-to"]) == (["09:00"], ["17:00"])
    form = press("add exceptions", form)
    form = press("add questions", form) | {"questions-0-label": "First"}
    form = press("add questions", form) | {"questions-1-label": "Second"}
    form = press("up questions 1", form)
    assert form["questions-0-label"] == ["Second"]
    form = press("down questions 0", form)
    form = press("remove questions 0", form)
    assert form["questions-0-label"] == ["Second"]
    for odd in (
        "remove questions 99",
        "up nothing 1",
        "add hours someday",
        "copy hours",
        "x" * 200,
        "up questions -1",
    ):
        form = press(odd, form)
    assert form["name"] == ["Half typed"]
    assert kept(hana.calendar) == was


def test_who_saves_second_is_told_and_loses_nothing(desk: Client, hana: make.Team) -> None:
    shown = opened(desk, address(hana.calendar))
    calendars.change_calendar(hana.calendar, name="Hers", minutes=[45], by="test", now=make.NOW)
    answer = desk.post(address(hana.calendar), shown | {"description": "His", "name": "Ours"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This calendar was changed meanwhile" in page
    assert "stands below as it is saved now: Lengths." in page
    assert re.findall(r'<a href="#(\w+)">[^<]*</a> · ([^<]*?)\s*<', page) == [("name", "Saved now: Hers")]
    assert re.search(r'id="name-error">Saved now: Hers<', page), "what is saved stands beside what is typed"
    again = form_of(page)
    assert (again["description"], again["name"], again["minutes"]) == (["His"], ["Ours"], ["45"])
    assert Calendar.objects.get(pk=hana.calendar.pk).name == "Hers"
    assert desk.post(address(hana.calendar), again).status_code == 303
    saved = Calendar.objects.get(pk=hana.calendar.pk)
    assert (saved.name, saved.description, saved.minutes) == ("Ours", "His", [45])
    without = {name: value for name, value in shown.items() if name != "version"}
    assert desk.post(address(hana.calendar), without).status_code == 409


TODAY = make.NOW.date()
NOBODY = {
    "no hours": ({"hours": {}}, "It has no hours."),
    "too short": ({"minutes": [1440]}, "None of its hours is as long as an appointment."),
    "over": ({"window_to": TODAY - timedelta(days=9)}, "Its last day was"),
    "apart": ({"window_days": 3, "window_from": TODAY + timedelta(days=9)}, "before its first day"),
    "notice": ({"window_days": 3, "notice_minutes": 7200}, "Its notice is longer than its days ahead."),
    "shut": ({"exceptions": [], "window_days": None, "window_from": TODAY + timedelta(days=900)}, "year."),
    "somebody": ({"window_from": TODAY - timedelta(days=9)}, ""),
}  # fmt: skip


@pytest.mark.usefixtures("now")
@pytest.mark.parametrize("case", NOBODY)
def test_a_calendar_that_nobody_can_book_says_so_after_it_was_saved(
    desk: Client, hana: make.Team, case: str
) -> None:
    terms, why = NOBODY[case]
    calendar = calendars.change_calendar(
        hana.calendar, hours={"mon": [["09:00", "17:00"]]}, by="test", now=make.NOW
    )
    calendars.change_calendar(calendar, **terms, by="test", now=make.NOW)
    answer = desk.post(address(calendar), opened(desk, address(calendar)))
    page = desk.get(answer.headers["Location"]).content.decode()
    assert ("Nobody can book this calendar now." in page) is bool(why)
    assert why in page
    assert "Nobody can book this calendar now." not in desk.get(address(calendar)).content.decode()


OTHERS: dict[str, Any] = {
    "name": "Hers",
    "zone": "Asia/Tokyo",
    "hours": {"tue": [["10:00", "11:00"]]},
    "exceptions": [{"on": "2026-12-24", "hours": []}],
    "notice_minutes": 2880,
    "window_days": 7,
    "visibility": "link_only",
    "location": {"kind": "address", "value": "Lindenstr. 1"},
    "questions": [],
    "contact": {"name": "Reception", "phone": "+49 30 123456"},
}  # fmt: skip


def test_what_was_not_touched_follows_what_is_saved(desk: Client, hana: make.Team) -> None:
    calendar = calendars.change_calendar(hana.calendar, **WHOLE, by="test", now=make.NOW)
    shown = opened(desk, address(calendar))
    calendars.change_calendar(calendar, **OTHERS, by="test", now=make.NOW)
    saved = kept(calendar)
    typed = shown | {
        "description": "His own\r\nwords",
        "hours-wed-0-from": "09:00",
        "hours-wed-0-to": "10:00",
    }
    answer = desk.post(address(calendar), typed)
    assert answer.status_code == 409
    assert "Changed in both places" not in answer.content.decode()
    assert desk.post(address(calendar), form_of(answer.content.decode())).status_code == 303
    hours = {day: [] for day in make.ALWAYS} | {"tue": [["10:00", "11:00"]], "wed": [["09:00", "10:00"]]}
    assert kept(calendar) == saved | {"description": "His own\nwords", "hours": hours}


def test_a_second_save_meanwhile_is_told_like_the_first(desk: Client, hana: make.Team) -> None:
    shown = opened(desk, address(hana.calendar))
    calendars.change_calendar(hana.calendar, name="Hers", by="test", now=make.NOW)
    page = desk.post(address(hana.calendar), shown | {"description": "His"}).content.decode()
    calendars.change_calendar(hana.calendar, name="Hers again", by="test", now=make.NOW)
    page = desk.post(address(hana.calendar), form_of(page)).content.decode()
    assert "Changed in both places" not in page
    assert desk.post(address(hana.calendar), form_of(page)).status_code == 303
    saved = Calendar.objects.get(pk=hana.calendar.pk)
    assert (saved.name, saved.description) == ("Hers again", "His")


def test_what_is_saved_is_told_in_the_words_of_the_form(desk: Client, hana: make.Team) -> None:
    calendar = calendars.change_calendar(hana.calendar, **WHOLE, by="test", now=make.NOW)
    shown = opened(desk, address(calendar))
    calendars.change_calendar(calendar, **OTHERS, by="test", now=make.NOW)
    typed = shown | {
        "zone": "Europe/Paris",
        "hours-tue-0-from": "09:00",
        "hours-tue-0-to": "10:00",
        "hours-mon-0-from": "08:00",
        "notice": "3",
        "window_days": "8",
        "place": "",
        "place_value": "",
        "questions-0-label": "Which cup?",
        "exceptions-0-hours": "1-2",
        "contact_name": "Nobody",
    }
    page = desk.post(address(calendar), typed).content.decode()
    assert dict(re.findall(r'<a href="#([\w-]+)">[^<]*</a> · Saved now: ([^<]*?)\s*<', page)) == {
        "zone": "Tokyo",
        "hours-mon": "Closed",
        "hours-tue": "10:00–11:00",
        "notice": "2 days",
        "window_days": "7",
        "place": "At an address Lindenstr. 1",
        "questions": "Empty",
        "exceptions": "2026-12-24",
        "contact_name": "Reception",
    }
    for at in re.findall(r'<a href="#([\w-]+)">[^<]*</a> · Saved now', page):
        assert f'id="{at}"' in page


def test_a_calendar_with_very_many_exceptions_can_be_saved(desk: Client, hana: make.Team) -> None:
    days = [(make.NOW + timedelta(days=2 * number)).date().isoformat() for number in range(1000)]
    calendar = calendars.change_calendar(
        hana.calendar, exceptions=[{"on": day, "hours": []} for day in days], by="test", now=make.NOW
    )
    form = urlencode(opened(desk, address(calendar)), doseq=True)  # as browsers send it, not in parts
    sent = desk.post(address(calendar), form, content_type="application/x-www-form-urlencoded")
    assert sent.status_code == 303
    assert len(Calendar.objects.get(pk=calendar.pk).exceptions) == 1000


def test_an_address_that_another_calendar_has_is_told(desk: Client, hana: make.Team) -> None:
    calendars.create_calendar(hana.owner, name="Other", by="test", now=make.NOW)
    shown = opened(desk, address(hana.calendar))
    answer = desk.post(address(hana.calendar), shown | {"slug": "other"})
    assert answer.status_code == 422
    assert "Another calendar has this address already" in answer.content.decode()


def test_the_preview_shows_what_is_typed_and_writes_nothing(desk: Client, hana: make.Team) -> None:
    was, shown = kept(hana.calendar), opened(desk, address(hana.calendar))
    typed = shown | {"name": "Not yet saved", "minutes": ["45"], "preview_zone": "Tokyo"}
    page = desk.post(address(hana.calendar, "/preview"), typed).content.decode()
    assert "Not yet saved" in page
    assert "45 min" in page
    assert "Tokyo, UTC+9" in page
    back = form_of(page)
    assert back["name"] == ["Not yet saved"]
    again = form_of(desk.post(address(hana.calendar), back | {"act": "back"}).content.decode())
    assert again["name"] == ["Not yet saved"]
    assert kept(hana.calendar) == was
    new = opened(desk, f"{HOME}/new")
    page = desk.post(f"{HOME}/new/preview", new).content.decode()
    assert 'class="seen-times"' in page
    assert Calendar.objects.count() == 1


HALF = {
    "another contact, of whom nothing is typed yet": {"contact_name_how": "own", "contact_email_how": "own"},
    "no name": {"name": ""},
    "a zone that is none": {"zone": "Atlantis"},
    "numbers that are none": {
        "buffer_before": "ten",
        "notice": "-1",
        "limit_per_day": "0",
        "window_days": "x",
    },
    "no length": {"minutes": [], "other_minutes": "half"},
    "days the wrong way round": {"window_from": "2027-01-05", "window_to": "2027-01-01"},
    "a meeting link of which nothing is typed yet": {"place": "url"},
    "rows half typed": {
        "hours-mon-0-to": "half past",
        "hours-tue-0-from": "17",
        "hours-tue-0-to": "9",
        "hours-wed-1-from": "10",
        "hours-wed-1-to": "12",
        "exceptions-0-from": "2026-12-24",
        "exceptions-0-hours": "12:00-09:00",
        "exceptions-1-hours": "9-12",
        "questions-0-help": "Of what?",
    },
    "everything at once": {
        "contact_name_how": "own",
        "name": "",
        "zone": "Atlantis",
        "minutes": [],
        "slug": "A B",
    },
}


@pytest.mark.parametrize("half", HALF)
def test_the_preview_stays_with_what_is_there_so_far(desk: Client, hana: make.Team, half: str) -> None:
    was, path = kept(hana.calendar), address(hana.calendar)
    typed = opened(desk, path) | {"description": "Half of it", "minutes": ["45"]} | HALF[half]
    for answer in (desk.post(f"{path}/preview", typed | {"preview_alone": "yes"}), desk.post(path, typed)):
        page = answer.content.decode()
        page = page[page.index('id="preview"') :]
        assert 'class="seen-times"' in page, half
        assert "Half of it" in page
        assert ("45 min" if HALF[half].get("minutes") is None else "30 min") in page
    assert kept(hana.calendar) == was
    new = opened(desk, f"{HOME}/new") | HALF[half]
    assert 'class="seen-times"' in desk.post(f"{HOME}/new", new).content.decode()


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles", "Mars/Base", "\x00"])
def test_the_preview_offers_what_guests_are_offered(desk: Client, hana: make.Team, zone: str) -> None:
    answer = desk.get(address(hana.calendar, "/preview"), {"zone": zone})
    assert answer.status_code == 200
    page = answer.content.decode()
    guest = desk.get(f"/c/{hana.workspace.slug}/intro-call", {"zone": zone}).content.decode()
    times = re.findall(r"<li>(\d\d:\d\d)</li>", page)
    assert times == re.findall(r"<span>(\d\d:\d\d)</span>", guest)
    assert times


BACK = datetime(2026, 10, 24, 6, 0, tzinfo=UTC)
"""The day before Berlin's clocks go back."""


def test_the_preview_tells_times_apart_where_clocks_change(client: Client, time: Time, db: None) -> None:
    time.at = BACK.timestamp()
    team = make.team(now=BACK)
    client.force_login(team.owner.person)

    def seen(query: dict[str, str]) -> str:
        return words_of(client.get(address(team.calendar, "/preview"), query))

    page = seen({"at": "2026-10-25"})
    assert "Times shown for Berlin, UTC+2, later UTC+1" in page
    assert "02:00 (UTC+2) 02:30 (UTC+2) 02:00 (UTC+1) 02:30 (UTC+1) 03:00 (UTC+1)" in page
    assert "Times shown for Berlin, UTC+2 0" in seen({"at": "2026-10-24"})
    assert "Times shown for Berlin, UTC+1 0" in seen({"at": "2026-10-26"}), "the offset of its own day"
    page = seen({"at": "2026-11-01", "zone": "America/New_York"})
    assert "01:30 (UTC−4) 01:00 (UTC−5)" in page


@pytest.mark.parametrize("query", [{"at": "2026-12"}, {"at": "2027-01"}])
def test_the_preview_of_a_month_opens_on_the_day_that_guests_see(
    desk: Client, hana: make.Team, query: dict[str, str]
) -> None:
    page = words_of(desk.get(address(hana.calendar, "/preview"), query))
    guest = desk.get(f"/c/{hana.workspace.slug}/intro-call", {"month": query["at"]}).content.decode()
    day = re.search(r"<legend>([^<]+)</legend>", guest)
    assert day
    assert f"{day[1]} Times shown for Berlin" in page


def test_the_preview_finds_a_day_as_far_as_guests_do(desk: Client) -> None:
    far = [{"on": "2028-02-02", "hours": [["09:00", "10:00"]]}]
    calendar = calendars.change_calendar(
        Calendar.objects.get(), hours={}, exceptions=far, window_days=None, by="test", now=make.NOW
    )
    assert "Wed 2 February 2028 Times shown for Berlin" in words_of(desk.get(address(calendar, "/preview")))


def test_pages_cost_few_statements(desk: Client, hana: make.Team) -> None:
    calendar = calendars.change_calendar(hana.calendar, **WHOLE, by="test", now=make.NOW)
    for path in (address(calendar), address(calendar, "/preview"), f"{HOME}/new"):
        desk.get(path)
        with CaptureQueriesContext(connection) as asked:
            desk.get(path)
        assert len(asked) <= 12, [query["sql"] for query in asked.captured_queries]
    form = opened(desk, address(calendar))
    with CaptureQueriesContext(connection) as asked:
        assert desk.post(address(calendar), form).status_code == 303
    assert len(asked) <= 12, [query["sql"] for query in asked.captured_queries]


def test_nothing_of_another_workspace_opens(desk: Client, hana: make.Team, sam: make.Team) -> None:
    was = kept(sam.calendar)
    form = opened(desk, address(hana.calendar))
    for then in ("", "/preview"):
        assert desk.get(address(sam.calendar, then)).status_code == 404
        assert desk.post(address(sam.calendar, then), form).status_code == 404
        assert desk.get(f"{HOME}/cal_unknown{then}").status_code == 404
        assert desk.get(f"{HOME}/{sam.calendar.slug}{then}").status_code == 404
    assert kept(sam.calendar) == was
    calendars.archive_calendar(hana.calendar, by="test", now=make.NOW)
    assert desk.get(address(hana.calendar)).status_code == 404
    assert desk.post(address(hana.calendar), form).status_code == 404


def test_a_calendar_of_a_program_can_be_edited_here(desk: Client, hana: make.Team) -> None:
    """Whatever the API takes stands in the form as something that the form takes."""
    calendar = calendars.change_calendar(hana.calendar, **WHOLE, by="test", now=make.NOW)
    found = parse_form(CalendarForm.of(calendar, VOICE), VOICE, now_is=calendar)
    assert found.terms()
    assert not found.faults
    assert tokens.public_id("cal", calendar.pk) == describe_calendar(calendar)["id"]


def test_another_contact_that_is_typed_is_meant(desk: Client, hana: make.Team) -> None:
    shown, path = opened(desk, address(hana.calendar)), address(hana.calendar)
    assert shown["contact_name_how"] == ["default"]
    wrong = desk.post(path, shown | {"contact_name": "Front desk", "name": ""})
    assert form_of(wrong.content.decode())["contact_name_how"] == ["own"]
    assert desk.post(path, shown | {"contact_name": "Front desk"}).status_code == 303
    assert kept(hana.calendar)["contact"] == {"name": "Front desk"}
    shown = opened(desk, path)
    assert desk.post(path, shown | {"contact_name_how": "default"}).status_code == 303
    assert kept(hana.calendar)["contact"] == {}, "what stood there before was not typed"
    shown = opened(desk, path) | {"contact_email_how": "hidden", "contact_email": "desk@example.org"}
    answer = desk.post(path, shown)
    assert answer.status_code == 422
    assert 'href="#contact_email"' in answer.content.decode()


def test_a_place_that_is_typed_is_not_thrown_away(desk: Client, hana: make.Team) -> None:
    shown, path = opened(desk, address(hana.calendar)), address(hana.calendar)
    answer = desk.post(path, shown | {"place": "", "place_value": "Lindenstr. 1\nBerlin"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#place"' in page
    assert "Choose how you meet" in page
    mended = form_of(page) | {"place": "address"}
    assert desk.post(path, mended).status_code == 303
    assert kept(hana.calendar)["location"] == {"kind": "address", "value": "Lindenstr. 1\nBerlin"}
    assert desk.post(path, opened(desk, path) | {"place": ""}).status_code == 303
    assert kept(hana.calendar)["location"] is None


@pytest.mark.parametrize(("kind", "location"), [("", None), ("ask", {"kind": "ask", "value": ""})])
def test_what_a_choice_leaves_out_is_kept_in_the_form_alone(
    desk: Client, hana: make.Team, kind: str, location: Any
) -> None:
    """As the page sends it where it hides the field."""
    path, words = address(hana.calendar), "https://meet.example.org/x"
    typed = opened(desk, path) | {"place": kind, "place_value": words, "place_left": "yes"}
    typed |= {"contact_name": "Front desk", "contact_name_was": "Front desk"}
    wrong = form_of(desk.post(path, typed | {"name": ""}).content.decode())
    assert (wrong["place_value"], wrong["place_left"]) == ([words], ["yes"]), "it can still be chosen"
    assert (wrong["contact_name"], wrong["contact_name_how"]) == (["Front desk"], ["default"])
    assert desk.post(path, wrong | {"name": "Again"}).status_code == 303
    assert kept(hana.calendar)["location"] == location
    assert kept(hana.calendar)["contact"] == {}


PLACES = [("url", "Meeting link"), ("address", "Street address"), ("text", "Where you meet")]


@pytest.mark.parametrize(("kind", "called"), PLACES)
def test_a_place_is_asked_for_by_what_it_is(desk: Client, hana: make.Team, kind: str, called: str) -> None:
    path = address(hana.calendar)
    answer = desk.post(path, opened(desk, path) | {"place": kind})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"{called}: Say where it is" in page
    label = re.search(r'<label for="place_value">(.*?)</label>', page, re.S)[1]
    own = re.search(rf'<span data-for="{kind}">(.*?)</span>\s*<span data-for', label, re.S)[1]
    assert own.strip() == called, "it is not optional"
    assert re.search(r'<textarea[^>]* required="required"', page[page.index('id="where"') :])
    assert 'data-chosen="wrong"' in page, "nothing hides what is refused"


def test_a_list_to_choose_from_is_not_called_optional(desk: Client, hana: make.Team) -> None:
    page = desk.post(address(hana.calendar), {"act": "add questions"}).content.decode()
    label = re.search(r'<label for="questions-0-options">(.*?)</label>', page, re.S)[1]
    assert label.strip() == "List to choose from"


def test_words_of_its_own_beside_a_call_are_shown_and_stay(desk: Client, hana: make.Team) -> None:
    path, said = address(hana.calendar), {"kind": "ask", "value": "We ring twice"}
    calendars.change_calendar(hana.calendar, location=said, by="test", now=make.NOW)
    page = desk.get(path).content.decode()
    assert re.search(r'<div>\s*<input type="hidden" name="place_left"', page), "nothing hides it"
    assert desk.post(path, form_of(page)).status_code == 303
    assert kept(hana.calendar)["location"] == said


def test_enter_in_the_zone_of_the_preview_shows_and_saves_nothing(desk: Client, hana: make.Team) -> None:
    was, path = kept(hana.calendar), address(hana.calendar)
    # Enter sends the first button of the form, from whatever field it is pressed in.
    typed = opened(desk, path) | {"name": "Half typed", "act": "enter"}
    typed |= {"preview_zone_was": "Europe/Berlin", "preview_zone": "Tokyo"}
    page = desk.post(path, typed).content.decode()
    assert "Nothing is saved yet." in page
    assert "Tokyo, UTC+9" in page
    assert kept(hana.calendar) == was
    assert form_of(page)["name"] == ["Half typed"]
    assert desk.post(path, typed | {"preview_zone": "Europe/Berlin"}).status_code == 303
    assert kept(hana.calendar)["name"] == "Half typed"
    for answer in (desk.get(f"{path}/preview"), desk.post(f"{path}/preview", typed)):
        page = answer.content.decode()
        assert re.search(r"<button[^>]*>", page[page.index('id="calendar"') :])[0].count("/preview") == 1


def test_the_same_form_makes_one_calendar(desk: Client, hana: make.Team) -> None:
    typed = opened(desk, f"{HOME}/new") | {"name": "Sprechstunde"}
    answers = [desk.post(f"{HOME}/new", typed) for _ in range(3)]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert Calendar.objects.filter(name="Sprechstunde").count() == 1
    desk.post(f"{HOME}/new", typed | {"name": "Another", "slug": "another"})
    desk.post(f"{HOME}/new", opened(desk, f"{HOME}/new") | {"name": "Sprechstunde"})
    slugs = set(Calendar.objects.values_list("slug", flat=True))
    assert slugs == {"intro-call", "sprechstunde", "another", "sprechstunde-2"}
    wrong = form_of(desk.post(f"{HOME}/new", typed | {"name": ""}).content.decode())
    assert wrong["seal"] == typed["seal"], "a form that was refused is still the same form"
    assert desk.post(f"{HOME}/new", typed | {"seal": "forged", "name": "Third"}).status_code == 303
