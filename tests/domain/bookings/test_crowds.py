"""Whoever comes after a time has gone is told so without queueing, and only as long as it is gone."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookonce.domain.bookings import changes, contention
from bookonce.domain.bookings.errors import SlotTaken
from bookonce.foundation.errors import Invalid
from tests import make
from tests.make import NOW


def too_late(team: make.Team, at: object) -> str:
    """What the database was asked by somebody who came too late."""
    link = make.link(team.calendar)
    with CaptureQueriesContext(connection) as asked, pytest.raises(SlotTaken):
        make.booking(team.calendar, at, link=link)  # type: ignore[arg-type]
    return "\n".join(query["sql"] for query in asked)


def test_the_second_loser_takes_no_lock_and_spends_nothing(hana: make.Team) -> None:
    at = make.slots(hana.calendar)[3]
    make.booking(hana.calendar, at)
    assert "UPDATE bookonce_link" in too_late(hana, at)
    assert "UPDATE bookonce_link" not in too_late(hana, at)


def test_a_time_that_is_free_again_is_booked_at_once(hana: make.Team) -> None:
    at = make.slots(hana.calendar)[3]
    first = make.booking(hana.calendar, at)
    too_late(hana, at)
    changes.cancel(first, by="guest", now=NOW)
    assert make.booking(hana.calendar, at, link=make.link(hana.calendar)).starts_at == at


def test_a_length_that_is_not_offered_is_still_told(hana: make.Team) -> None:
    at = make.slots(hana.calendar)[3]
    make.booking(hana.calendar, at)
    too_late(hana, at)
    with pytest.raises(Invalid):
        make.booking(hana.calendar, at, minutes=25)


def test_it_is_remembered_for_a_moment_and_never_too_much(hana: make.Team) -> None:
    key = hana.calendar.pk
    contention.note_slot_lost(key, NOW, now=NOW)
    assert contention.recently_lost(key, NOW, now=NOW)
    assert not contention.recently_lost(key, NOW, now=NOW + contention.REMEMBERED)
    assert not contention.recently_lost(key, make.later(1), now=NOW)
    for minute in range(contention.MOST + 5):
        contention.note_slot_lost(key, make.later(minute), now=NOW)
    assert len(contention._gone) <= contention.MOST
