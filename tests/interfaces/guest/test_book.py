"""The main way: open the link, choose a time, say who, and read the confirmation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.diary.models import Hold
from bookonce.domain.links.models import Link
from bookonce.domain.links.queries import state_of
from tests import make
from tests.interfaces.guest.conftest import Time, address_of, manage_of
from tests.interfaces.guest.reading import Browser, Page

pytestmark = pytest.mark.django_db


def test_a_guest_books_and_reads_what_was_agreed(
    hana: make.Team, gil: Browser, books: Callable[..., Page], settings: Any
) -> None:
    settings.EMAIL_URL = "smtp://localhost:1"
    link = make.link(hana.calendar)
    page = books(gil, address_of(link))
    booking = Booking.objects.get(link=link)
    assert page.status == 200
    assert page.heading == "You're booked"
    assert "Mon 23 November, 08:00–08:30" in page.words
    assert "Berlin, UTC+1" in page.words
    assert "We are sending the details to g•••@example.net." in page.words
    assert "This link is now used up." in page.words
    assert (booking.guest_name, booking.guest_email) == ("Gil Guest", "gil@example.net")
    assert (booking.guest_zone, booking.guest_language) == ("Europe/Berlin", "en")


STANDS = [
    ({"state": "waiting"}, "We are sending the details to g•••@example.net. When"),
    (
        {"state": "waiting", "attempts": 1, "last_error": "the mail server could not be used"},
        "We are sending the details to g•••@example.net. It takes longer than usual;",
    ),
    ({"state": "done"}, "We sent the details to g•••@example.net."),
    ({"state": "dead"}, "No mail was sent. Add the appointment to your calendar, and keep"),
]


def test_a_mail_is_called_sent_once_it_is(
    hana: make.Team, gil: Browser, books: Callable[..., Page], settings: Any
) -> None:
    settings.EMAIL_URL = "smtp://localhost:1"
    calendars.change_calendar(
        hana.calendar, location={"kind": "phone", "value": "+49 30 1"}, by="test", now=make.NOW
    )
    address = address_of(make.link(hana.calendar))
    books(gil, address)
    for became, said in STANDS:
        Delivery.objects.filter(recipient="guest").update(**became)
        assert said in gil.open(address).words
    settings.EMAIL_URL = ""  # what was sent stays sent; what waits will be kept here
    for state, said in (("done", STANDS[2][1]), ("waiting", "No mail was sent.")):
        Delivery.objects.filter(recipient="guest").update(state=state)
        assert said in gil.open(address).words


def test_where_no_mail_goes_out_none_is_promised(
    hana: make.Team, gil: Browser, books: Callable[..., Page], settings: Any
) -> None:
    settings.EMAIL_URL = ""
    link = make.link(hana.calendar)
    assert "The confirmation goes there." not in gil.pick(gil.open(address_of(link))).words
    page = books(gil, address_of(link))
    assert "We sent" not in page.words
    assert "No mail was sent." in page.words
    booking = Booking.objects.get()
    assert manage_of(booking) in page.links
    Booking.objects.update(state="pending")
    for address in (address_of(link), manage_of(booking)):
        page = gil.open(address)
        assert page.heading == "Your request is in."
        assert "Come back to this page: it says so as soon as it is confirmed." in page.words
        assert "Add the appointment to your calendar" not in page.words, "it is none yet"
    settings.EMAIL_URL = "smtp://localhost:1"
    assert "You will get a mail as soon as it is confirmed." in gil.open(manage_of(booking)).words
    assert "The confirmation goes there." in gil.pick(gil.open(address_of(make.link(hana.calendar)))).words


def test_the_first_page_shows_the_first_free_day_and_its_times(hana: make.Team, gil: Browser) -> None:
    page = gil.open(address_of(make.link(hana.calendar, message="Looking forward!")))
    assert page.status == 200
    assert page.heading == "Intro call"
    for words in ("with Hana", "30 min", "Looking forward!", "This link works once.", "Mon 23 November"):
        assert words in page.words
    form = page.form("at")
    assert form.choices["at"][:2] == ["2026-11-23T06:00:00Z", "2026-11-23T06:30:00Z"]
    assert "at" not in form.values, "no time is chosen for the guest"


def test_a_time_is_kept_longer_once_and_nothing_typed_is_lost(
    hana: make.Team, gil: Browser, time: Time
) -> None:
    address = address_of(make.link(hana.calendar))
    page = gil.pick(gil.open(address), number=3)
    form = page.form("pick")
    assert form.buttons == [("step", "book"), ("step", "back"), ("step", "keep")], "Enter presses the first"
    time.passes(8 * 60)
    page = gil.send(form, button=("step", "keep"), name="Gil")
    assert (page.status, page.form("pick").values["name"]) == (200, "Gil")
    assert "Mon 23 November, 08:30 Berlin, UTC+1 Kept for you until 07:20." in page.words
    assert page.words.count("Kept for you until") == 1
    assert "It is kept longer now. After that you can still book it as long as nobody else has." in page.words
    assert ("step", "keep") not in page.form("pick").buttons
    time.passes(8 * 60)
    page = gil.send(form, button=("step", "keep"), name="Gil")
    assert "Kept for you until 07:20." in page.words
    assert Hold.objects.get().until == make.later(20)
    time.passes(4 * 60)
    page = gil.send(form, button=("step", "keep"), name="Gil")
    assert (
        "It is not kept for you any more. Nothing you typed is lost, and you can still book it as long as "
        "nobody else has." in page.words
    )
    assert Hold.objects.get().until == make.later(20)
    assert page.form("pick").values["name"] == "Gil"
    assert gil.book(page).heading == "You're booked"


def test_who_comes_back_to_the_same_time_has_not_asked_for_longer(
    hana: make.Team, gil: Browser, mara: Browser, time: Time
) -> None:
    address = address_of(make.link(hana.calendar))
    gil.pick(gil.open(address), number=3)
    time.passes(5 * 60)
    for guest in (gil, mara):
        page = guest.pick(guest.open(address), number=2)  # the first has begun by now
        assert "08:30 Berlin, UTC+1" in page.words
        assert "Kept for you until 07:10." in page.words
        assert "It is kept longer now" not in page.words
        assert ("step", "keep") in page.form("pick").buttons


def test_a_page_says_what_is_kept_by_now(hana: make.Team, gil: Browser, mara: Browser, time: Time) -> None:
    """The last pick of a link is the one that is kept; asking for longer takes nothing back from it."""
    address = address_of(make.link(hana.calendar))
    page = gil.pick(gil.open(address), number=3)
    later = mara.pick(mara.open(address), number=5)
    for seen in (gil.open(page.address), gil.send(page.form("pick"), button=("step", "keep"))):
        assert "It is not kept for you any more." in seen.words
        assert ("step", "keep") not in seen.form("pick").buttons
    assert "Kept for you until 07:10." in mara.open(later.address).words


def test_a_time_is_kept_no_longer_than_its_link_is_good(hana: make.Team, gil: Browser) -> None:
    page = gil.pick(gil.open(address_of(make.link(hana.calendar, expires_at=make.later(4)))), number=3)
    assert page.words.count("Kept for you until 07:04.") == 1
    assert "you can still book it" not in page.words, "not with a link that ends by then"
    assert ("step", "keep") not in page.form("pick").buttons


def test_choosing_keeps_the_time_and_says_until_when(hana: make.Team, gil: Browser) -> None:
    link = make.link(hana.calendar)
    page = gil.pick(gil.open(address_of(link)), number=3)
    assert page.status == 200
    assert "Mon 23 November, 08:30 Berlin, UTC+1 Kept for you until 07:10." in page.words
    assert Hold.objects.get(link=link).starts_at == make.later(90)
    assert state_of(Link.objects.get(pk=link.pk), now=make.NOW) == "active"


def test_a_hold_that_has_lapsed_is_not_promised(hana: make.Team, gil: Browser, time: Time) -> None:
    page = gil.pick(gil.open(address_of(make.link(hana.calendar))), number=3)
    time.passes(601)
    assert "Kept for you" not in gil.open(page.address).words


def test_without_a_choice_the_page_asks_for_one(hana: make.Team, gil: Browser) -> None:
    page = gil.open(address_of(make.link(hana.calendar)))
    page = gil.send(page.form("at"))
    assert page.status == 422
    assert "#times" in page.links[0] or any(link.endswith("#times") for link in page.links)
    assert "Choose a time." in page.words


def test_bad_input_is_named_at_the_field_and_above_and_what_was_typed_stays(
    hana: make.Team, gil: Browser, time: Time
) -> None:
    link = make.link(hana.calendar)
    page = gil.open(address_of(link))
    time.passes(5)
    page = gil.book(gil.pick(page), name="Gil", email="nobody at all")
    assert page.status == 422
    assert page.words.count("This is no e-mail address. Enter one like ana@example.org.") == 2
    assert any(link.endswith("#email") for link in page.links)
    assert page.form("pick").values["name"] == "Gil"
    assert page.form("pick").values["email"] == "nobody at all"
    assert 'aria-invalid="true"' in page.html
    assert gil.book(page).heading == "You're booked"


def test_the_length_can_be_chosen_where_there_are_several(db: None, gil: Browser, time: Time) -> None:
    team = make.team(minutes=[30, 60])
    page = gil.open(address_of(make.link(team.calendar)))
    assert "30 min 60 min" in page.words
    page = gil.open(next(link for link in page.links if "minutes=60" in link))
    time.passes(5)
    page = gil.book(gil.pick(page))
    assert "08:00–09:00" in page.words
    assert Booking.objects.get().minutes == 60


def test_the_calendars_questions_are_asked_and_kept(db: None, gil: Browser, time: Time) -> None:
    questions = [
        {"key": "why", "label": "What is it about?", "kind": "textarea", "required": True, "help": "Briefly"},
        {"key": "size", "label": "How many?", "kind": "choice", "options": ["1", "2"], "required": False},
        {"key": "ok", "label": "I agree", "kind": "checkbox", "required": True},
    ]
    team = make.team(questions=questions)
    page = gil.open(address_of(make.link(team.calendar)))
    time.passes(5)
    page = gil.book(gil.pick(page))
    assert page.status == 422
    assert page.words.count("Answer this question.") == 2
    assert page.words.count("This must be ticked.") == 2
    page = gil.book(page, **{"q-why": "Two\nlines", "q-size": "2", "q-ok": "yes"})
    assert page.heading == "You're booked"
    assert Booking.objects.get().answers == {"why": "Two\nlines", "size": "2", "ok": True}


def test_an_option_with_marks_that_nobody_sees_can_be_chosen(db: None, gil: Browser, time: Time) -> None:
    options = ["Tea\u200b", "Cof\u00adfee ", "Hot  milk\x0b"]
    team = make.team(questions=[{"key": "cup", "label": "Which?", "kind": "choice", "options": options}])
    page = gil.open(address_of(make.link(team.calendar)))
    time.passes(5)
    assert gil.book(gil.pick(page), **{"q-cup": "Hot  milk\x0b"}).heading == "You're booked"
    assert Booking.objects.get().answers == {"cup": "Hot milk"}


@pytest.mark.parametrize(
    ("value", "call"), [("+49 (30) 12-34", "tel:+49301234"), ("030 1234, ask for Hana", None)]
)
def test_a_number_to_call_can_be_pressed_once_it_is_agreed(
    db: None, gil: Browser, books: Callable[..., Page], value: str, call: str | None
) -> None:
    team = make.team(location={"kind": "phone", "value": value})
    address = address_of(make.link(team.calendar))
    assert not [link for link in gil.open(address).links if link.startswith("tel:")]
    page = books(gil, address)
    assert f"Phone: {value}" in page.words
    assert [link for link in page.links if link.startswith("tel:")] == ([call] if call else [])


@pytest.mark.parametrize("kind", ["phone", "ask"])
def test_a_phone_number_is_needed_where_the_guest_is_called(
    db: None, gil: Browser, time: Time, kind: str
) -> None:
    team = make.team(location={"kind": kind, "value": None})
    page = gil.open(address_of(make.link(team.calendar)))
    time.passes(5)
    page = gil.book(gil.pick(page))
    assert page.status == 422
    assert "Enter the phone number on which you can be called." in page.words
    assert gil.book(page, phone="+49 30 123456").heading == "You're booked"
