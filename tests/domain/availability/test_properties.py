"""What must hold of every answer, whatever the rules."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookonce.domain.availability import busy_span, limit_span, open_slots, rule_problems
from tests.domain.availability.invent import FULL, Question, questions, size
from tests.domain.availability.make import DAY

# In full it takes minutes, and is asked for by name.
pytestmark = pytest.mark.timeout(3600 if FULL else 120)

often = size(70, full=2000)


@often
@given(questions())
def test_every_minute_of_every_slot_lies_in_one_range_of_hours_by_the_wall_clock(question: Question) -> None:
    schedule, minutes = question.terms.schedule, question.asked["minutes"]
    zone = ZoneInfo(schedule.zone)
    for slot in open_slots(*question.terms, **question.asked)[:40]:
        walls = [datetime.fromtimestamp(slot + 60 * minute, zone) for minute in range(minutes)]
        on = walls[0].date()
        ranges = schedule.exceptions.get(on, schedule.hours[on.weekday()])
        assert {wall.date() for wall in walls} == {on}
        readings = {wall.hour * 60 + wall.minute for wall in walls}
        assert any(low <= min(readings) and max(readings) < high for low, high in ranges)


@often
@given(questions())
def test_no_slot_meets_a_busy_time_or_a_buffer(question: Question) -> None:
    rules, minutes = question.terms.rules, question.asked["minutes"]
    for slot in open_slots(*question.terms, **question.asked):
        for start, end, before, after in question.asked["busy"]:
            if start == end:
                continue
            if slot < start:
                assert start - (slot + minutes * 60) >= max(rules.buffer_after * 60, before)
            else:
                assert slot - end >= max(rules.buffer_before * 60, after)


@often
@given(questions())
def test_slots_ascend_lie_in_the_span_and_keep_notice(question: Question) -> None:
    asked = question.asked
    found = open_slots(*question.terms, **asked)
    assert found == sorted(set(found))
    for slot in found:
        assert asked["start"] <= slot < asked["end"]
        assert slot >= asked["now"] + question.terms.rules.notice_minutes * 60


@often
@given(questions(), st.lists(st.floats(0, 1), max_size=4))
def test_a_span_in_parts_has_the_same_slots(question: Question, parts: list[float]) -> None:
    start, end = question.asked["start"], question.asked["end"]
    cuts = [start, *sorted(start + round(part * (end - start)) for part in parts), end]
    joined: list[int] = []
    for low, high in pairwise(cuts):
        joined += open_slots(*question.terms, **(question.asked | {"start": low, "end": high}))
    assert joined == open_slots(*question.terms, **question.asked)


@often
@given(questions())
def test_the_spans_hold_all_that_matters(question: Question) -> None:
    rules, asked = question.terms.rules, question.asked
    span = {"start": asked["start"], "end": asked["end"]}
    low, high = busy_span(rules, minutes=asked["minutes"], **span)
    busy = [each for each in asked["busy"] if each[0] < high and each[1] > low]
    low, high = limit_span(*question.terms, **span)
    booked = [each for each in asked["booked"] if low <= each < high]
    fewer = asked | {"busy": busy, "booked": booked}
    assert open_slots(*question.terms, **fewer) == open_slots(*question.terms, **asked)


@often
@given(questions(), st.data())
def test_one_more_busy_time_opens_nothing(question: Question, data: st.DataObject) -> None:
    start = data.draw(st.integers(question.asked["start"] - DAY, question.asked["end"]))
    more = question.asked | {"busy": [*question.asked["busy"], (start, start + 1800, 0, 0)]}
    assert set(open_slots(*question.terms, **more)) <= set(open_slots(*question.terms, **question.asked))


@often
@given(questions())
def test_the_invented_rules_have_no_problems(question: Question) -> None:
    rules = question.terms.rules
    if rules.window_from is None or rules.window_to is None or rules.window_from <= rules.window_to:
        assert rule_problems(*question.terms) == []
