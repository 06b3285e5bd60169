"""Small makers for rules, instants and readable answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from bookonce.domain.availability import Range, Rules, Schedule

HOUR = 3600
DAY = 24 * HOUR


def minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def ranges(*texts: str) -> tuple[Range, ...]:
    """ranges("09:00-12:00", "13:00-17:00")"""
    return tuple((minute(a), minute(b)) for a, b in (text.split("-") for text in texts))


class Terms(NamedTuple):
    """What the engine takes first: the hours, and how they are booked."""

    schedule: Schedule
    rules: Rules


def rules(*hours: str, **changes: Any) -> Terms:
    """Berlin, the same hours every day, 60 minutes every 60, no rolling window; ``changes`` go on top."""
    given: dict[str, Any] = {
        "zone": "Europe/Berlin",
        "hours": (ranges(*hours),) * 7,
        "exceptions": {},
        "lengths": (60,),
        "slot_step": 60,
        "window_days": None,
    } | changes
    of_schedule = {field.name: given.pop(field.name) for field in fields(Schedule)}
    return Terms(Schedule(**of_schedule), Rules(**given))


def at(text: str, zone: str = "Europe/Berlin", *, second: bool = False) -> int:
    """The instant of a wall-clock time; of one that comes twice the first, unless ``second``."""
    wall = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=int(second))
    return int(wall.timestamp())


def utc(text: str) -> int:
    return at(text, "UTC")


def shown(starts: Iterable[int], zone: str = "Europe/Berlin") -> list[str]:
    """Instants as "09:00+02:00": the wall time, and the offset that tells the two of a pair apart."""
    texts = [datetime.fromtimestamp(start, ZoneInfo(zone)).isoformat() for start in starts]
    return [text[11:16] + text[19:] for text in texts]


def times(starts: Iterable[int], zone: str = "Europe/Berlin") -> list[str]:
    """Instants as "09:00"."""
    return [text[:5] for text in shown(starts, zone)]
