"""Merging and stepping, against counting every second."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bookonce.domain.availability.intervals import Interval, free_starts, merge_intervals
from tests.domain.availability.invent import size

interval = st.tuples(st.integers(-5, 40), st.integers(1, 12)).map(lambda pair: (pair[0], pair[0] + pair[1]))
intervals = st.lists(interval, max_size=8)


def seconds(spans: list[Interval]) -> set[int]:
    return {second for low, high in spans for second in range(low, high)}


@size(80, full=5000)
@given(intervals)
def test_merged_intervals_hold_the_same_seconds_and_leave_gaps(spans: list[Interval]) -> None:
    found = merge_intervals(list(spans))
    assert seconds(found) == seconds(spans)
    ends = [second for span in found for second in span]
    assert ends == sorted(set(ends))


spans = st.tuples(st.integers(-5, 30), st.integers(0, 40))


@size(1000, full=20000)
@given(intervals, intervals, st.integers(1, 6), st.integers(1, 9), spans)
def test_free_starts_are_those_found_by_trying_every_second(
    hours: list[Interval], busy: list[Interval], length: int, step: int, span: tuple[int, int]
) -> None:
    start, lasts = span
    pieces, closed = merge_intervals(list(hours)), seconds(busy)
    expected = [
        at
        for low, high in pieces
        for at in range(low, high - length + 1, step)
        if start <= at < start + lasts and at not in closed
    ]
    found = free_starts(
        pieces, merge_intervals(list(busy)), length=length, step=step, start=start, end=start + lasts
    )
    assert found == expected
