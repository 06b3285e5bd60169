"""A time that is taken meanwhile: fresh times on the same page, the link good, what was typed kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bookonce.domain.bookings import changes
from bookonce.domain.bookings.models import Booking
from bookonce.domain.diary.models import Hold
from bookonce.domain.links.models import Link
from bookonce.domain.links.queries import state_of
from tests import make
from tests.interfaces.guest.conftest import Time, address_of, manage_of
from tests.interfaces.guest.reading import Browser

pytestmark = pytest.mark.django_db


def test_a_time_lost_while_typing(hana: make.Team, gil: Browser, time: Time) -> None:
    link = make.link(hana.calendar)
    details = gil.pick(gil.open(address_of(link)), number=3)
    time.passes(5)
    Hold.objects.all().delete()
    make.booking(hana.calendar, make.later(90))
    page = gil.book(details, name="Gil Guest", email="gil@example.net", phone="+49 30 123456")
    assert page.status == 409
    assert (
        "That time has just gone. Your link is still good, and what you typed is kept. "
        "Here are the next free times." in page.words
    )
    assert state_of(Link.objects.get(pk=link.pk), now=make.NOW) == "active"
    form = page.form("at")
    assert "2026-11-23T07:30:00Z" not in form.choices["at"]
    time.passes(5)
    details = gil.pick(page, number=3)
    assert details.form("pick").values["name"] == "Gil Guest"
    assert details.form("pick").values["phone"] == "+49 30 123456"
    assert gil.send(details.form("pick"), button=("step", "book"), phone="").heading == "You're booked"
    assert Booking.objects.get(link=link).guest_email == "gil@example.net"


def test_a_time_lost_before_it_was_chosen(hana: make.Team, gil: Browser) -> None:
    page = gil.open(address_of(make.link(hana.calendar)))
    make.booking(hana.calendar, make.later(90))
    page = gil.pick(page, number=3)
    assert page.status == 409
    good = "That time has just gone. Your link is still good. Here are the next free times."
    assert good in page.words, "nothing was typed that could be kept"


def test_a_time_that_somebody_else_holds_is_not_on_offer(
    hana: make.Team, gil: Browser, mara: Browser
) -> None:
    gil.pick(gil.open(address_of(make.link(hana.calendar))), number=3)
    page = mara.open(address_of(make.link(hana.calendar)))
    assert "2026-11-23T07:30:00Z" not in page.form("at").choices["at"]


def test_going_back_to_the_times_keeps_what_was_typed(hana: make.Team, gil: Browser, time: Time) -> None:
    details = gil.pick(gil.open(address_of(make.link(hana.calendar))), number=3)
    page = gil.send(details.form("pick"), button=("step", "back"), name="Gil", email="gil@exa")
    assert page.status == 200
    details = gil.pick(page, number=5)
    assert details.form("pick").values["email"] == "gil@exa"


@pytest.mark.parametrize("at", ["2026-11-23T07:31:00Z", "1999-01-01T00:00:00Z", "2099-01-01T00:00:00Z"])
def test_a_time_never_offered_is_one_that_has_gone(hana: make.Team, gil: Browser, at: str) -> None:
    form = gil.open(address_of(make.link(hana.calendar))).form("at")
    assert gil.send(form, at=at).status == 409


@pytest.mark.parametrize("at", ["", "tomorrow", "2026-11-23", "0000-00-00T00:00:00Z", "9" * 400])
def test_what_is_no_time_is_none_chosen(hana: make.Team, gil: Browser, at: str) -> None:
    form = gil.open(address_of(make.link(hana.calendar))).form("at")
    assert gil.send(form, at=at).status == 422


def test_no_free_times_at_all_says_before_when_and_whom_to_ask(db: None, gil: Browser) -> None:
    team = make.team(hours={}, window_days=10, contact={"phone": "+49 30 1", "text": "Ring the bell."})
    page = gil.open(address_of(make.link(team.calendar)))
    assert page.status == 200
    assert "No free times before Fri 4 December." in page.words, "the 3rd is looked at as well"
    for zone, said in (("America/New_York", "Thu 3 December"), ("Asia/Tokyo", "Fri 4 December")):
        elsewhere = gil.open(f"{address_of(make.link(team.calendar))}?zone={zone}")
        assert f"No free times before {said}." in elsewhere.words, zone
    assert "Please contact Hana, or come back: this page is always up to date. Ring the bell." in page.words
    assert {f"mailto:{team.owner.person.email}", "tel:+49301"} <= set(page.links)
    assert not page.forms


def test_the_last_free_time_lost_promises_no_others(db: None, gil: Browser, time: Time) -> None:
    exceptions = [{"on": "2026-11-25", "hours": [["09:00", "09:30"]]}]
    team = make.team(hours={}, exceptions=exceptions)
    times = gil.open(address_of(make.link(team.calendar)))
    details = gil.pick(times, number=0)
    time.passes(5)
    Hold.objects.all().delete()
    make.booking(team.calendar, datetime(2026, 11, 25, 8, tzinfo=UTC))
    page = gil.book(details)
    assert page.status == 409
    assert "Your link is still good, and what you typed is kept." in page.words
    assert "the next free times" not in page.words
    assert "No free times before" in page.words
    assert f"mailto:{team.owner.person.email}" in page.links
    words = gil.pick(times, number=0).words
    assert "That time has just gone. Your link is still good." in words
    assert "what you typed" not in words
    assert "the next free times" not in words


def test_a_full_month_leads_to_the_next_free_day(db: None, gil: Browser) -> None:
    exceptions = [{"on": "2027-02-10", "hours": [["09:00", "10:00"]]}]
    team = make.team(hours={}, window_days=None, exceptions=exceptions)
    address = address_of(make.link(team.calendar))
    page = gil.open(address)
    assert "February 2027" in page.words
    assert "Wed 10 February 2027" in page.words
    page = gil.open(f"{address}?month=2026-12")
    assert "No free times in December 2026." in page.words
    assert "Next free: Wed 10 February 2027" in page.words
    page = gil.open(next(link for link in page.links if "2027-02-10" in link))
    assert page.form("at").choices["at"] == ["2027-02-10T08:00:00Z", "2027-02-10T08:30:00Z"]


def test_a_month_after_the_last_free_times_leads_back_to_them(db: None, gil: Browser) -> None:
    exceptions = [{"on": "2026-11-25", "hours": [["09:00", "10:00"]]}]
    team = make.team(hours={}, window_days=None, exceptions=exceptions)
    address = address_of(make.link(team.calendar))
    for month, name in (("2027-02", "February 2027"), ("2028-10", "October 2028")):
        page = gil.open(f"{address}?month={month}")
        assert f"No free times in {name}." in page.words
        assert "Next free: Wed 25 November" in page.words
        assert "No free times before" not in page.words, "there are some"


def test_an_appointment_far_ahead_can_be_moved(db: None, gil: Browser) -> None:
    """No question to the engine is longer than a year, however far away the time is that one begins from."""
    days = {"2027-11-10": "09:00", "2028-08-10": "09:00"}
    team = make.team(hours={}, window_days=None, exceptions=opened(days))
    booking = make.booking(team.calendar, datetime(2028, 8, 10, 7, tzinfo=UTC))
    page = gil.open(f"{manage_of(booking)}/move")
    assert page.status == 200
    assert {at[:10] for at in page.form("at").choices["at"]} == {"2027-11-10"}


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2999-01-01T00:00:00Z"])
def test_a_time_beyond_every_calendar_is_none(hana: make.Team, gil: Browser, at: str) -> None:
    page = gil.open(address_of(make.link(hana.calendar)))
    assert gil.send(page.form("at"), at=at).status == 422


@pytest.mark.parametrize(
    ("hours", "shown"),
    [
        ({"2026-12-14": "09:00", "2026-12-15": "11:00 15:00", "2026-12-16": "09:00"}, "2026-12-15"),
        ({"2026-12-14": "09:00", "2026-12-15": "11:00", "2026-12-17": "09:00"}, "2026-12-17"),
        ({"2026-12-14": "09:00", "2026-12-15": "11:00", "2027-01-20": "09:00"}, "2027-01-20"),
        ({"2026-12-10": "09:00", "2026-12-14": "09:00", "2026-12-15": "11:00"}, "2026-12-14"),
        ({"2026-11-25": "09:00", "2026-12-15": "11:00"}, "2026-11-25"),
    ],
)
def test_a_lost_time_is_answered_with_those_nearest_to_it(
    db: None, gil: Browser, hours: dict[str, str], shown: str
) -> None:
    """Its own day, else the next free one, else the nearest before: with a link and without one."""
    team = make.team(hours={}, window_days=None, exceptions=opened(hours), visibility="public")
    for address in (address_of(make.link(team.calendar)), f"/c/{team.workspace.slug}/{team.calendar.slug}"):
        page = gil.open(f"{address}?day=2026-12-15")
        taken = make.booking(team.calendar, datetime(2026, 12, 15, 10, tzinfo=UTC))
        page = gil.pick(page, number=0)
        assert page.status == 409
        assert {at[:10] for at in page.form("at").choices["at"]} == {shown}
        changes.cancel(taken, reason="", by="host", now=make.NOW)


def opened(hours: dict[str, str]) -> list[dict[str, Any]]:
    """Days with half an hour at each of these times."""
    return [
        {"on": on, "hours": [[at, f"{at[:2]}:30"] for at in times.split()]} for on, times in hours.items()
    ]


def test_the_day_of_a_lost_time_is_the_guests_own(hana: make.Team, gil: Browser) -> None:
    address = f"{address_of(make.link(hana.calendar))}?zone=Pacific/Auckland"
    page = gil.open(f"{address}&day=2026-12-16")
    form = page.form("at")
    wanted = form.choices["at"][0]
    assert wanted == "2026-12-15T11:00:00Z"
    make.booking(hana.calendar, datetime(2026, 12, 15, 11, tzinfo=UTC))
    assert gil.send(form, at=wanted).form("at").values["day"] == "2026-12-16"


def test_a_move_opens_on_the_appointments_own_day(db: None, gil: Browser) -> None:
    for hours, shown in (("11:00 15:00", "2026-12-15"), ("11:00", "2026-12-17")):
        days = {"2026-12-01": "09:00", "2026-12-15": hours, "2026-12-17": "09:00"}
        team = make.team(hours={}, window_days=None, exceptions=opened(days))
        booking = make.booking(team.calendar, datetime(2026, 12, 15, 10, tzinfo=UTC))
        page = gil.open(f"{manage_of(booking)}/move")
        assert {at[:10] for at in page.form("at").choices["at"]} == {shown}
