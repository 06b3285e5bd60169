"""The engine: the open times of one host in 31 days, with 200 busy ranges."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bench.builds import Build
from bench.figures import Figure, Size, figure
from bench.installations import inside
from bench.measurements import Measurement


@contextmanager
def in_a_process(build: Build, size: Size) -> Iterator[Measurement]:
    """Each round is a process of the build; its figure is the median of many calls."""

    def take_round() -> list[Figure]:
        took = inside(build, "engine", loops=size.loops)
        return [
            figure("one host, 9 to 17, half hours", "µs", took["office"], goal=400),
            figure("one host, day and night, every 15 minutes", "µs", took["always"]),
        ]

    yield Measurement(take_round)


MEASUREMENTS = {"the engine": in_a_process}
