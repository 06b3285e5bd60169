"""Only a person's choice books, moves or cancels (rule 13 of a link): a robot that presses all does not."""

from __future__ import annotations

from collections import deque

import pytest
from django.conf import settings

from bookonce.delivery.outbox.models import Event
from bookonce.domain.bookings.models import Booking
from bookonce.domain.links.models import Link
from tests import make
from tests.interfaces.guest.conftest import Time, address_of, manage_of
from tests.interfaces.guest.reading import Browser, Form, Page

pytestmark = pytest.mark.django_db


def robot(browser: Browser, start: str, time: Time, *, most: int = 150) -> int:
    """Follow every link, fill every text, press every button of every form; never choose. Count presses."""
    waiting, seen, presses = deque([start]), {start}, 0
    pages: deque[Page] = deque()
    while (waiting or pages) and presses < most:
        page = pages.popleft() if pages else browser.open(waiting.popleft())
        time.passes(3)
        for link in page.links:
            address = link.partition("#")[0]
            if address.startswith(start.rpartition("/")[0]) and address not in seen:
                seen.add(address)
                waiting.append(address)
        for form in page.forms:
            for filled in (False, True):
                for button in form.buttons or [("", "")]:
                    presses += 1
                    answer = browser.send(form, button=button, **(_typed(form) if filled else {}))
                    key = f"{answer.status} {answer.heading} {len(answer.forms)} {len(answer.words)}"
                    if key not in seen:
                        seen.add(key)
                        pages.append(answer)
    return presses


def _typed(form: Form) -> dict[str, str]:
    guesses = {"email": "robot@example.com", "phone": "+49 30 123456"}
    return {name: guesses.get(name, "Robot") for name in form.texts}


def decided() -> list[object]:
    """Everything that decides."""
    return [
        list(Booking.objects.values_list("pk", "state", "starts_at", "sequence")),
        list(Link.objects.values_list("pk", "used_at", "revoked_at")),
        list(Event.objects.values_list("kind", flat=True)),
    ]


def test_a_robot_on_a_link_decides_nothing(hana: make.Team, time: Time) -> None:
    known = {"recipient_name": "Gil", "recipient_email": "gil@example.net"}
    for terms in ({}, known):
        address = address_of(make.link(hana.calendar, **terms))
        before = decided()
        assert robot(Browser(), address, time, most=60) >= 4
        assert decided() == before


def test_a_robot_on_a_scheduling_link_decides_nothing(hana: make.Team, time: Time) -> None:
    before = decided()
    assert robot(Browser(), f"/c/{hana.workspace.slug}/{hana.calendar.slug}", time, most=60) >= 4
    assert decided() == before


def test_a_robot_on_a_booking_decides_nothing(hana: make.Team, time: Time) -> None:
    booking = make.booking(hana.calendar, make.later(60 * 24), link=make.link(hana.calendar))
    before = decided()
    assert robot(Browser(), manage_of(booking), time) >= 4
    assert decided() == before


def test_the_robot_is_no_straw_man(hana: make.Team, gil: Browser, time: Time) -> None:
    """With one choice made for it, the same pressing books: the choice is what stops it."""
    page = gil.open(address_of(make.link(hana.calendar)))
    time.passes(3)
    details = gil.pick(page)
    robot(gil, details.address, time, most=2)
    assert Booking.objects.count() == 1


def test_a_form_that_comes_back_at_once_books_nothing_and_loses_nothing(
    hana: make.Team, gil: Browser, time: Time
) -> None:
    details = gil.pick(gil.open(address_of(make.link(hana.calendar))))
    time.passes(1.5)
    page = gil.book(details)
    assert page.status == 422
    assert "One moment, please." in page.words
    assert page.form("pick").values["email"] == "gil@example.net"
    assert not Booking.objects.exists()
    assert 'data-wait="510"' in page.html, "a script waits so long with the next press"
    time.passes(1)
    assert gil.book(page).heading == "You're booked"


def test_a_seal_is_good_for_its_own_link_step_and_day_only(hana: make.Team, gil: Browser, time: Time) -> None:
    one, other = address_of(make.link(hana.calendar)), address_of(make.link(hana.calendar))
    page = gil.open(one)
    time.passes(5)
    details = gil.pick(page)
    form, picking = details.form("pick"), page.form("at")
    for action, changes in (
        (other, {}),
        (one, {"pick": form.values["pick"][:-2]}),
        (one, {"pick": picking.values["seal"]}),
        (one, {"pick": ""}),
    ):
        form.action = action
        answer = gil.book(details, **changes)
        assert answer.status == 422
        assert "This page was open for too long." in answer.words
    form.action = one
    time.passes(24 * 3600)
    assert gil.book(details).status == 422
    assert not Booking.objects.exists()


ELSEWHERE: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://testserver.evil.example"},
    {"Origin": "http://testserver:81"},
    {"Origin": ""},
]
OURS: list[dict[str, str]] = [
    {},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Origin": "null"},
    {"Origin": "http://testserver"},
    {"Origin": "https://testserver"},
    {"Origin": settings.BASE_URL},
]


def post_from(headers: dict[str, str], link: Link, gil: Browser, time: Time) -> int:
    page = gil.open(address_of(link))
    time.passes(5)
    form = gil.pick(page).form("pick")
    sent = form.values | {"step": "book", "name": "Gil", "email": "gil@example.net"}
    return int(gil.client.post(form.action, sent, headers={"Host": "testserver"} | headers).status_code)


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_a_form_on_somebody_elses_page_is_refused(
    hana: make.Team, gil: Browser, time: Time, headers: dict[str, str]
) -> None:
    assert post_from(headers, make.link(hana.calendar), gil, time) == 403
    assert not Booking.objects.exists()


@pytest.mark.parametrize("headers", OURS)
def test_a_form_on_our_own_page_is_taken(
    hana: make.Team, gil: Browser, time: Time, headers: dict[str, str]
) -> None:
    assert post_from(headers, make.link(hana.calendar), gil, time) == 303
    assert Booking.objects.exists()
