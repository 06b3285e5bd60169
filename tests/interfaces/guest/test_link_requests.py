"""A late guest asks for a new link: in a few words, by a person, with one answer whatever happened."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.bookings import changes
from bookonce.domain.bookings.models import Booking
from bookonce.domain.links import link_requests
from bookonce.domain.links import operations as links
from bookonce.domain.links.models import Ask, Link
from tests import make
from tests.interfaces.guest.conftest import Time, address_of
from tests.interfaces.guest.reading import Browser, Page

pytestmark = pytest.mark.django_db

TOLD = "We told Hana. They also know how to reach you: if they send you a new link, it comes there or"
TOLD_WITHOUT = "We told Hana. If they send you a new link, it comes to the address they have for you."
WORDS = {"name": "Gil Guest", "reach": "+49 30 123", "message": "I was <b>ill</b>."}


@pytest.fixture
def dead(hana: make.Team) -> Link:
    return links.revoke(make.link(hana.calendar), by="mem_x", now=make.NOW)


def asked(gil: Browser, link: Link, time: Time, **said: str) -> Page:
    form = gil.open(address_of(link)).form("message")
    time.passes(3)
    return gil.send(form, **(WORDS | said))


def test_a_late_guest_asks(hana: make.Team, gil: Browser, dead: Link, time: Time) -> None:
    page = asked(gil, dead, time)
    assert (page.status, page.heading) == (410, "This link is no longer active.")
    assert TOLD in page.words
    assert not page.forms, "there is nothing left to do"
    assert "Please contact" not in page.words, "that is done"
    assert "If it cannot wait, you can also reach Hana directly." in page.words
    assert f"mailto:{hana.owner.person.email}" in page.links
    latest = Ask.objects.get().said[-1]
    assert {key: latest[key] for key in WORDS} == WORDS
    assert Delivery.objects.filter(event__kind="link.asked").count() == 1


def test_the_answer_is_the_same_whatever_happened(gil: Browser, dead: Link, time: Time) -> None:
    pages = [asked(gil, dead, time) for _ in range(5)]
    link_requests.mute_requests(dead, by="mem_x", now=make.NOW)
    pages += [asked(gil, dead, time)]
    assert {page.html for page in pages} == {pages[0].html}
    assert len(Ask.objects.get().said) == 2


def test_a_stranger_with_the_dead_link_leaves_room_for_whom_it_was_for(
    gil: Browser, dead: Link, time: Time
) -> None:
    """Of the three a day that are heard for a link two may come from one place."""
    stranger = Browser()
    stranger.client.defaults["REMOTE_ADDR"] = "203.0.113.9"
    heard = [asked(stranger, dead, time, name=f"Stranger {number}") for number in range(9)]
    assert {page.html for page in heard} == {heard[0].html}
    asked(gil, dead, time)
    assert [said["name"] for said in Ask.objects.get().said] == ["Stranger 0", "Stranger 1", "Gil Guest"]


def test_whoever_says_no_way_to_reach_them_is_told_of_the_one_that_is_known(
    gil: Browser, dead: Link, time: Time
) -> None:
    page = asked(gil, dead, time, reach=" ")
    assert TOLD_WITHOUT in page.words
    assert "how to reach you" not in page.words


def test_what_is_missing_is_named_and_what_was_typed_stays(gil: Browser, dead: Link, time: Time) -> None:
    page = asked(gil, dead, time, name="", message="x" * 501)
    assert page.status == 422
    assert page.words.count("Enter your name.") == 2
    assert page.words.count("Shorten this to 500 characters.") == 2
    assert page.form("message").values["reach"] == WORDS["reach"]
    assert '<details class="ask" id="ask" open>' in page.html
    hasty = gil.send(page.form("message"), **WORDS)
    assert (hasty.status, "One moment, please." in hasty.words) == (422, True)
    assert hasty.form("message").values["name"] == "Gil Guest"
    assert not Ask.objects.exists()


def test_a_robot_that_fills_what_nobody_sees_is_not_heard(dead: Link, time: Time) -> None:
    page = asked(Browser(), dead, time, website="https://robot.example")
    assert TOLD not in page.words
    assert not Ask.objects.exists()


def test_who_has_that_field_filled_for_them_asks_once_more_and_loses_nothing(
    gil: Browser, dead: Link, time: Time
) -> None:
    page = asked(gil, dead, time, website="https://gil.example")
    assert (page.status, "One moment, please." in page.words) == (422, True)
    form = page.form("message")
    assert [form.values[key] for key in ("website", "name", "reach")] == ["", WORDS["name"], WORDS["reach"]]
    assert ">I was &lt;b&gt;ill&lt;/b&gt;.</textarea>" in page.html
    time.passes(3)
    assert TOLD in gil.send(form, message=WORDS["message"]).words
    assert Ask.objects.get().said[-1]["name"] == WORDS["name"]


def test_nobody_elses_page_can_ask(gil: Browser, dead: Link, time: Time) -> None:
    form = gil.open(address_of(dead)).form("message")
    time.passes(3)
    answer = gil.client.post(form.action, form.values | WORDS, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert not Ask.objects.exists()


def test_unknown_and_not_yet_open_ask_nothing(hana: make.Team, gil: Browser) -> None:
    waiting = make.link(hana.calendar, opens_at=make.later(60))
    for address in ("/o/unknown", address_of(waiting)):
        assert not gil.open(address).forms


def test_a_winner_who_cancelled_is_told_whom_to_contact_and_can_ask(
    hana: make.Team, gil: Browser, time: Time, books: Callable[..., Page]
) -> None:
    address = address_of(make.link(hana.calendar))
    page = books(gil, address)
    assert "message" not in {text for form in page.forms for text in form.texts}, "theirs still stands"
    changes.cancel(Booking.objects.get(), reason="", by="guest", now=make.NOW)
    page = gil.open(address)
    assert (page.status, page.heading) == (200, "This appointment has been cancelled.")
    assert "This link is now used up. To make another appointment, please contact Hana." in page.words
    assert f"mailto:{hana.owner.person.email}" in page.links
    time.passes(3)
    assert "Enter your name." in gil.send(page.form("message"), **(WORDS | {"name": ""})).words
    assert TOLD in gil.send(page.form("message"), **WORDS).words
    assert Ask.objects.get().said[-1]["message"] == WORDS["message"]


def test_whoever_has_an_appointment_reads_of_it_and_not_of_asking(
    hana: make.Team, gil: Browser, books: Callable[..., Page]
) -> None:
    address = address_of(make.link(hana.calendar))
    books(gil, address)
    assert gil.open(f"{address}?asked=1").heading == "You're booked"


def test_whoever_gets_the_address_of_the_answer_has_not_asked(gil: Browser, dead: Link, time: Time) -> None:
    page = asked(gil, dead, time)
    assert TOLD in page.words
    assert TOLD in gil.open(page.address).words, "a reload says the same"
    for address in (f"{address_of(dead)}?asked=1", f"{address_of(dead)}?asked=reach"):
        assert TOLD not in Browser().open(address).words
    time.passes(11 * 60)
    later = Browser().open(page.address)
    assert TOLD not in later.words
    assert later.form("message")
