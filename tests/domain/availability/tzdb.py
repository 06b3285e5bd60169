"""Every change of offset the tz database knows, read from its own files and not through the engine."""

from __future__ import annotations

import struct
from datetime import datetime
from functools import cache
from importlib import resources
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

FIRST = 1577836800  # 2020-01-01
LAST = 2145916800  # 2038-01-01


class Change(NamedTuple):
    at: int
    before: int
    after: int


@cache
def zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))


@cache
def written(zone: str) -> tuple[tuple[Change, ...], bytes]:
    """The changes that stand in the zone's file (RFC 8536, second block), and the rule for the rest."""
    raw = resources.files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()
    isut, isstd, leap, times, types, chars = struct.unpack(">6l", raw[20:44])
    body = raw[44 + times * 5 + types * 6 + chars + leap * 8 + isstd + isut :]
    isut, isstd, leap, times, types, chars = struct.unpack(">6l", body[20:44])
    body = body[44:]
    instants = struct.unpack(f">{times}q", body[: times * 8])
    kinds = body[times * 8 : times * 9]
    offsets = [struct.unpack(">l", body[times * 9 + 6 * i :][:4])[0] for i in range(types)]
    changes: list[Change] = []
    before = offsets[0]
    for instant, kind in zip(instants, kinds, strict=True):
        if offsets[kind] != before:
            changes.append(Change(instant, before, offsets[kind]))
            before = offsets[kind]
    rule = body[times * 9 + types * 6 + chars + leap * 12 + isstd + isut :].strip()
    return tuple(changes), rule


@cache
def changes(zone: str) -> tuple[Change, ...]:
    """The zone's changes in 2020 to 2037."""
    explicit, rule = written(zone)
    known = explicit[-1].at if explicit else FIRST
    ruled = _ruled(zone, max(known, FIRST)) if b"," in rule else ()
    return tuple(change for change in explicit if FIRST <= change.at < LAST) + ruled


def _ruled(zone: str, known: int) -> tuple[Change, ...]:
    info = ZoneInfo(zone)
    found: list[Change] = []
    for low in range(known, LAST, 86400):
        before, after = _offset(info, low), _offset(info, low + 86400)
        if before != after:
            instant = next(
                minute for minute in range(low, low + 86401, 60) if _offset(info, minute) != before
            )
            found.append(Change(instant, before, after))
    return tuple(found)


def _offset(info: ZoneInfo, instant: int) -> int:
    offset = datetime.fromtimestamp(instant, info).utcoffset()
    assert offset is not None
    return round(offset.total_seconds())


@cache
def one_zone_per_history() -> dict[tuple[int, tuple[Change, ...]], str]:
    """Zones with the same offsets throughout 2020 to 2037 are one; the first by name stands for them."""
    kept: dict[tuple[int, tuple[Change, ...]], str] = {}
    rules: dict[tuple[tuple[Change, ...], bytes], str] = {}
    for zone in zones():
        explicit, rule = written(zone)
        late = tuple(change for change in explicit if change.at >= FIRST)
        # A file's last written change may lie before 2020: then the rule alone decides.
        twin = rules.setdefault((late, rule), zone)
        history = changes(twin)
        kept.setdefault((_offset(ZoneInfo(zone), FIRST), history), zone)
    return kept


@cache
def one_zone_per_change() -> dict[Change, str]:
    """Every different change of 2020 to 2037, and a zone that has it."""
    found: dict[Change, str] = {}
    for (_, history), zone in one_zone_per_history().items():
        for change in history:
            found.setdefault(change, zone)
    return found
