"""Moving and cancelling: one booking, moved or ended, in one commit (promise 16)."""

from __future__ import annotations

import pytest

from bookonce.delivery.outbox.models import Delivery, Event
from bookonce.domain.bookings import changes, holds
from bookonce.domain.bookings.errors import SlotTaken
from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.diary.models import HeldTime, Hold
from bookonce.domain.links import operations as links
from bookonce.domain.links.errors import LinkExpired
from bookonce.domain.links.models import Link
from bookonce.domain.links.queries import state_of
from bookonce.foundation.errors import WrongState
from tests import make
from tests.make import NOW


def test_a_move_gains_the_new_time_and_frees_the_old(hana: make.Team) -> None:
    times = make.slots(hana.calendar)
    booking = make.booking(hana.calendar, times[1], link=make.link(hana.calendar))
    moved = changes.move(booking, starts_at=times[4], by="guest", now=NOW)
    assert (moved.pk, moved.sequence, moved.starts_at) == (booking.pk, 1, times[4])
    assert HeldTime.objects.get().starts_at == times[4]
    assert times[1] in make.slots(hana.calendar)
    assert Event.objects.get(kind="booking.moved").data["was"] == times[1].strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_move_costs_no_use_and_needs_no_live_link(hana: make.Team) -> None:
    link = make.link(hana.calendar, expires_at=make.later(5))
    booking = make.booking(hana.calendar, link=link)
    changes.move(booking, starts_at=make.slots(hana.calendar)[6], by="guest", now=make.later(10))
    assert state_of(Link.objects.get(pk=link.pk), now=make.later(10)) == "used"


def test_a_booking_may_move_onto_its_own_time(db: None) -> None:
    team = make.team(slot_step=10)
    times = make.slots(team.calendar)
    booking = make.booking(team.calendar, times[0])
    assert changes.move(booking, starts_at=times[1], by="guest", now=NOW).starts_at == times[1]


def test_a_move_to_a_time_that_has_gone_changes_nothing(hana: make.Team) -> None:
    times = make.slots(hana.calendar)
    make.booking(hana.calendar, times[3])
    booking = make.booking(hana.calendar, times[1])
    with pytest.raises(SlotTaken) as refused:
        changes.move(booking, starts_at=times[3], by="guest", now=NOW)
    assert refused.value.data["open"]
    assert Booking.objects.get(pk=booking.pk).starts_at == times[1]
    assert HeldTime.objects.get(booking=booking).starts_at == times[1]


def test_a_booking_keeps_its_length_when_it_moves_whatever_is_on_offer(hana: make.Team) -> None:
    booking = make.booking(hana.calendar)
    calendars.change_calendar(hana.calendar, by="test", now=NOW, minutes=[45])
    booking = Booking.objects.select_related("calendar", "link").get(pk=booking.pk)
    target = make.slots(booking.calendar)[5]
    assert changes.move(booking, starts_at=target, by="guest", now=NOW).minutes == 30


def test_a_limit_does_not_count_the_booking_that_moves(db: None) -> None:
    team = make.team(limit_per_day=1)
    times = make.slots(team.calendar)
    booking = make.booking(team.calendar, times[0])
    assert changes.move(booking, starts_at=times[3], by="guest", now=NOW).starts_at == times[3]


def test_to_the_time_it_has_a_move_is_no_change(hana: make.Team) -> None:
    booking = make.booking(hana.calendar)
    assert changes.move(booking, starts_at=booking.starts_at, by="guest", now=NOW).sequence == 0
    assert not Event.objects.filter(kind="booking.moved").exists()


def test_cancelling_frees_the_time_and_keeps_the_link_used(hana: make.Team) -> None:
    link = make.link(hana.calendar)
    booking = make.booking(hana.calendar, link=link)
    cancelled = changes.cancel(booking, reason="no reason", by="guest", now=NOW)
    assert (cancelled.state, cancelled.sequence) == ("cancelled", 1)
    assert not HeldTime.objects.exists()
    assert state_of(Link.objects.get(pk=link.pk), now=NOW) == "used"


