"""The agenda: by days and by the owner's clock, in parts, narrowed, page by page, and nobody else's."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookonce.domain.bookings import changes
from bookonce.domain.bookings.guest_details import Guest
from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars import operations as calendars
from tests import make
from tests.interfaces.host.reading import read
from tests.make import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

MOST = 12


def guests_on(answer: Any) -> list[str]:
    """Who stands on the page, in its order."""
    return re.findall(r'<h3>\s*<a href="/bookings/bkg_\w+"><bdi>(.*?)</bdi>', answer.content.decode())


def many(team: make.Team, count: int) -> None:
    """So many bookings, one after the other, each by a guest of their own."""
    for number in range(count):
        guest = Guest(name=f"Guest {number:02}", email=f"guest{number}@example.net")
        make.booking(team.calendar, make.later(60 + 30 * number), guest=guest)


def ago(booking: Booking, days: int) -> Booking:
    """The same booking, long over."""
    shift = timedelta(days=days)
    Booking.objects.filter(pk=booking.pk).update(
        starts_at=booking.starts_at - shift, ends_at=booking.ends_at - shift
    )
    return booking


def test_days_in_words_by_the_owners_clock(desk: Client, hana: make.Team) -> None:
    for minutes in (60, 60 * 24, 60 * 24 * 8):
        make.booking(hana.calendar, make.later(minutes))
    page = read(desk.get("/bookings"))
    assert "Times shown for Berlin, UTC+1" in page
    assert page.index("Today, Mon 23 November 08:00–08:30") < page.index("Tomorrow, Tue 24 November")
    assert "Tue 1 December 07:00–07:30 Gil Guest Intro call" in page


def test_an_end_on_another_day_says_so(desk: Client, hana: make.Team) -> None:
    hana.owner.person.zone = "Asia/Tokyo"
    hana.owner.person.save()
    make.booking(hana.calendar, make.later(60 * 8.5))
    hour = calendars.change_calendar(hana.calendar, by="test", now=NOW, minutes=[60], slot_step=30)
    make.booking(hour, make.later(60 * 32.5))
    page = read(desk.get("/bookings"))
    assert "Times shown for Tokyo, UTC+9" in page
    assert "Today, Mon 23 November 23:30–00:00" in page
    assert "23:30 until Wed 25 November, 00:30" in page


def test_what_is_over_and_what_was_cancelled_stand_apart(desk: Client, hana: make.Team) -> None:
    many(hana, 3)
    first, second, _ = Booking.objects.order_by("starts_at")
    ago(first, 1)
    changes.cancel(second, by="guest", now=NOW)
    assert guests_on(desk.get("/bookings")) == ["Guest 02"]
    past, cancelled = desk.get("/bookings?part=past"), desk.get("/bookings?part=cancelled")
    assert guests_on(past) == ["Guest 00"]
    assert "Yesterday, Sun 22 November" in read(past)
    assert guests_on(cancelled) == ["Guest 01"]
    assert "Cancelled" in read(cancelled)


def test_narrowed_to_a_calendar_and_to_a_guest(desk: Client, hana: make.Team) -> None:
    other = calendars.create_calendar(
        hana.owner, name="Other", minutes=[30], hours=make.ALWAYS, by="test", now=NOW
    )
    many(hana, 2)
    make.booking(other, make.later(300), guest=Guest(name="Mara Lind", email="mara@example.com"))
    options = re.findall(r'<option value="(cal_\w+)"', desk.get("/bookings").content.decode())
    assert len(options) == 2
    found = [guests_on(desk.get(f"/bookings?calendar={name}")) for name in options]
    assert sorted(map(len, found)) == [1, 2]
    assert guests_on(desk.get("/bookings?q=mAR")) == ["Mara Lind"]
    assert guests_on(desk.get("/bookings?q=guest1@example")) == ["Guest 01"]
    assert "Nothing fits" in read(desk.get("/bookings?q=nobody"))


def test_calendars_are_offered_by_name_and_archived_ones_last(desk: Client, hana: make.Team) -> None:
    for name in ("alone", "Zeta", "Archived"):
        made = calendars.create_calendar(
            hana.owner, name=name, minutes=[30], hours=make.ALWAYS, by="test", now=NOW
        )
    calendars.archive_calendar(made, by="test", now=NOW)
    many(hana, 1)
    page = desk.get("/bookings").content.decode()
    offered = re.findall(r'<option value="cal_\w+"[^>]*>(.*?)</option>', page, re.DOTALL)
    assert [re.sub(r"<.*?>", "", each).strip() for each in offered] == [
        "alone",
        "Intro call",
        "Zeta",
        "Archived",
    ]


@pytest.mark.parametrize(
    "query", ["q=%00%25_", "calendar=cal_x", "part=x", "after=x", "before=-", "q=" + "x" * 100]
)
def test_a_strange_question_is_only_that(desk: Client, hana: make.Team, query: str) -> None:
    many(hana, 1)
    assert desk.get(f"/bookings?{query}").status_code == 200


def test_a_search_that_is_too_long_is_refused_and_not_cut(desk: Client) -> None:
    answer = desk.get("/bookings?q=" + "x" * 101)
    assert answer.status_code == 422
    assert "Shorten this to 100 characters." in answer.content.decode()


def test_page_by_page_and_back(desk: Client, hana: make.Team) -> None:
    many(hana, 60)
    first = desk.get("/bookings?" + urlencode({"q": "guest"}))
    assert guests_on(first) == [f"Guest {number:02}" for number in range(50)]
    assert 'rel="prev"' not in first.content.decode()
    second = desk.get(_to(first, "next"))
    assert guests_on(second) == [f"Guest {number:02}" for number in range(50, 60)]
    assert 'rel="next"' not in second.content.decode()
    assert guests_on(desk.get(_to(second, "prev"))) == guests_on(first)


def _to(answer: Any, rel: str) -> str:
    found = re.search(rf'href="([^"]+)" rel="{rel}"', answer.content.decode())
    assert found, rel
    return unescape(found[1])


def test_bookings_at_the_same_instant_are_all_there(desk: Client, hana: make.Team) -> None:
    """The place of a page is a booking, not only its time."""
    many(hana, 60)
    Booking.objects.update(starts_at=make.later(60), ends_at=make.later(90))
    first = desk.get("/bookings")
    second = desk.get(_to(first, "next"))
    assert len({*guests_on(first), *guests_on(second)}) == 60
    assert guests_on(desk.get(_to(second, "prev"))) == guests_on(first)


def test_nobody_elses(desk: Client, hana: make.Team, sam: make.Team) -> None:
    make.booking(sam.calendar)
    answer = desk.get("/bookings")
    assert guests_on(answer) == []
    assert "Nothing is coming up" in read(answer)
    assert 'href="/settings/calendars"' in answer.content.decode()


@pytest.mark.parametrize("count", [1, 60])
def test_it_costs_few_statements(desk: Client, hana: make.Team, count: int) -> None:
    many(hana, count)
    desk.get("/bookings")
    for query in ("", "?part=past", "?q=guest&part=upcoming"):
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(f"/bookings{query}").status_code == 200
        assert len(asked) <= MOST - 4, [query["sql"] for query in asked.captured_queries]


def test_a_hostile_name_is_text(desk: Client, hana: make.Team) -> None:
    make.booking(hana.calendar, guest=Guest(name="<script>x</script>\u202eevil", email="x@example.net"))
    page = desk.get("/bookings").content.decode()
    assert "<script>x" not in page
    assert "\u202e" not in page
