"""Half-open ranges of whole seconds: their union, and the starts that they leave free."""

from __future__ import annotations

from collections.abc import Sequence

Interval = tuple[int, int]


def merge_intervals(intervals: list[Interval]) -> list[Interval]:
    """The union of these intervals, as ascending ones that neither touch nor overlap."""
    # In place: ``_forbidden`` makes the list for this call.
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
    """The free starts in [start, end): whole steps from their piece's start, and ending inside the piece.

    Pieces ascend and do not overlap; ``forbidden`` is merged. Both are walked through once.
    """
    found: list[int] = []
    place, count = 0, len(forbidden)
    for first, last in pieces:
        stop = min(last - length + 1, end)
        at = first if first >= start else start + (first - start) % step
        if at >= stop:
            # ``at`` may lie past the next piece's first start: what is forbidden there must not be skipped.
            continue
        while place < count and forbidden[place][1] <= at:
            place += 1
        # ``place`` stays: the next piece may begin inside a range that this one has passed.
        index = place
        while at < stop:
            if index == count or forbidden[index][0] >= stop:
                found.extend(range(at, stop, step))
                break
            low, high = forbidden[index]
            if at < low:
                found.extend(range(at, low, step))
            if at < high:
                # The first start after the forbidden range that is whole steps from the piece's start.
                at = high + (first - high) % step
            index += 1
    return found
