"""Two builds side by side: what is said of their ratios, who takes turns, and what is not there."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bench import against
from bench.builds import Build
from bench.comparison import Compared, Comparison, compare, median_range, side_by_side, turns
from bench.figures import TINY, Figure, Size, count, figure
from bench.measurements import Measurement

THIS = Build("this", Path("/this"), "python", "aaaaaaaaaaaa")
OTHER = Build("before", Path("/other"), "python", "bbbbbbbbbbbb")
MOVED = "its limit moved"
ROUNDS = replace(TINY, rounds=15)


def noisy(chance: random.Random, times: float = 1.0, rounds: int = 15) -> list[float]:
    return [times * chance.lognormvariate(0, 0.05) for _ in range(rounds)]


def compared(this: list[float], other: list[float], *, more: bool = False) -> Comparison:
    return Comparison("CPU", figure("CPU", "ms", this, more=more), figure("CPU", "ms", other, more=more))


def test_a_range_is_made_of_the_right_order_statistics() -> None:
    # The tables of the sign test: 15 values leave out three at each end, six none, five are too few.
    assert median_range(range(1, 16)) == (4, 12)
    assert median_range(range(1, 7)) == (1, 6)
    assert median_range(range(1, 6)) is None
    assert median_range(range(1, 21)) == (6, 15)
    assert median_range([]) is None


def test_a_known_ratio_is_found_whatever_the_machine_did_meanwhile() -> None:
    chance = random.Random(7)
    machine = [chance.uniform(1, 3) for _ in range(15)]
    this = [0.8 * speed * noise for speed, noise in zip(machine, noisy(chance), strict=True)]
    other = [speed * noise for speed, noise in zip(machine, noisy(chance), strict=True)]
    found = compared(this, other)
    assert found.range is not None
    assert found.range[0] < 0.8 < found.range[1] < 1
    assert found.ratio == pytest.approx(0.8, rel=0.05)
    assert found.way == "better"
    assert compared(other, this).way == "worse"
    assert compared(this, other, more=True).way == "worse"


def test_noise_is_no_difference() -> None:
    # A range of 15 rounds leaves the truth out once in 28 times.
    ways = []
    for seed in range(400):
        chance = random.Random(seed)
        ways.append(compared(noisy(chance), noisy(chance)).way)
    assert ways.count("no difference seen") > 0.93 * len(ways)


def test_too_few_rounds_say_nothing() -> None:
    assert compared([1, 1, 1], [2, 2, 2]).way == "too few rounds"
    assert compared([1] * 6, [2] * 6).way == "better"


@pytest.mark.parametrize(("mine", "way"), [(8, "the same"), (7, "better"), (9, "worse")])
def test_counts_are_compared_exactly(mine: int, way: str) -> None:
    found = Comparison("statements", count("statements", mine), count("statements", 8))
    assert (found.way, found.ratio, found.range) == (way, None, None)


def test_what_the_database_alone_can_do_is_no_merit() -> None:
    this = figure("by pgbench", "/s", [100] * 15, more=True, is_limit=True)
    assert Comparison("by pgbench", this, replace(this, rounds=(200,) * 15)).way == "the limit"


@pytest.mark.parametrize(("limit", "way"), [(1.2, MOVED), (1.0, "worse"), (0.8, MOVED)])
def test_a_share_says_nothing_where_its_limit_has_moved(limit: float, way: str) -> None:
    # As seen: with fewer indexes sqlite3 alone wrote a fifth more rows: the same rate is a smaller share.
    chance = random.Random(11)
    shares = figure("share", "", [0.7] * 15, more=True, share_of="by pgbench")
    rates = figure("by pgbench", "/s", noisy(chance, limit), more=True, is_limit=True)
    mine = {"share": shares, "by pgbench": rates}
    theirs = {
        "share": replace(shares, rounds=(1.0,) * 15),
        "by pgbench": replace(rates, rounds=tuple(noisy(chance))),
    }
    assert [one.way for one in side_by_side(mine, theirs)] == [way, "the limit"]


def test_one_fault_in_any_round_counts() -> None:
    figures = replace(count("answers 5xx or none", 0), rounds=(0, 1, 0))
    assert Comparison("faults", figures, count("faults", 0)).way == "worse"


def test_they_take_turns() -> None:
    assert [first for first, _ in turns(4)] == ["this", "other", "this", "other"]
    order = []

    @contextmanager
    def opening(build: Build, size: Size) -> Iterator[Measurement]:
        def take_round() -> list[Figure]:
            order.append(build.name)
            return [figure("CPU", "ms", 1)]

        yield Measurement(take_round, [count("statements", 3)])

    found = compare(opening, THIS, OTHER, replace(TINY, rounds=3))
    assert order == ["this", "before", "before", "this", "this", "before"]
    assert [(one.name, one.way) for one in found.comparisons] == [
        ("statements", "the same"),
        ("CPU", "too few rounds"),
    ]
    assert found.problems == {"this": [], "other": []}


def test_what_the_other_cannot_do_is_not_there() -> None:
    @contextmanager
    def opening(build: Build, size: Size) -> Iterator[Measurement]:
        if build is OTHER:
            raise RuntimeError("Traceback …\nKeyError: 'storm'")
        yield Measurement(lambda: [figure("CPU", "ms", 1)])

    found = compare(opening, THIS, OTHER, ROUNDS)
    [only] = found.comparisons
    assert only.way == "not there before"
    assert found.problems["other"] == ["RuntimeError: KeyError: 'storm'"]
    assert "| CPU | 1 ms | not there |" in against.row(only)
    assert "other build: RuntimeError: KeyError: 'storm'" in page(found)


def test_only_what_this_build_alone_lacks_is_a_fault() -> None:
    assert against.lacks_something(Compared([], {"this": ["gone"], "other": []}))
    assert not against.lacks_something(Compared([], {"this": ["no keys"], "other": ["no keys"]}))
    assert not against.lacks_something(Compared([], {"this": [], "other": ["gone"]}))


def test_a_round_that_fails_ends_that_side_alone() -> None:
    taken = []

    @contextmanager
    def opening(build: Build, size: Size) -> Iterator[Measurement]:
        def take_round() -> list[Figure]:
            taken.append(build.name)
            if build is OTHER and taken.count("before") > 1:
                raise ValueError("gone")
            return [figure("CPU", "ms", 1)]

        yield Measurement(take_round)

    found = compare(opening, THIS, OTHER, ROUNDS)
    assert (taken.count("this"), taken.count("before")) == (15, 2)
    assert found.comparisons[0].way == "too few rounds"
    assert found.problems["other"] == ["ValueError: gone"]


def test_the_page_names_both_commits_and_counts_what_chance_does() -> None:
    chance = random.Random(3)
    faster = compared(noisy(chance, 0.5), noisy(chance))
    written = page(Compared([faster, replace(faster, this=faster.other, other=faster.this)], {}))
    assert written.startswith("# aaaaaaaaaaaa against bbbbbbbbbbbb\n")
    assert "2 figures: 1 better, 1 worse. Of 2 that are no counts, 0.0 would look worse by chance" in written
    assert "**worse**" in written
    assert "15 rounds of each build in turns" in written


def page(found: Compared) -> str:
    return against.report({"Part": [found]}, THIS, OTHER, ROUNDS)
