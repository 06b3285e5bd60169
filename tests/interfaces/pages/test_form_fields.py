"""A field that is too long is refused beside it, with its limit, and what was typed stays."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.http import QueryDict
from django.test import Client
from markupsafe import escape

from bookonce.domain.bookings.models import Booking
from bookonce.domain.links.models import Link
from bookonce.foundation import tokens
from bookonce.interfaces.pages.form_fields import OTHER, FormFields
from tests import make
from tests.interfaces.guest.conftest import Time, address_of
from tests.interfaces.guest.conftest import time as time
from tests.interfaces.guest.reading import Browser
from tests.interfaces.host.conftest import desk as desk

FORM = FormFields({"name": 3, "q-*": 5, "rows-*-note": 2}, rows={"rows": 2})


def faults(query: str) -> dict[str, str]:
    return FORM.faults(QueryDict(query))


def test_each_field_has_a_limit() -> None:
    limits = {name: FORM.limit_of(name) for name in ("name", "q-a-b", "rows-7-note", "rows-7-other", "else")}
    assert limits == {"name": 3, "q-a-b": 5, "rows-7-note": 2, "rows-7-other": OTHER, "else": OTHER}


def test_lengths_are_judged_as_people_count_them() -> None:
    assert faults("name=abc&name=%0D%0Aab&q-x=12345&else=" + "x" * OTHER) == {}
    assert faults("name=abc&name=abcd") == {"name": "Shorten this to 3 characters."}
    assert list(faults("rows-1-note=abc&else=" + "x" * (OTHER + 1))) == ["rows-1-note", "else"]
    assert list(faults("n" * 101 + "=1")) == ["n" * 101]


def test_rows_are_counted() -> None:
    assert faults("rows-1-note=1&rows-1-other=1&rows-2-note=1") == {}
    assert faults("rows-1-note=&rows-2-note=&rows-9-note=") == {"rows": "Give at most 2 rows here."}


def _refused(answer: object, field: str, most: int) -> None:
    assert answer.status_code == 422  # type: ignore[attr-defined]
    html = answer.content.decode()  # type: ignore[attr-defined]
    found = re.search(rf'id="{field}-error">([^<]*)<', html)
    assert found, html[:2000]
    assert f"Shorten this to {most} characters." in unescape(found[1])


@pytest.mark.django_db
def test_forms_of_hosts_name_the_limit_beside_the_field(desk: Client, hana: make.Team) -> None:
    calendar = f"/settings/calendars/{tokens.public_id('cal', hana.calendar.pk)}"
    cases = [
        (f"{calendar}/share", "for", 500),
        (calendar, "description", 4000),
        (calendar, "name", 120),
        ("/settings/account", "name", 120),
        ("/settings/account/email", "email", 254),
        ("/settings/account/password", "password", 1000),
        ("/settings/keys/new", "name", 120),
        ("/settings/workspace", "slug", 60),
        ("/password/forgotten", "email", 254),
    ]
    for path, field, most in cases:
        _refused(desk.post(path, {field: "@" * (most + 1)}), field, most)
    assert not Link.objects.exists()


@pytest.mark.django_db
def test_rows_of_a_calendar_name_the_limit_where_they_stand(desk: Client, hana: make.Team) -> None:
    calendar = f"/settings/calendars/{tokens.public_id('cal', hana.calendar.pk)}"
    answer = desk.post(calendar, {"questions-7-label": "x" * 201, "exceptions-3-hours": "1" * 3000})
    _refused(answer, "questions-0-label", 200)
    assert 'href="#exceptions-0"' in answer.content.decode()


@pytest.mark.django_db
def test_rows_that_are_too_many_stay_and_the_limit_is_told(desk: Client, hana: make.Team) -> None:
    calendar = f"/settings/calendars/{tokens.public_id('cal', hana.calendar.pk)}"
    rows = {f"questions-{number}-label": f"Question {number}" for number in range(52)}
    answer = desk.post(calendar, rows | {"name": "Typed"})
    assert answer.status_code == 422
    html = unescape(answer.content.decode())
    assert re.search(r'href="#questions">[^<]*Give at most 50 rows here\.', html)
    assert 'id="questions"' in html
    assert 'value="Question 51"' in html
    assert 'value="Typed"' in html
    # So many that nobody has added them by hand: the limit alone is told, by the name of the rows.
    far = {f"questions-{number}-label": "Q" for number in range(80)}
    answer = desk.post(calendar, far)
    assert answer.status_code == 422
    assert "leave at most 50 rows of questions" in unescape(answer.content.decode())


@pytest.mark.django_db
def test_details_of_a_guest_name_the_limit_and_stay(hana: make.Team, time: Time) -> None:
    gil = Browser()
    page = gil.pick(gil.open(address_of(make.link(hana.calendar))))
    time.passes(5)
    page = gil.book(page, name="g" * 201, email="gil@example.net")
    assert page.status == 422
    assert page.words.count("Shorten this to 200 characters.") == 2
    assert page.form("pick").values["name"] == "g" * 201
    assert gil.book(page, name="Gil").heading == "You're booked"
    assert Booking.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("room", "most"), [("/bookings", 100), ("links", 100), ("/settings/calendars", 120)])
def test_lists_name_the_limit_beside_their_search(
    desk: Client, hana: make.Team, room: str, most: int
) -> None:
    link = make.link(hana.calendar, label="Kept on the page")
    calendar = f"/settings/calendars/{tokens.public_id('cal', hana.calendar.pk)}"
    address = f"{calendar}/links" if room == "links" else room
    typed = 'long "words" ' * 20
    answer = desk.get(address, {"q": typed})
    _refused(answer, "q", most)
    page = answer.content.decode()
    [box] = re.findall(r'<input type="search"[^>]*>', page)
    assert f'value="{escape(typed)}"' in box
    assert 'aria-invalid="true"' in box
    assert 'aria-describedby="q-error"' in box
    assert f'maxlength="{most}"' in box
    assert 'id="found"' in page
    if room == "links":
        assert link.label in page, "nothing is searched for, and nothing is hidden"
        backs = re.findall(r'name="(?:next|back)"\s+value="([^"]*)"', page)
        assert set(backs) == {address}, "its buttons lead back to what can be opened"
    longest = desk.get(address, {"q": "x" * most})
    assert longest.status_code == 200
    assert "aria-invalid" not in longest.content.decode()
    both = desk.get(address, {"q": typed, "n": "x" * 201}).content.decode()
    assert "<title>Something here is too long" in both, "what has no place on the page is named by a page"


@pytest.mark.django_db
def test_what_a_form_does_not_name_is_refused_by_name(desk: Client, hana: make.Team) -> None:
    answer = desk.post("/settings/account", {"name": "Hana", "zone": "UTC", "unknown": "x" * 201})
    assert answer.status_code == 422
    assert "shorten the field “unknown” to 200 characters" in unescape(answer.content.decode())
