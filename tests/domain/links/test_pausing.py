"""After a restored backup every link waits for its owner's release (promise 29)."""

from __future__ import annotations

import pytest

from bookonce.delivery.outbox.models import Event
from bookonce.domain.bookings import changes, holds
from bookonce.domain.bookings.models import Booking
from bookonce.domain.diary.models import Hold
from bookonce.domain.links import operations as links
from bookonce.domain.links import pausing, queries
from bookonce.domain.links.errors import LinkPaused, LinkUsed
from bookonce.domain.links.models import Link
from bookonce.domain.links.queries import state_of
from bookonce.foundation.errors import WrongState
from tests import make
from tests.make import NOW, later

BY = "mem_somebody"


def pause() -> None:
    pausing.pause_links(by="server", now=NOW)


def state(link: Link) -> str:
    return state_of(Link.objects.get(pk=link.pk), now=NOW)


def events(kind: str) -> list[Event]:
    return list(Event.objects.filter(kind=kind))


def test_a_paused_link_books_and_holds_nothing_until_it_is_released(hana: make.Team) -> None:
    link, [at] = make.link(hana.calendar), make.slots(hana.calendar, 1)
    pause()
    # With the row as it was before, as somebody has it who was reading while the pause was written.
    with pytest.raises(LinkPaused):
        make.booking(hana.calendar, at, link=link)
    with pytest.raises(LinkPaused):
        holds.hold_slot(link, at, now=NOW)
    assert not Booking.objects.exists()
    assert not Hold.objects.exists()
    assert (state(link), Link.objects.get().used_at) == ("paused", None)

    released = pausing.release_link(link, by=BY, now=NOW)
    assert state_of(released, now=NOW) == "active"
    assert make.booking(hana.calendar, at, link=released).link == link


def test_every_state_but_revoked_is_marked_and_each_keeps_its_own(hana: make.Team) -> None:
    active, opens = make.link(hana.calendar), make.link(hana.calendar, opens_at=later(5))
    expired, used = make.link(hana.calendar, expires_at=NOW), make.link(hana.calendar)
    revoked = links.revoke(make.link(hana.calendar), by="test", now=NOW)
    make.booking(hana.calendar, link=used)
    pause()
    found = [state(link) for link in (active, opens, expired, used, revoked)]
    assert found == ["paused", "paused", "expired", "used", "revoked"]
    assert list(queries.list_paused(None, now=NOW)) == [active, opens]
    assert {event.link_id for event in events("link.paused")} == {active.pk, opens.pk, expired.pk}
    # Extended after the copy, it may have been used, too.
    assert state_of(links.extend_link(expired, by="test", now=NOW), now=NOW) == "paused"


def test_pausing_again_changes_nothing(hana: make.Team) -> None:
    make.link(hana.calendar)
    pause()
    before = Link.objects.values().get()
    pausing.pause_links(by="server", now=later(5))
    assert Link.objects.values().get() == before
    assert len(events("link.paused")) == 1


def test_what_a_cancelled_booking_gives_back_waits_too(hana: make.Team) -> None:
    link = make.link(hana.calendar, on_cancel="reopen")
    booking = make.booking(hana.calendar, link=link)
    pause()
    changes.cancel(booking, by="guest", now=NOW)
    assert state(link) == "paused"


def test_re_opening_by_hand_is_a_release(hana: make.Team) -> None:
    link = make.link(hana.calendar)
    booking = make.booking(hana.calendar, link=link)
    pause()
    changes.cancel(booking, by="guest", now=NOW)
    assert state(link) == "used"
    holds.reopen_link(link, by=BY, now=NOW)
    assert state(link) == "active"
    # Of a link that is on hold it is not asked whether it was used.
    other = make.link(hana.calendar)
    pause()
    holds.reopen_link(other, by=BY, now=NOW)
    assert state(other) == "paused"


def test_a_release_is_told_once_and_says_who(hana: make.Team) -> None:
    link = make.link(hana.calendar, label="Deal 7")
    pause()
    for _ in range(2):
        assert state_of(pausing.release_link(link, by=BY, now=NOW), now=NOW) == "active"
    [event] = events("link.released")
    assert (event.by, event.link_id, event.data["label"]) == (BY, link.pk, "Deal 7")
    assert [event.by for event in events("link.paused")] == ["server"]


def test_there_is_nothing_to_release_of_a_link_that_has_ended(hana: make.Team) -> None:
    used, revoked = make.link(hana.calendar), links.revoke(make.link(hana.calendar), by="test", now=NOW)
    make.booking(hana.calendar, link=used)
    pause()
    for link in (used, revoked):
        with pytest.raises(WrongState):
            pausing.release_link(link, by=BY, now=NOW)


def test_all_of_one_workspace_are_released_and_of_no_other(hana: make.Team, sam: make.Team) -> None:
    mine, theirs = [make.link(hana.calendar) for _ in range(3)], make.link(sam.calendar)
    used = make.link(hana.calendar, on_cancel="reopen")
    booking = make.booking(hana.calendar, link=used)
    pause()
    assert pausing.release_links(hana.workspace.pk, by=BY, now=NOW, most=2) == 2
    assert sorted(map(state, mine)) == ["active", "active", "paused"]
    assert pausing.release_links(hana.workspace.pk, by=BY, now=NOW) == 1
    assert {state(link) for link in mine} == {"active"}
    assert state(theirs) == "paused"
    assert {event.by for event in events("link.released")} == {BY}
    # The owner has looked at all of them: a used one is not held back later either.
    changes.cancel(booking, by="guest", now=NOW)
    assert state(used) == "active"


def test_so_many_that_they_are_written_in_turn(hana: make.Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pausing, "AT_ONCE", 2)
    made = [make.link(hana.calendar) for _ in range(5)]
    pause()
    assert {state(link) for link in made} == {"paused"}
    assert pausing.release_links(hana.workspace.pk, by=BY, now=NOW) == 5
    assert len(events("link.paused")) == len(events("link.released")) == 5


def test_who_has_booked_before_sees_it_and_nobody_else_books(hana: make.Team) -> None:
    link = make.link(hana.calendar)
    make.booking(hana.calendar, link=link)
    pause()
    with pytest.raises(LinkUsed):
        make.booking(hana.calendar, link=link)
