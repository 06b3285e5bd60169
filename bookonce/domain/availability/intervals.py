"""Half-open ranges of whole seconds: merging them, and stepping through what they leave free."""

from __future__ import annotations

from collections.abc import Sequence

Interval = tuple[int, int]


def merge_intervals(intervals: list[Interval]) -> list[Interval]:
    """The union of these intervals, as ascending ones that neither touch nor overlap."""
    intervals.sort()
    found: list[Interval] = []
    low = high = 0
    for start, end in intervals:
        if found and start <= high:
            if end > high:
                high = end
                found[-1] = (low, high)
        else:
            low, high = start, end
            found.append((low, high))
    return found


def free_starts(
    pieces: Sequence[Interval],
    forbidden: Sequence[Interval],
    *,
    length: int,
    step: int,
    start: int,
    end: int,
) -> list[int]:
    """The starts in [start, end) on each piece's lattice that are not forbidden and end inside the piece.

    Pieces ascend and do not overlap; ``forbidden`` is merged. Both are passed once.
    """
    found: list[int] = []
    place, count = 0, len(forbidden)
    for first, last in pieces:
        stop = min(last - length + 1, end)
        at = first if first >= start else start + (first - start) % step
        if at >= stop:
            # This piece's lattice may reach past the next piece's first start: leave what is forbidden there.
            continue
        while place < count and forbidden[place][1] <= at:
            place += 1
        index = place
        while at < stop:
            if index == count or forbidden[index][0] >= stop:
                found.extend(range(at, stop, step))
                break
            low, high = forbidden[index]
            if at < low:
                found.extend(range(at, low, step))
            if at < high:
                at = high + (first - high) % step
            index += 1
    return found
