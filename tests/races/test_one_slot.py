"""Many links for one time of one host, at once: one books, the others stay good (promises 2, 6)."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from bookonce.domain.accounts.models import Member, Person
from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.calendars.models import CalendarHost
from bookonce.domain.diary.operations import open_diary
from bookonce.domain.links.models import Link
from bookonce.domain.links.queries import with_state
from bookonce.foundation.database.transactions import transaction
from tests import make
from tests.make import NOW
from tests.races.crowd import RACERS, at_once, book, outcomes
from tests.races.invariants import broken

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_many_links_on_one_slot_one_books_and_the_others_stay_good() -> None:
    team = make.team()
    [at] = make.slots(team.calendar, 1)
    links = [make.link(team.calendar) for _ in range(RACERS)]
    results = at_once([lambda link=link: book(team.calendar, at, link=link) for link in links])
    assert outcomes(results) == {"Booking": 1, "SlotTaken": RACERS - 1}
    assert with_state(Link.objects.all(), "active", now=NOW).count() == RACERS - 1
    assert all(
        at not in [slot["starts_at"] for slot in lost.data["open"]]
        for lost in results
        if hasattr(lost, "data")
    )
    assert broken() == []


def test_overlapping_starts_and_lengths_never_overlap() -> None:
    team = make.team(minutes=[30, 60, 90], slot_step=10)
    times = make.slots(team.calendar, 7)
    jobs = [
        lambda at=times[n % 7], minutes=(30, 60, 90)[n % 3]: book(team.calendar, at, minutes=minutes)
        for n in range(RACERS)
    ]
    results = at_once(jobs)
    assert 1 <= outcomes(results)["Booking"] <= 3
    assert broken() == []


def test_buffers_hold_in_a_race() -> None:
    team = make.team(slot_step=10, buffer_after=30)
    times = make.slots(team.calendar, 12)
    at_once([lambda at=times[n % 12]: book(team.calendar, at) for n in range(RACERS)])
    starts = sorted(Booking.objects.values_list("starts_at", flat=True))
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert gaps
    assert all(gap >= timedelta(minutes=60) for gap in gaps)
    assert broken() == []


def test_a_limit_per_day_holds_in_a_race() -> None:
    team = make.team(limit_per_day=3)
    times = make.slots(team.calendar, 20)
    results = at_once([lambda at=times[n % 20]: book(team.calendar, at) for n in range(RACERS)])
    assert outcomes(results)["Booking"] == 3
    assert broken() == []


def test_two_calendars_of_one_host_never_meet() -> None:
    team = make.team()
    other = calendars.create_calendar(team.owner, name="Other", hours=make.ALWAYS, by="test", now=NOW)
    [at] = make.slots(team.calendar, 1)
    jobs = [lambda to=(team.calendar, other)[n % 2]: book(to, at, link=make.link(to)) for n in range(RACERS)]
    assert outcomes(at_once(jobs))["Booking"] == 1
    assert broken() == []


def test_of_many_on_one_slot_of_two_hosts_two_book() -> None:
    team = make.team()
    person = Person.objects.create(name="Hugo", email="hugo@example.org", created_at=NOW)
    second = Member.objects.create(workspace=team.workspace, person=person, created_at=NOW)
    with transaction():
        open_diary(second)
    CalendarHost.objects.create(calendar=team.calendar, member=second, position=1)
    [at] = make.slots(team.calendar, 1)
    links = [make.link(team.calendar) for _ in range(RACERS)]
    results = at_once([lambda link=link: book(team.calendar, at, link=link) for link in links])
    assert outcomes(results) == {"Booking": 2, "SlotTaken": RACERS - 2}
    assert set(Booking.objects.values_list("host_id", flat=True)) == {team.owner.pk, second.pk}
    assert with_state(Link.objects.all(), "active", now=NOW).count() == RACERS - 2
    assert broken() == []
