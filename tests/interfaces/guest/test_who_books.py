"""What the link knows of its recipient is shown little, used unless replaced, and never shown to others."""

from __future__ import annotations

from typing import Any

import pytest

from bookonce.domain.bookings.guest_details import first_name
from bookonce.domain.bookings.models import Booking
from tests import make
from tests.interfaces.guest.conftest import Time, address_of
from tests.interfaces.guest.reading import Browser, Page

pytestmark = pytest.mark.django_db

KNOWN = {
    "recipient_name": "Gil Guest",
    "recipient_email": "gil@example.net",
    "recipient_phone": "+49 30 123 456 42",
}


def details(browser: Browser, time: Time, team: make.Team, **terms: Any) -> Page:
    page = browser.open(address_of(make.link(team.calendar, **terms)))
    time.passes(5)
    return browser.pick(page)


def test_a_known_guest_is_shown_by_first_name_and_masks(hana: make.Team, gil: Browser, time: Time) -> None:
    page = details(gil, time, hana, label="Big deal", note="Be nice", metadata={"crm": "77a"}, **KNOWN)
    assert "Booking as Gil, g•••@example.net, ••• 42. Not you?" in page.words
    assert "•••\u00a042" in page.html, "a number stays on one line"
    for secret in ("Gil Guest", "gil@example.net", "123 456", "Big deal", "Be nice", "77a"):
        assert secret not in page.html
    assert page.form("pick").texts == []


def test_a_known_guest_books_with_one_press(hana: make.Team, gil: Browser, time: Time) -> None:
    page = details(gil, time, hana, **KNOWN)
    assert gil.send(page.form("pick"), button=("step", "book")).heading == "You're booked"
    booking = Booking.objects.get()
    assert (booking.guest_name, booking.guest_email) == ("Gil Guest", "gil@example.net")
    assert booking.guest_phone == "+49 30 123 456 42"


def test_somebody_else_says_who_they_are_and_nothing_known_is_used(
    hana: make.Team, gil: Browser, time: Time
) -> None:
    page = details(gil, time, hana, **KNOWN)
    page = gil.open(next(link for link in page.links if "other=1" in link))
    form = page.form("pick")
    assert "Gil" not in page.words
    assert form.texts == ["name", "email", "phone"]
    page = gil.send(form, button=("step", "book"))
    assert page.status == 422
    assert page.words.count("Enter your name.") == 2
    page = gil.book(page, name="Mara Lind", email="mara@example.com")
    assert page.heading == "You're booked"
    booking = Booking.objects.get()
    assert (booking.guest_name, booking.guest_email) == ("Mara Lind", "mara@example.com")
    assert booking.guest_phone == ""


def test_what_is_locked_stays_and_nobody_else_can_book(hana: make.Team, gil: Browser, time: Time) -> None:
    page = details(gil, time, hana, prefill={"name": "Gil Guest"}, locked=["name"])
    assert "Booking as Gil." in page.words
    assert "Not you?" not in page.words
    page = gil.send(
        page.form("pick"), button=("step", "book"), name="Mallory", email="m@example.com", other="1"
    )
    assert page.heading == "You're booked"
    assert Booking.objects.get().guest_name == "Gil Guest"


def test_answers_are_prefilled_and_locked_ones_are_fixed(db: None, gil: Browser, time: Time) -> None:
    questions = [
        {"key": "firm", "label": "Company", "kind": "text"},
        {"key": "case", "label": "Case", "kind": "text"},
    ]
    team = make.team(questions=questions)
    page = details(gil, time, team, prefill={"firm": "Lind & Co", "case": "A-17"}, locked=["case"])
    form = page.form("pick")
    assert form.values["q-firm"] == "Lind & Co"
    assert "q-case" not in form.values
    assert "A-17" in page.words
    gil.book(page, **{"q-firm": "Other Ltd", "q-case": "B-1"})
    assert Booking.objects.get().answers == {"firm": "Other Ltd", "case": "A-17"}


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Gil Guest", "Gil"),
        ("Dr. Gil Guest", "Gil"),
        ("Prof. Dr. med. Gil Guest", "Gil"),
        ("Frau Dipl.-Ing. Gil Guest", "Gil"),
        ("PROF DR H.C. Gil", "Gil"),
        ("Guest, Gil", "Gil"),
        ("عبد الرحمن بن محمد", "عبد الرحمن"),
        ("Dr. Abd al Rahman Haddad", "Abd al Rahman"),
        ("Abdul Karim", "Abdul Karim"),
        ("Abdul", "Abdul"),
        ("Guest, Dr. Gil", "Gil"),
        ("Gil Guest, MD", "Gil"),
        ("Phil Guest", "Phil"),
        ("Guest,", "Guest"),
        ("Dr.", "Dr."),
        ("  ", ""),
    ],
)
def test_the_first_name_is_no_title_and_no_family_name(name: str, first: str) -> None:
    assert first_name(name) == first


def test_where_no_name_is_known_nobody_is_named_by_a_number(
    hana: make.Team, gil: Browser, time: Time
) -> None:
    page = details(gil, time, hana, recipient_phone="+49 30 123 456 78")
    assert "Booking as" not in page.words
    assert "We already have ••• 78. Not you?" in page.words
    assert page.form("pick").texts == ["name", "email"]


def test_what_is_missing_beside_a_phone_number_is_told_at_once(db: None, gil: Browser, time: Time) -> None:
    questions = [{"key": "firm", "label": "Company", "kind": "text", "required": True}]
    team = make.team(questions=questions, location={"kind": "ask"})
    page = gil.send(details(gil, time, team).form("pick"), button=("step", "book"), email="nobody")
    assert page.status == 422
    wanted = [
        "Enter your name.",
        "This is no e-mail address. Enter one like ana@example.org.",
        "Enter the phone number on which you can be called.",
        "Answer this question.",
    ]
    assert [page.words.count(words) for words in wanted] == [2, 2, 2, 2], page.words
    assert [page.words.index(words) for words in wanted] == sorted(map(page.words.index, wanted))


def test_a_field_takes_what_is_accepted_and_a_number_is_one_that_can_be_called(
    hana: make.Team, gil: Browser, time: Time
) -> None:
    page = details(gil, time, hana)
    assert 'autocomplete="name" maxlength="200"' in " ".join(page.html.split())
    wrong = gil.book(page, phone="1" * 40)
    assert wrong.status == 422
    assert wrong.words.count("A phone number has at most 15 digits, like +49 30 123456.") == 2
    assert gil.book(wrong, phone="tel:+49 30 123456").heading == "You're booked"
    assert Booking.objects.get().guest_phone == "+4930123456"


def test_a_number_that_was_kept_before_is_no_obstacle(hana: make.Team, gil: Browser, time: Time) -> None:
    page = details(gil, time, hana, **(KNOWN | {"recipient_phone": "1" * 16}))
    assert gil.book(page).heading == "You're booked"
