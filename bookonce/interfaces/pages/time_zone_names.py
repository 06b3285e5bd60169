"""Names by which people search a time zone that is called after another city.

They are data, in a file of their own; search ignores capitals and accents.
"""

from __future__ import annotations

from functools import cache

from bookonce.foundation.translation import FOLDER

NAMES = FOLDER / "time_zone_names.tsv"
"""Lines of: a zone (``Europe/Berlin``) or country (``DE``), a tab, its names."""


def names_of_zones() -> dict[str, tuple[str, ...]]:
    """Zone → cities and other names that keep its time."""
    return _read()[0]


def names_of_countries() -> dict[str, tuple[str, ...]]:
    """Country code → what people call the country."""
    return _read()[1]


@cache
def _read() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    lines = NAMES.read_text(encoding="utf-8").splitlines()
    rows = (line.partition("\t") for line in lines if not line.startswith("#"))
    known = {key: tuple(names.split(", ")) for key, _, names in rows}
    zones = {key: names for key, names in known.items() if "/" in key}
    return zones, {key: names for key, names in known.items() if "/" not in key}
