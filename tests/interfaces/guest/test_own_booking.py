"""A guest's own booking: always its current state; moved and cancelled by a person, never twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import unquote, urlsplit

import pytest
from django.test import Client

from bookonce.domain.bookings import changes
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.queries import booking_of_link
from bookonce.domain.links.models import Link
from bookonce.domain.links.queries import state_of
from tests import make
from tests.interfaces.guest.conftest import Time, address_of, manage_of
from tests.interfaces.guest.reading import Browser, Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking(hana: make.Team) -> Booking:
    return make.booking(hana.calendar, make.later(24 * 60), link=make.link(hana.calendar))


def test_it_shows_what_was_agreed_and_what_can_be_done(booking: Booking, gil: Browser) -> None:
    page = gil.open(manage_of(booking))
    assert (page.status, page.heading) == (200, "Your appointment")
    assert "Tue 24 November, 07:00–07:30 Berlin, UTC+1 Intro call with Hana" in page.words
    ours = [link.rpartition("/")[2] for link in page.links if link.startswith("/")]
    assert ours == ["booking.ics", "move", "cancel"]


def test_each_page_brings_the_script_of_the_times_that_open_in_its_place(
    booking: Booking, gil: Browser
) -> None:
    for page in ("", "/move", "/cancel"):
        assert "js/guest.js" in gil.open(f"{manage_of(booking)}{page}").html


def test_other_peoples_calendars_get_the_time_and_no_token(booking: Booking, gil: Browser) -> None:
    page = gil.open(manage_of(booking))
    token = manage_of(booking).removeprefix("/b/")
    theirs = [unquote(link) for link in page.links if link.startswith("https://")]
    assert {urlsplit(link).hostname for link in theirs} == {
        "calendar.google.com",
        "outlook.live.com",
        "outlook.office.com",
        "calendar.yahoo.com",
    }
    for link in theirs:
        assert token not in link
        assert "gil" not in link.lower()
        assert "Intro call with Hana" in link
        assert "20261124T060000Z" in link or "2026-11-24T06:00:00Z" in link
    assert page.html.count('rel="noreferrer noopener"') == len(theirs)


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [("phone", "+49 30 1", "Phone: +49 30 1"), ("phone", "", "By phone: Hana calls you"), ("ask", "", None)],
)
def test_they_get_who_calls_whom(
    hana: make.Team, gil: Browser, kind: str, value: str, said: str | None
) -> None:
    team = make.team(location={"kind": kind, "value": value})
    page = gil.open(manage_of(make.booking(team.calendar, guest=replace(make.GIL, phone="+49 30 123456"))))
    theirs = [unquote(link).replace("+", " ") for link in page.links if link.startswith("https://")]
    assert all((said or "By phone: Hana calls you").replace("+", " ") in link for link in theirs)
    assert not any("123456" in link for link in theirs)


def test_it_works_after_the_link_is_spent_and_costs_no_use(booking: Booking, gil: Browser) -> None:
    assert booking.link is not None
    gil.open(manage_of(booking))
    found = booking_of_link(booking.link)
    assert found is not None
    assert found.pk == booking.pk


def test_cancelling_asks_why_and_frees_the_time(booking: Booking, gil: Browser, time: Time) -> None:
    page = gil.open(f"{manage_of(booking)}/cancel")
    assert page.heading == "Cancel this appointment?"
    assert "Tue 24 November, 07:00 with Hana. Berlin, UTC+1 Why?" in page.words
    form = page.form("reason")
    assert "reason" not in form.values
    time.passes(3)
    page = gil.send(form, reason="cannot")
    assert page.heading == "This appointment has been cancelled."
    booking.refresh_from_db()
    assert (booking.state, booking.cancel_reason, booking.cancelled_by) == (
        "cancelled",
        "I can't make it",
        "guest",
    )
    assert not page.forms
    assert "To make another appointment, please contact Hana. E-mail" in page.words
    assert page.links == [f"mailto:{booking.calendar.owner.person.email}"]
    assert make.slots(booking.calendar, 60).count(booking.starts_at) == 1


def test_what_is_missing_is_said_in_our_words(booking: Booking, hana: make.Team, gil: Browser) -> None:
    """No browser's own bubble, in another language, comes before the page's own sentence."""
    fresh = address_of(make.link(hana.calendar))
    moving = gil.open(f"{manage_of(booking)}/move?day=2026-11-25")
    assert booking.link is not None
    pages = [gil.open(f"{manage_of(booking)}/cancel"), moving, gil.pick(moving, number=4), gil.open(fresh)]
    for page in [*pages, gil.pick(gil.open(fresh)), gil.open(address_of(booking.link))]:
        assert page.html.count('<form method="post"') == page.html.count(" novalidate") == 1, page.address


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ((3, ""), "Choose one; “No reason” is fine too."),
        ((3, "made up"), "Choose one; “No reason” is fine too."),
        ((1, "none"), "One moment, please."),
    ],
)
def test_cancelling_needs_a_choice_and_a_moment(
    booking: Booking, gil: Browser, time: Time, said: tuple[int, str], words: str
) -> None:
    form = gil.open(f"{manage_of(booking)}/cancel").form("reason")
    time.passes(said[0])
    page = gil.send(form, reason=said[1])
    assert page.status == 422
    assert words in page.words
    booking.refresh_from_db()
    assert booking.state == "confirmed"


def test_a_move_takes_the_new_time_and_frees_the_old(booking: Booking, gil: Browser, time: Time) -> None:
    page = gil.open(f"{manage_of(booking)}/move?day=2026-11-25")
    assert "Now: Tue 24 November, 07:00–07:30." in page.words
    page = gil.pick(page, number=4)
    assert page.heading == "Move this appointment?"
    assert "From Tue 24 November, 07:00 To Wed 25 November, 02:00" in page.words
    booking.refresh_from_db()
    assert booking.sequence == 0
    time.passes(3)
    page = gil.send(page.form("pick"))
    assert page.heading == "Your appointment has been moved"
    assert "Wed 25 November, 02:00–02:30" in page.words
    booking.refresh_from_db()
    assert booking.sequence == 1
    assert Booking.objects.count() == 1


def test_a_second_press_is_answered_as_the_first(booking: Booking, gil: Browser, time: Time) -> None:
    address = manage_of(booking)
    moving = gil.pick(gil.open(f"{address}/move?day=2026-11-25"), number=4).form("pick")
    time.passes(3)
    answers = [gil.client.post(moving.action, moving.values) for _ in range(3)]
    shown = (303, f"{address}?moved=1")
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [shown] * 3
    booking.refresh_from_db()
    assert booking.sequence == 1
    cancelling = gil.open(f"{address}/cancel").form("reason")
    time.passes(3)
    sent = cancelling.values | {"reason": "none"}
    answers = [gil.client.post(cancelling.action, sent) for _ in range(3)]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(303, address)] * 3
    booking.refresh_from_db()
    assert booking.sequence == 2


def test_a_second_press_undoes_no_later_move(booking: Booking, gil: Browser, time: Time) -> None:
    moving = gil.pick(gil.open(f"{manage_of(booking)}/move?day=2026-11-25"), number=4).form("pick")
    time.passes(3)
    gil.send(moving)
    booking.refresh_from_db()
    moved = changes.move(booking, starts_at=make.later(48 * 60), by="host", now=make.NOW)
    again = gil.send(moving)
    assert (again.status, again.heading) == (409, "Move this appointment?")
    booking.refresh_from_db()
    assert (booking.sequence, booking.starts_at) == (2, moved.starts_at)


def test_the_time_that_it_has_is_not_on_offer_again(booking: Booking, gil: Browser) -> None:
    page = gil.open(f"{manage_of(booking)}/move?day=2026-11-24")
    assert "2026-11-24T06:00:00Z" not in page.form("at").choices["at"]
    assert "2026-11-24T06:30:00Z" in page.form("at").choices["at"]


def test_a_move_to_a_time_that_has_gone_shows_fresh_times(booking: Booking, gil: Browser, time: Time) -> None:
    page = gil.pick(gil.open(f"{manage_of(booking)}/move?day=2026-11-25"), number=4)
    make.booking(booking.calendar, make.later(24 * 60 + 19 * 60))
    time.passes(3)
    page = gil.send(page.form("pick"))
    assert page.status == 409
    assert "That time has just gone. Your appointment stays as it was." in page.words
    assert page.form("at").choices["at"]
    booking.refresh_from_db()
    assert booking.sequence == 0


def test_a_form_from_before_a_change_does_nothing(booking: Booking, gil: Browser, time: Time) -> None:
    address = manage_of(booking)
    cancelling = gil.open(f"{address}/cancel").form("reason")
    moving = gil.pick(gil.open(f"{address}/move?day=2026-11-25"), number=4).form("pick")
    choosing = gil.open(f"{address}/move?day=2026-11-25").form("at")
    moved = changes.move(booking, starts_at=make.later(48 * 60), by="host", now=make.NOW)
    time.passes(3)
    for form, said in (
        (cancelling, {"reason": "none"}),
        (moving, {}),
        (choosing, {"at": choosing.choices["at"][4]}),
    ):
        page = gil.send(form, **said)
        assert page.status == 409
        assert "The appointment was moved meanwhile. It is now on Wed 25 November, 07:00." in page.words
    booking.refresh_from_db()
    assert (booking.state, booking.starts_at) == ("confirmed", moved.starts_at)


def test_a_cancellation_of_what_was_moved_is_asked_once_more(
    booking: Booking, gil: Browser, time: Time
) -> None:
    form = gil.open(f"{manage_of(booking)}/cancel").form("reason")
    changes.move(booking, starts_at=make.later(48 * 60), by="host", now=make.NOW)
    time.passes(3)
    page = gil.send(form, reason="cannot")
    assert page.heading == "Cancel this appointment?"
    assert "Do you still want to cancel it? Wed 25 November, 07:00 with Hana." in page.words
    form = page.form("reason")
    assert form.values["reason"] == "cannot"
    time.passes(3)
    assert gil.send(form).heading == "This appointment has been cancelled."


def test_a_move_of_what_was_moved_is_asked_once_more(booking: Booking, gil: Browser, time: Time) -> None:
    asked = gil.pick(gil.open(f"{manage_of(booking)}/move?day=2026-11-25"), number=4)
    changes.move(booking, starts_at=make.later(48 * 60), by="host", now=make.NOW)
    time.passes(3)
    for page in (gil.open(asked.address), gil.send(asked.form("pick"))):
        assert page.heading == "Move this appointment?"
        assert "Do you still want to move it?" in page.words
        assert "From Wed 25 November, 07:00 To Wed 25 November, 02:00" in page.words
    time.passes(3)
    assert "Wed 25 November, 02:00–02:30" in gil.send(page.form("pick")).words
    assert gil.open(asked.address).heading == "Your appointment has been moved"


def test_what_is_cancelled_or_over_offers_nothing(booking: Booking, gil: Browser, time: Time) -> None:
    address = manage_of(booking)
    cancelling = gil.open(f"{address}/cancel").form("reason")
    time.passes(timedelta(days=2).total_seconds())
    page = gil.open(address)
    assert page.heading == "This appointment is over."
    assert page.links == [f"mailto:{booking.calendar.owner.person.email}"]
    for part in ("move", "cancel"):
        assert gil.open(f"{address}/{part}").heading == "This appointment is over."
    assert gil.send(cancelling, reason="none").heading == "This appointment is over."
    booking.refresh_from_db()
    assert booking.state == "confirmed"


def test_a_cancelled_time_is_called_free_only_while_it_is_to_come(
    booking: Booking, gil: Browser, time: Time
) -> None:
    changes.cancel(booking, reason="", by="guest", now=make.NOW)
    free = "Its time is free again."
    assert free in gil.open(manage_of(booking)).words
    time.passes((booking.starts_at - make.NOW).total_seconds())
    page = gil.open(manage_of(booking))
    assert page.heading == "This appointment has been cancelled."
    assert free not in page.words


def test_cancelling_opens_the_link_again_only_where_its_owner_has_chosen_so(
    hana: make.Team, gil: Browser, time: Time
) -> None:
    for choice, state in (("stay_used", "used"), ("reopen", "active")):
        link = make.link(hana.calendar, on_cancel=choice)
        booking = make.booking(hana.calendar, make.later(24 * 60), link=link)
        form = gil.open(f"{manage_of(booking)}/cancel").form("reason")
        time.passes(3)
        page = gil.send(form, reason="none")
        assert state_of(Link.objects.get(pk=link.pk), now=make.NOW) == state
        good = "Your link is good again: open it to choose another time."
        assert (good in page.words) == (state == "active")
        assert ("To make another appointment" in page.words) == (state == "used")
        assert address_of(link) not in page.html, "who may see a booking need not have its link"


def test_the_file_for_the_guests_own_calendar(booking: Booking) -> None:
    answer = Client().get(f"{manage_of(booking)}/booking.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert f"UID:{booking.uid}" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_the_file_of_what_was_cancelled_offers_no_change(booking: Booking) -> None:
    address = f"{manage_of(booking)}/booking.ics"
    assert "Move or cancel" in Client().get(address).content.decode()
    changes.cancel(booking, reason="", by="guest", now=make.NOW)
    file = Client().get(address).content.decode()
    assert ("STATUS:CANCELLED" in file, "Move or cancel" in file) == (True, False)


def test_the_link_and_the_booking_do_not_open_each_other(booking: Booking) -> None:
    assert booking.link is not None
    link, manage = address_of(booking.link), manage_of(booking)
    assert Client().get(f"/b/{link[3:]}").status_code == 404
    assert Client().get(f"/o/{manage[3:]}").status_code == 404
    assert link[3:] not in Client().get(manage).content.decode()


@pytest.mark.parametrize("part", ["", "/move", "/cancel", "/booking.ics"])
def test_looking_changes_nothing(booking: Booking, gil: Browser, time: Time, part: str) -> None:
    address = manage_of(booking) + part
    time.passes(3)
    for ask in (gil.client.get, gil.client.head, gil.client.options):
        assert ask(address, {"step": "move", "reason": "none"}).status_code in (200, 204)
    assert gil.client.put(address).status_code == 405
    booking.refresh_from_db()
    assert (booking.state, booking.sequence) == ("confirmed", 0)


def test_while_it_runs_it_says_why_nothing_can_be_changed_and_whom_to_contact(
    hana: make.Team, gil: Browser, time: Time, books: Callable[..., Page]
) -> None:
    link = make.link(hana.calendar)
    booked = books(gil, address_of(link))
    booking = Booking.objects.get()
    begun = "It has begun, and can no longer be moved or cancelled here."
    assert begun not in booked.words
    time.passes((booking.starts_at - make.NOW).total_seconds() + 60)
    for address in (manage_of(booking), address_of(link)):
        page = gil.open(address)
        assert f"{begun} Should anything be in the way, please contact Hana. E-mail" in page.words
        assert f"mailto:{hana.owner.person.email}" in page.links


@pytest.mark.parametrize("state", ["declined", "lapsed"])
def test_what_came_to_nothing_leads_on(booking: Booking, gil: Browser, state: str) -> None:
    Booking.objects.filter(pk=booking.pk).update(state=state)
    assert "To make another appointment, please contact Hana. E-mail" in gil.open(manage_of(booking)).words