@pytest.mark.parametrize(
    ("of_calendar", "said", "state"), [("reopen", False, "used"), ("stay_used", True, "active")]
)
def test_whoever_cancels_may_decide_about_the_link_this_once(
    db: None, of_calendar: str, said: bool, state: str
) -> None:
    team = make.team(on_cancel=of_calendar)
    link = make.link(team.calendar)
    changes.cancel(make.booking(team.calendar, link=link), reopen=said, by="mem_x", now=NOW)
    assert state_of(Link.objects.get(pk=link.pk), now=NOW) == state


def test_words_keep_their_lines_and_nothing_else_that_is_unseen(hana: make.Team) -> None:
    words = "I am ill.\r\n\r\nSorry!\x0b\u202e"
    cancelled = changes.cancel(make.booking(hana.calendar), reason=words, by="mem_x", now=NOW)
    assert cancelled.cancel_reason == "I am ill.\n\nSorry!"


@pytest.mark.parametrize(
    ("of_calendar", "of_link", "state"),
    [("reopen", "", "active"), ("reopen", "stay_used", "used"), ("stay_used", "reopen", "active")],
)
def test_whether_a_cancelled_booking_gives_its_link_back_is_the_owners_choice(
    db: None, of_calendar: str, of_link: str, state: str
) -> None:
    team = make.team(on_cancel=of_calendar)
    link = make.link(team.calendar, on_cancel=of_link)
    changes.cancel(make.booking(team.calendar, link=link), by="guest", now=NOW)
    again = Link.objects.get(pk=link.pk)
    assert state_of(again, now=NOW) == state
    assert Event.objects.filter(kind="link.reopened", link_id=link.pk).exists() == (state == "active")
    if state == "active":
        assert make.booking(team.calendar, link=again).state == "confirmed"


def test_what_was_moved_since_it_was_looked_at_is_left_alone(hana: make.Team) -> None:
    """Between the look and the lock too: whoever decides has seen what they decide about."""
    seen = make.booking(hana.calendar, make.later(60))
    moved = changes.move(seen, starts_at=make.later(120), seen=0, by="host", now=NOW)
    assert changes.move(seen, starts_at=make.later(120), seen=0, by="host", now=NOW).sequence == 1
    with pytest.raises(WrongState):
        changes.cancel(seen, seen=0, by="guest", now=NOW)
    with pytest.raises(WrongState):
        changes.move(seen, starts_at=make.later(180), seen=0, by="guest", now=NOW)
    seen.refresh_from_db()
    assert (seen.state, seen.starts_at, seen.sequence) == ("confirmed", moved.starts_at, 1)


def test_cancelling_again_changes_nothing(hana: make.Team) -> None:
    booking = make.booking(hana.calendar)
    changes.cancel(booking, by="guest", now=NOW)
    assert changes.cancel(booking, by="guest", now=make.later(5)).cancelled_at == NOW
    assert Event.objects.filter(kind="booking.cancelled").count() == 1


def test_a_cancelled_booking_does_not_move(hana: make.Team) -> None:
    booking = changes.cancel(make.booking(hana.calendar), by="guest", now=NOW)
    with pytest.raises(WrongState):
        changes.move(booking, starts_at=make.slots(hana.calendar)[3], by="guest", now=NOW)


def test_what_waits_to_be_sent_is_dropped_when_something_newer_makes_it_moot(hana: make.Team) -> None:
    booking = make.booking(hana.calendar)
    changes.cancel(booking, by="guest", now=NOW)
    states = Delivery.objects.values_list("event__kind", "state")
    assert set(states) == {("booking.made", "dropped"), ("booking.cancelled", "waiting")}


def test_a_hold_keeps_the_slot_from_other_links_for_ten_minutes(hana: make.Team) -> None:
    one, two = make.link(hana.calendar), make.link(hana.calendar)
    at = make.slots(hana.calendar, 8)[7]
    assert holds.hold_slot(one, at, now=NOW) == make.later(10)
    with pytest.raises(SlotTaken):
        make.booking(hana.calendar, at, link=two, now=make.later(9))
    assert make.booking(hana.calendar, at, link=two, now=make.later(10)).starts_at == at


