"""Booking with a one-time link: spent if and only if booked."""

from __future__ import annotations

import pytest

from bookonce.delivery.outbox.models import Delivery, Event
from bookonce.domain.bookings.errors import KeyMismatch, SlotTaken
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.operations import RequestIdentity
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.diary.models import HeldTime
from bookonce.domain.links.errors import LinkExpired, LinkNotOpen, LinkRequired, LinkRevoked, LinkUsed
from bookonce.domain.links.models import Link
from bookonce.domain.links.operations import revoke
from bookonce.domain.links.queries import state_of
from bookonce.foundation.errors import Invalid
from tests import make
from tests.make import NOW


def test_a_booking_spends_the_link_and_holds_the_time(hana: make.Team) -> None:
    link = make.link(hana.calendar, metadata={"deal": 7})
    booking = make.booking(hana.calendar, link=link)
    assert state_of(Link.objects.get(pk=link.pk), now=NOW) == "used"
    held = HeldTime.objects.get(booking=booking)
    assert (held.starts_at, held.ends_at) == (booking.starts_at, booking.ends_at)
    assert booking.state == "confirmed"
    assert booking.metadata == {"deal": 7}


def test_the_booking_is_told_to_guest_and_host_in_the_same_commit(hana: make.Team) -> None:
    booking = make.booking(hana.calendar, link=make.link(hana.calendar))
    event = Event.objects.get(kind="booking.made", booking_id=booking.pk)
    assert event.data["guest"]["email"] == "gil@example.net"
    assert {one.role for one in Delivery.objects.filter(event=event)} == {"guest", "host"}


def test_the_second_gets_the_contact_and_nothing_of_the_first(hana: make.Team) -> None:
    link = make.link(hana.calendar)
    make.booking(hana.calendar, link=link)
    with pytest.raises(LinkUsed) as refused:
        make.booking(hana.calendar, link=Link.objects.get(pk=link.pk), at=make.slots(hana.calendar)[3])
    assert refused.value.data["contact"]["name"] == "Hana"
    assert "Gil" not in str(refused.value.data)


def test_a_lost_slot_leaves_the_link_good_and_offers_fresh_times(hana: make.Team) -> None:
    first, second = make.link(hana.calendar), make.link(hana.calendar)
    taken = make.slots(hana.calendar)[2]
    make.booking(hana.calendar, taken, link=first)
    with pytest.raises(SlotTaken) as refused:
        make.booking(hana.calendar, taken, link=second)
    assert state_of(Link.objects.get(pk=second.pk), now=NOW) == "active"
    offered = [slot["starts_at"] for slot in refused.value.data["open"]]
    assert taken not in offered
    assert make.booking(hana.calendar, offered[0], link=second).starts_at == offered[0]


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        ({"expires_at": NOW}, LinkExpired),
        ({"opens_at": make.later(1)}, LinkNotOpen),
    ],
)
def test_a_link_out_of_its_time_books_nothing(
    hana: make.Team, terms: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        make.booking(hana.calendar, link=make.link(hana.calendar, **terms))
    assert not Booking.objects.exists()


def test_a_revoked_link_books_nothing(hana: make.Team) -> None:
    link = revoke(make.link(hana.calendar), by="test", now=NOW)
    with pytest.raises(LinkRevoked):
        make.booking(hana.calendar, link=link)


def test_a_link_only_calendar_is_not_booked_without_a_link(db: None) -> None:
    team = make.team(visibility="link_only")
    with pytest.raises(LinkRequired):
        make.booking(team.calendar)
    assert make.booking(team.calendar, link=make.link(team.calendar)).state == "confirmed"


def test_bad_input_names_every_field_and_leaves_the_link_good(hana: make.Team) -> None:
    link = make.link(hana.calendar)
    with pytest.raises(Invalid) as refused:
        make.booking(hana.calendar, link=link, guest=make.Guest(name=" ", email="nobody"))
    assert [error["pointer"] for error in refused.value.data["errors"]] == ["/guest/name", "/guest/email"]
    assert state_of(Link.objects.get(pk=link.pk), now=NOW) == "active"


def test_the_same_attempt_again_is_the_same_booking(hana: make.Team) -> None:
    link, attempt = make.link(hana.calendar), RequestIdentity("link", "key", b"body")
    first = make.booking(hana.calendar, link=link, attempt=attempt)
    again = make.booking(hana.calendar, first.starts_at, link=link, attempt=attempt)
    assert again.pk == first.pk
    with pytest.raises(KeyMismatch):
        make.booking(
            hana.calendar, first.starts_at, link=link, attempt=RequestIdentity("link", "key", b"other")
        )


def test_the_browser_that_booked_gets_its_booking_again_and_no_other(hana: make.Team) -> None:
    link = make.link(hana.calendar)
    first = make.booking(hana.calendar, link=link, attempt=RequestIdentity(browser="mine"))
    used = Link.objects.get(pk=link.pk)
    assert (
        make.booking(hana.calendar, first.starts_at, link=used, attempt=RequestIdentity(browser="mine")).pk
        == first.pk
    )
    with pytest.raises(LinkUsed):
        make.booking(
            hana.calendar, make.slots(hana.calendar)[5], link=used, attempt=RequestIdentity(browser="yours")
        )


def test_the_agreed_time_is_kept_as_wall_time_zone_and_instant(db: None) -> None:
    team = make.team(hours={"mon": [["09:00", "17:00"]]})
    booking = make.booking(team.calendar)
    assert (booking.wall, booking.zone) == ("2026-11-23T09:00:00", "Europe/Berlin")
    assert booking.starts_at.isoformat() == "2026-11-23T08:00:00+00:00"


def test_a_calendar_that_changed_since_it_was_read_is_booked_as_it_is(hana: make.Team) -> None:
    at, before = make.slots(hana.calendar)[3], hana.calendar
    calendars.change_calendar(before, by="test", now=NOW, hours={})
    with pytest.raises(SlotTaken):
        make.booking(before, at)
    calendars.change_calendar(before, by="test", now=NOW, hours=make.ALWAYS, visibility="link_only")
    with pytest.raises(LinkRequired):
        make.booking(before, at)
    assert make.booking(before, at, link=make.link(before)).starts_at == at
