"""With several hosts a slot is on offer if, and only if, one of them is free, and it is told who."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookonce.domain.availability import HostTime, is_open, open_hosts, open_slots
from tests.domain.availability.invent import FULL, Question, busy_times, day_ranges, questions, size
from tests.domain.availability.make import DAY, HOUR, at, rules, times

# In full it takes minutes, and is asked for by name.
pytestmark = pytest.mark.timeout(3600 if FULL else 120)


@st.composite
def hosts(draw: st.DrawFn, question: Question) -> list[HostTime]:
    """Up to four, in no order, each with hours and busy times of their own."""
    start, end = question.asked["start"], question.asked["end"]
    found = []
    for host in draw(st.lists(st.integers(1, 9), max_size=4, unique=True)):
        hours = tuple(draw(st.lists(day_ranges(), min_size=7, max_size=7)))
        schedule = replace(question.terms.schedule, hours=hours)
        busy = draw(st.lists(busy_times((start + end) // 2, start - DAY, end + DAY), max_size=6))
        found.append(HostTime(host, draw(st.sampled_from([schedule, question.terms.schedule])), busy))
    return found


@size(70, full=2000)
@given(st.data())
def test_what_is_offered_is_what_some_host_accepts(data: st.DataObject) -> None:
    question = data.draw(questions())
    several, rules_ = data.draw(hosts(question)), question.terms.rules
    asked = {name: value for name, value in question.asked.items() if name != "busy"}
    offered = open_hosts(several, rules_, **asked)
    of_each = {one.host: open_slots(one.schedule, rules_, busy=one.busy, **asked) for one in several}
    assert list(offered) == sorted({start for starts in of_each.values() for start in starts})
    for start, free in offered.items():
        assert free == tuple(one.host for one in several if start in of_each[one.host])
        assert free
    del asked["start"], asked["end"]
    for start in [*offered][:5]:
        for one in several:
            is_free = is_open(one.schedule, rules_, at=start, busy=one.busy, **asked)
            assert is_free == (one.host in offered[start])


def test_hosts_with_hours_in_their_own_zones_keep_the_order_in_which_they_are_given() -> None:
    noon = at("2026-06-15 12:00")
    here, there = rules("09:00-12:00"), rules("09:00-12:00", zone="Europe/London")
    busy = [(noon - HOUR, noon, 0, 0)]
    several = [HostTime(7, there.schedule, []), HostTime(3, here.schedule, busy)]
    found = open_hosts(several, here.rules, minutes=60, now=0, start=noon - DAY // 2, end=noon + DAY // 2)
    assert times(found) == ["09:00", "10:00", "11:00", "12:00"]
    assert list(found.values()) == [(3,), (7, 3), (7,), (7,)]


def test_of_one_host_every_start_is_theirs_and_no_other_time() -> None:
    start, one = at("2026-06-15 00:00"), rules("09:00-12:00")
    asked = {"minutes": 60, "now": 0, "start": start, "end": start + DAY}
    alone = open_hosts([HostTime(7, one.schedule, [])], one.rules, **asked)
    assert dict(alone) == dict.fromkeys(open_slots(one.schedule, one.rules, busy=[], **asked), (7,))
    assert len(alone) == len(times(alone)) == 3
    assert [alone.get(at(f"2026-06-15 {hour}")) for hour in ("08:00", "09:30", "12:00")] == [None] * 3


def test_without_a_host_nothing_is_on_offer() -> None:
    start = at("2026-06-15 00:00")
    assert open_hosts([], rules("09:00-12:00").rules, minutes=60, now=0, start=start, end=start + DAY) == {}
