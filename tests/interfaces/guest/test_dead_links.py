"""A link that cannot be used says why and whom to contact; it never says who or when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.links.operations import revoke
from bookonce.domain.links.pausing import pause_links
from tests import make
from tests.interfaces.guest.conftest import Time, address_of
from tests.interfaces.guest.reading import Browser, Page

pytestmark = pytest.mark.django_db

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


def owner(team: make.Team) -> str:
    return team.owner.person.email


def test_a_used_link_names_the_owner_and_nothing_of_the_booking(
    hana: make.Team, gil: Browser, mara: Browser, books: Callable[..., Page]
) -> None:
    address = address_of(make.link(hana.calendar))
    books(gil, address)
    page = mara.open(address)
    assert page.status == 410
    assert page.heading == "This link has already been used."
    assert "To make another appointment, please contact Hana." in page.words
    assert f"mailto:{owner(hana)}" in page.links
    for secret in ("Gil", "gil@", "23 November", "08:00", "/b/"):
        assert secret not in page.html


def test_an_expired_link_says_until_when_it_was_open(hana: make.Team, gil: Browser, time: Time) -> None:
    address = address_of(make.link(hana.calendar, expires_at=make.later(60)))
    assert gil.open(address).status == 200
    time.passes(3600)
    page = gil.open(address)
    assert page.status == 410
    assert page.heading == "This link has expired."
    assert "It was open until Mon 23 November, 08:00 (Berlin, UTC+1). Please contact Hana for a new one." in (
        page.words
    )


def test_a_revoked_link_is_no_longer_active(hana: make.Team, gil: Browser) -> None:
    link = revoke(make.link(hana.calendar), by="test", now=make.NOW)
    page = gil.open(address_of(link))
    assert page.status == 410
    assert page.heading == "This link is no longer active."
    assert "Please contact Hana to make an appointment." in page.words


def test_a_link_that_is_not_open_yet_says_when_it_will_be(hana: make.Team, gil: Browser) -> None:
    page = gil.open(address_of(make.link(hana.calendar, opens_at=make.later(120))))
    assert page.status == 403
    assert page.heading == "This link opens on Mon 23 November, 09:00 (Berlin, UTC+1)."
    assert "Come back then; it will still be here." in page.words


@pytest.mark.parametrize(("terms", "said"), [({"expires_at": 60}, "02:00"), ({"opens_at": 120}, "03:00")])
def test_the_date_of_a_link_is_told_by_the_readers_clock(
    hana: make.Team, gil: Browser, time: Time, terms: dict[str, int], said: str
) -> None:
    address = address_of(make.link(hana.calendar, **{name: make.later(at) for name, at in terms.items()}))
    time.passes(3600)
    assert 'data-zone="Europe/Berlin"' in gil.open(address).html, "a script brings the browser's zone"
    page = gil.open(f"{address}?zone=America/New_York")
    assert f"Mon 23 November, {said} (New York, UTC−5)" in page.words
    assert "data-zone" not in page.html
    if page.forms:
        time.passes(3)
        page = gil.send(page.form("message"), name="Gil")
        assert "We told Hana." in page.words
        assert "zone=America%2FNew_York" in page.address


def test_the_owner_chooses_what_a_dead_link_says(db: None, gil: Browser) -> None:
    contact = {"name": "The practice", "email": "", "phone": "+49 (30) 12-34", "text": "Call after 9."}
    team = make.team(contact=contact)
    page = gil.open(address_of(revoke(make.link(team.calendar), by="test", now=make.NOW)))
    assert "Please contact The practice to make an appointment." in page.words
    assert "Call after 9." in page.words
    assert "tel:+49301234" in page.links
    assert owner(team) not in page.html


def test_a_link_on_hold_is_being_checked_whatever_is_sent(
    hana: make.Team, gil: Browser, mara: Browser
) -> None:
    address = address_of(make.link(hana.calendar))
    late = mara.pick(mara.open(address), number=5)
    pause_links(by="test", now=make.NOW)
    for page in (gil.open(address), mara.send(late.form("pick"), button=("step", "book"), name="Mara")):
        assert page.status == 403
        assert page.heading == "This link is being checked."
        assert "Please contact Hana, or come back later today." in page.words
        assert f"mailto:{owner(hana)}" in page.links
        assert "restored" not in page.words
    assert not Booking.objects.exists()


def test_where_the_owner_is_hidden_the_sender_is_meant(db: None, gil: Browser) -> None:
    team = make.team(contact={"name": "", "email": ""})
    page = gil.open(address_of(revoke(make.link(team.calendar), by="test", now=make.NOW)))
    assert "Please contact the person who sent it to you to make an appointment." in page.words


@pytest.mark.parametrize("step", ["pick", "book", "back", ""])
def test_a_late_form_gets_the_same_page_and_changes_nothing(
    hana: make.Team, gil: Browser, mara: Browser, books: Callable[..., Page], step: str
) -> None:
    address = address_of(make.link(hana.calendar))
    late = mara.pick(mara.open(address), number=5)
    books(gil, address)
    page = mara.send(late.form("pick"), button=("step", step), name="Mara", email="mara@example.com")
    assert page.status == 410
    assert page.heading == "This link has already been used."
    assert Booking.objects.count() == 1


def test_a_link_of_an_archived_calendar_is_no_longer_active(hana: make.Team, gil: Browser) -> None:
    address = address_of(make.link(hana.calendar))
    calendars.archive_calendar(hana.calendar, by="test", now=make.NOW)
    assert gil.open(address).heading == "This link is no longer active."


def strange(team: make.Team) -> list[str]:
    real = address_of(make.link(team.calendar))[3:]
    other = "".join(sign.swapcase() for sign in real)
    tokens = [other, real + "x", real[:-1], "x" * 23, "é" * 23, "%00", "..%2f..", "a" * 5000]
    return [*(f"/{room}/{token}" for token in tokens for room in "ob"), f"/o/{real}/", f"/o/{real}/more"]


def test_every_unknown_address_is_the_same_page(hana: make.Team, sam: make.Team) -> None:
    calendars.change_calendar(hana.calendar, by="test", now=make.NOW, visibility="link_only")
    calendars.archive_calendar(sam.calendar, by="test", now=make.NOW)
    team = make.team("Third", "Theo")
    addresses = [*strange(team), "/o/", "/o", "/b/", "/c/", "/c/acme", "/p/anything", "/c/nobody/intro-call"]
    addresses += [f"/c/{hana.workspace.slug}/{hana.calendar.slug}", f"/c/{sam.workspace.slug}/intro-call"]
    answers: list[Any] = [Client().get(address) for address in addresses]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert "We don&#39;t know this link." in answers[0].content.decode()
    assert 'class="workspace nobody"' in answers[0].content.decode(), "it has the rhythm of all the others"
    posts = [Client().post(address, {"step": "book"}) for address in addresses]
    assert {answer.content for answer in posts} == {answers[0].content}


def test_every_page_keeps_to_itself(hana: make.Team, gil: Browser, books: Callable[..., Page]) -> None:
    live, dead = make.link(hana.calendar), revoke(make.link(hana.calendar), by="test", now=make.NOW)
    used = make.link(hana.calendar)
    books(gil, address_of(used))
    addresses = [address_of(link) for link in (live, dead, used)]
    for address in [*addresses, "/o/unknown", "/b/unknown", "/c/acme/intro-call", "/c/a/b"]:
        answer = Client().get(address)
        for name, value in HEADERS.items():
            assert answer[name] == value, address
        assert "unsafe-inline" not in answer["Content-Security-Policy"]
        said = answer.content.decode().replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in said.replace(owner(hana), "")