def test_a_hold_is_lengthened_once_and_then_lapses(hana: make.Team) -> None:
    link, times = make.link(hana.calendar), make.slots(hana.calendar)
    assert holds.hold_slot(link, times[5], now=NOW) == make.later(10)
    assert holds.hold_slot(link, times[5], now=NOW) == make.later(20), "what is asked for early loses nothing"
    assert holds.hold_slot(link, times[5], now=make.later(19)) == make.later(20)
    assert holds.hold_slot(link, times[6], now=make.later(9)) == make.later(19)
    assert holds.hold_slot(link, times[6], now=make.later(20)) == make.later(30)


def test_a_hold_ends_with_its_link(hana: make.Team) -> None:
    short = make.link(hana.calendar, expires_at=make.later(3))
    ended, times = make.link(hana.calendar), make.slots(hana.calendar)
    long = make.link(hana.calendar, expires_at=make.later(13))
    assert holds.hold_slot(short, times[5], now=NOW) == make.later(3)
    assert holds.hold_slot(long, times[3], now=NOW) == make.later(10)
    assert holds.hold_slot(long, times[3], now=make.later(1)) == make.later(13)
    holds.hold_slot(ended, times[6], now=NOW)
    links.revoke(ended, by="test", now=NOW)
    assert times[6] in make.slots(hana.calendar)
    assert times[5] not in make.slots(hana.calendar)


def test_the_last_pick_wins_and_booking_ends_the_hold(hana: make.Team) -> None:
    link, times = make.link(hana.calendar), make.slots(hana.calendar)
    holds.hold_slot(link, times[3], now=NOW)
    holds.hold_slot(link, times[5], now=NOW)
    assert Hold.objects.get().starts_at == times[5]
    make.booking(hana.calendar, times[6], link=link)
    assert not Hold.objects.exists()


def test_a_hold_decides_nothing_between_people_with_the_same_link(hana: make.Team) -> None:
    link, times = make.link(hana.calendar), make.slots(hana.calendar)
    holds.hold_slot(link, times[3], now=NOW)
    assert make.booking(hana.calendar, times[3], link=link).starts_at == times[3]


def test_a_dead_link_holds_nothing(hana: make.Team) -> None:
    link = make.link(hana.calendar, expires_at=NOW)
    with pytest.raises(LinkExpired):
        holds.hold_slot(link, make.slots(hana.calendar)[0], now=NOW)
    assert not Hold.objects.exists()


def test_reopening_by_hand(hana: make.Team) -> None:
    link = make.link(hana.calendar)
    booking = make.booking(hana.calendar, link=link)
    with pytest.raises(WrongState, match="Cancel it first"):
        holds.reopen_link(link, by="test", now=NOW)
    changes.cancel(booking, by="guest", now=NOW)
    assert state_of(holds.reopen_link(link, by="test", now=NOW), now=NOW) == "active"
    links.revoke(link, by="test", now=NOW)
    assert state_of(holds.reopen_link(link, by="test", now=NOW), now=NOW) == "active"
    assert Event.objects.filter(kind="link.reopened").count() == 2


def test_a_link_of_an_archived_calendar_is_not_reopened(hana: make.Team) -> None:
    link = links.revoke(make.link(hana.calendar), by="test", now=NOW)
    calendars.archive_calendar(hana.calendar, by="test", now=NOW)
    with pytest.raises(WrongState, match="archived"):
        holds.reopen_link(link, by="test", now=NOW)


def test_what_is_over_is_neither_moved_nor_cancelled(hana: make.Team) -> None:
    """Whoever asks: the pages, which say so first, or a program."""
    booking = make.booking(hana.calendar)
    target, length = make.slots(hana.calendar)[9], booking.minutes
    late, in_time = make.later(length), make.later(length - 1)
    assert booking.starts_at == NOW
    with pytest.raises(WrongState):
        changes.move(booking, starts_at=target, by="key_1", now=late)
    with pytest.raises(WrongState):
        changes.cancel(booking, by="key_1", now=late)
    assert Booking.objects.get(pk=booking.pk).sequence == 0
    moved = changes.move(booking, starts_at=target, by="key_1", now=in_time)
    changes.cancel(moved, by="key_1", now=in_time)
    assert changes.cancel(booking, by="key_1", now=make.later(9999)).sequence == 2, "again: unchanged"
