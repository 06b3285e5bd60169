"""The time zones that a person can choose from, by region and city."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from importlib import resources

from bookonce import dates

Choice = tuple[str, str]
"""The zone's name, and what its reader calls it: ``("Europe/Berlin", "Berlin (UTC+1)")``."""


def choices(tag: str, now: datetime) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    """Every inhabited zone by region, each by its city and its offset of this hour."""
    return _choices(tag, now.replace(minute=0, second=0, microsecond=0))


@lru_cache(maxsize=32)
def _choices(tag: str, at: datetime) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    regions: dict[str, list[tuple[str, str]]] = {}
    for zone in _inhabited():
        city, shift = dates.place_of(zone, tag), dates.offset(zone, at)
        regions.setdefault(zone.partition("/")[0], []).append((zone, f"{city} ({shift})"))
    regions["UTC"] = [("UTC", "UTC")]
    return tuple(
        (region, tuple(sorted(found, key=lambda choice: choice[1])))
        for region, found in sorted(regions.items())
    )


@lru_cache(maxsize=1)
def _inhabited() -> tuple[str, ...]:
    table = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    return tuple(sorted({line.split("\t")[2] for line in table.splitlines() if not line.startswith("#")}))
