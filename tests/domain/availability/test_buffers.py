from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from bookonce.domain.availability import MAX_BUFFER, Busy, busy_span, is_open, open_slots
from tests.domain.availability.make import DAY, HOUR, at, rules, times

START = at("2026-06-15 00:00")
NOON = START + 12 * HOUR


def open_with(busy: Sequence[Busy], **changes: Any) -> list[str]:
    given = rules("09:00-15:00", **changes)
    return times(open_slots(*given, minutes=60, now=0, start=START, end=START + DAY, busy=busy))


def test_a_busy_time_closes_the_slots_it_meets() -> None:
    assert open_with([(NOON, NOON + HOUR, 0, 0)]) == ["09:00", "10:00", "11:00", "13:00", "14:00"]
    assert open_with([(NOON + 60, NOON + 120, 0, 0)]) == ["09:00", "10:00", "11:00", "13:00", "14:00"]


def test_touching_is_fine_and_a_second_more_is_not() -> None:
    assert "11:00" in open_with([(NOON, NOON + HOUR, 0, 0)])
    assert "11:00" not in open_with([(NOON - 1, NOON + HOUR, 0, 0)])
    assert "13:00" not in open_with([(NOON, NOON + HOUR + 1, 0, 0)])


def test_a_busy_time_of_no_length_is_in_nobodys_way() -> None:
    assert open_with([(NOON + 60, NOON + 60, 3600, 3600)]) == open_with([])
    assert open_with([(NOON + 60, NOON, 0, 0)]) == open_with([])


def test_own_buffers_keep_their_distance() -> None:
    busy = [(NOON, NOON + HOUR, 0, 0)]
    assert open_with(busy, buffer_after=1) == ["09:00", "10:00", "13:00", "14:00"]
    assert open_with(busy, buffer_before=1) == ["09:00", "10:00", "11:00", "14:00"]
    assert open_with(busy, buffer_after=60) == ["09:00", "10:00", "13:00", "14:00"]
    assert open_with(busy, buffer_after=61) == ["09:00", "13:00", "14:00"]


def test_the_busy_times_own_buffers_keep_their_distance() -> None:
    assert open_with([(NOON, NOON + HOUR, 1, 0)]) == ["09:00", "10:00", "13:00", "14:00"]
    assert open_with([(NOON, NOON + HOUR, 0, 1)]) == ["09:00", "10:00", "11:00", "14:00"]
    assert open_with([(NOON, NOON + HOUR, 3601, 0)]) == ["09:00", "13:00", "14:00"]


def test_the_larger_buffer_counts_and_never_the_sum() -> None:
    busy = [(NOON, NOON + HOUR, 1800, 3600)]
    assert open_with(busy, buffer_after=60, buffer_before=30) == ["09:00", "10:00", "14:00"]
    assert open_with(busy, buffer_after=61, buffer_before=30) == ["09:00", "14:00"]
    assert open_with(busy, buffer_after=60, buffer_before=61) == ["09:00", "10:00"]


def test_each_side_is_weighed_against_its_own_other_side() -> None:
    # A then B: A's after against B's before. A's before and B's after say nothing about that gap.
    assert "11:00" in open_with([(NOON, NOON + HOUR, 0, 3600)], buffer_before=60)
    assert "13:00" in open_with([(NOON, NOON + HOUR, 3600, 0)], buffer_after=60)


def test_buffers_may_reach_outside_the_hours() -> None:
    assert "09:00" in open_with([], buffer_before=600)
    assert open_with([(START + 8 * HOUR, START + 8 * HOUR + 60, 0, 0)], buffer_before=60)[0] == "10:00"


def test_busy_times_may_come_in_any_order_and_overlap() -> None:
    busy = [(NOON, NOON + HOUR, 0, 0), (START + 9 * HOUR, NOON - HOUR, 0, 0), (NOON - HOUR, NOON + 60, 0, 0)]
    assert open_with(busy) == ["13:00", "14:00"]
    assert open_with(list(reversed(busy))) == ["13:00", "14:00"]


def test_a_span_that_begins_after_a_range_forgets_no_busy_time_of_the_next() -> None:
    # After 12:00 the morning's lattice points to 13:30, past the afternoon's first slot.
    given = rules("09:00-12:00", "13:00-17:00", slot_step=90)
    busy = [(NOON + HOUR, NOON + HOUR + 600, 0, 0)]
    found = open_slots(*given, minutes=60, now=0, start=NOON + 1, end=START + DAY, busy=busy)
    assert times(found) == ["14:30", "16:00"]
    assert not is_open(*given, minutes=60, at=NOON + HOUR, now=0, busy=busy)


def test_a_busy_time_inside_another_does_not_cut_it_short() -> None:
    long, inside = (START + 9 * HOUR, START + 14 * HOUR, 0, 0), (NOON - HOUR, NOON, 0, 0)
    assert open_with([long, inside]) == ["14:00"]
    assert open_with([inside, long]) == ["14:00"]


@pytest.mark.parametrize(("gap", "opened"), [(80, True), (79, False)])
def test_the_gap_must_hold_the_slot_and_both_buffers(gap: int, opened: bool) -> None:
    busy = [(START, NOON, 0, 600), (NOON + gap * 60, START + DAY, 600, 0)]
    assert ("12:10" in open_with(busy, slot_step=10)) is opened


@pytest.mark.parametrize("own", [0, 1440])
def test_nothing_outside_busy_span_matters_and_its_edges_do(own: int) -> None:
    given = rules("00:00-24:00", buffer_before=own, buffer_after=own)
    low, high = busy_span(given.rules, minutes=60, start=NOON, end=NOON + 1)

    def opened(*busy: Busy) -> bool:
        return is_open(*given, minutes=60, at=NOON, now=0, busy=busy)

    assert opened((low - HOUR, low, MAX_BUFFER, MAX_BUFFER), (high, high + HOUR, MAX_BUFFER, MAX_BUFFER))
    assert not opened((low, low + 1, MAX_BUFFER, MAX_BUFFER))
    assert not opened((high - 2, high, MAX_BUFFER, MAX_BUFFER))
