"""What can only be measured inside a process of the build: its engine, and its operations without HTTP.

The text of this file is given to the interpreter of the build that is measured, which may be older or laid
out otherwise than this checkout. So it stands alone: the standard library, and the product's modules and
names by ``MODULES`` and ``NAMES``. It reads its arguments as JSON from stdin and prints JSON.
"""

from __future__ import annotations

import importlib
import inspect
import json
import random
import sys
import time
from datetime import datetime
from statistics import median
from types import ModuleType
from typing import Any

# Where each build keeps what is asked for here, below ``bookonce``: newest first, tried in turn. A build of
# yesterday goes on having yesterday's name, so whoever moves or renames one of these adds a name and takes
# none away.
MODULES = {
    "availability": ("domain.availability", "availability"),
    "bookings": ("domain.bookings.operations", "bookings.operations"),
    "clock": ("foundation.clock", "clock"),
    "guests": ("domain.bookings.guest_details", "bookings.guests"),
    "link_operations": ("domain.links.operations", "links.operations"),
    "link_queries": ("domain.links.queries", "links.queries"),
    "minting": ("domain.links.minting", "links.minting"),
    "mint_command": ("interfaces.commands.mint", "management.mint"),
    "sqlite": ("foundation.database.sqlite", "sqlite"),
}
NAMES = {
    "booking request": ("BookingRequest", "Wish"),
    "find calendar": ("find_calendar", "find"),
    "find link": ("find_by_token", "find"),
    "link options": ("LinkOptions", "LinkTerms", "Terms"),
}

DAYS, BUSY = 31, 200
NOW = 1_791_187_200
"""A Monday in October, so that a clock change of the zone lies in the month."""


def module(what: str) -> ModuleType:
    """The module of the product that is called so in ``MODULES``, by the first of its paths that is there."""
    for path in MODULES[what]:
        whole = f"bookonce.{path}"
        try:
            return importlib.import_module(whole)
        except ModuleNotFoundError as missing:
            # What the module itself lacks is a fault and not another layout.
            if not f"{whole}.".startswith(f"{missing.name}."):
                raise
    raise ModuleNotFoundError(f"This build has none of {', '.join(MODULES[what])}")


def named(where: ModuleType, what: str) -> Any:
    """What the module calls so in ``NAMES``, by the first of its names that is there."""
    for name in NAMES[what]:
        if hasattr(where, name):
            return getattr(where, name)
    raise AttributeError(f"{where.__name__} has none of {', '.join(NAMES[what])}")


# --- the engine -----------------------------------------------------------------------------------


def engine(loops: int) -> dict[str, float]:
    """Microseconds of one call: the median of many, for office hours and for day and night."""
    office, always = ((540, 1020),), ((0, 1440),)
    return {"office": _timed(office, 30, loops), "always": _timed(always, 15, loops)}


def _timed(day: tuple[tuple[int, int], ...], step: int, loops: int) -> float:
    open_slots, given = module("availability").open_slots, _calendar(day, step)
    asked = {"minutes": 30, "now": NOW, "start": NOW, "end": NOW + DAYS * 86400, "busy": _busy()}
    times, found = [], []
    for _ in range(loops):
        begun = time.perf_counter()
        found = open_slots(*given, **asked)
        times.append(time.perf_counter() - begun)
    assert found
    return 1e6 * median(times)


def _calendar(day: tuple[tuple[int, int], ...], step: int) -> list[Any]:
    """What the engine takes before its keywords: rules alone, or a schedule apart from rules."""
    told = {
        "zone": "Europe/Berlin",
        "hours": (day,) * 7,
        "exceptions": {},
        "lengths": (30,),
        "slot_step": step,
        "buffer_before": 10,
        "buffer_after": 5,
        "notice_minutes": 60,
        "window_days": 60,
    }
    availability, made = module("availability"), {}
    for kind in ("Rules", "Schedule"):
        if hasattr(availability, kind):
            fields = inspect.signature(getattr(availability, kind)).parameters
            own = {name: value for name, value in told.items() if name in fields}
            made[kind.lower()] = getattr(availability, kind)(**own)
    first = inspect.signature(availability.open_slots).parameters
    return [made[name] for name in first if name in made]


def _busy() -> list[tuple[int, int, int, int]]:
    chance, ranges = random.Random(1), []
    for _ in range(BUSY):
        start = NOW + chance.randrange(DAYS * 96) * 900
        ranges.append((start, start + chance.choice((900, 1800, 3600)), 600, 300))
    return ranges


# --- operations without HTTP ----------------------------------------------------------------------


def operate(todo: list[dict[str, Any]]) -> dict[str, float]:
    """Book through the operation alone, one after the other: seconds, and processor seconds."""
    _set_up()
    clock, bookings, guests = module("clock"), module("bookings"), module("guests")
    find, wanted = named(module("link_queries"), "find link"), named(bookings, "booking request")
    begun, cpu = time.perf_counter(), time.process_time()
    for number, row in enumerate(todo):
        link = find(row["token"])
        guest = guests.Guest("Gil Guest", f"operated{number}-{row['token']}@example.net")
        request = wanted(datetime.fromisoformat(row["starts_at"]), guest)
        bookings.book(link.calendar, request, now=clock.now(), by="guest", link=link)
    return {"seconds": time.perf_counter() - begun, "cpu": time.process_time() - cpu}


def mint(count: int, name: str) -> dict[str, Any]:
    """Mint so many links at once through the operation: seconds, processor seconds, and the batch."""
    _set_up()
    options = named(module("link_operations"), "link options")
    calendar = named(module("mint_command"), "find calendar")(name)
    mint_many, now = module("minting").mint_many, module("clock").now()
    begun, cpu = time.perf_counter(), time.process_time()
    minted = mint_many(calendar, [options()] * count, by="cli", via="cli", now=now)
    # Addresses are made when they are asked for: whoever mints wants them.
    assert len(minted.urls) == count
    seconds, spent = time.perf_counter() - begun, time.process_time() - cpu
    return {"seconds": seconds, "cpu": spent, "batch": minted.batch.pk.hex}


def sqlite() -> dict[str, str]:
    """With which pragmas the build opens its database."""
    _set_up()
    return {"init_command": str(module("sqlite").OPTIONS["init_command"])}


def _set_up() -> None:
    import django

    django.setup()


VERBS = {verb.__name__: verb for verb in (engine, operate, mint, sqlite)}

if __name__ == "__main__":
    print(json.dumps(VERBS[sys.argv[1]](**json.load(sys.stdin))))
