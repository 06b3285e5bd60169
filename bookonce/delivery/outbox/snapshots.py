"""The snapshots of events: written with a version, and read in today's form, whichever release wrote them.

Rows of events are never rewritten. A room that changes the shape of its snapshots registers one more upgrade
(``apps.py``); whoever reads a snapshot reads ``Event.snapshot``, and so sees one shape alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string

Snapshot = dict[str, Any]
Upgrade = Callable[[Snapshot], Snapshot]

VERSION = "version"
"""The name of the version among the recorded data; readers do not see it."""

FIRST = 1
"""The version of what was recorded without one."""

_upgrades: dict[str, tuple[str, ...]] = {}


def register_snapshots(subject: str, *upgrades: str) -> None:
    """Register how snapshots of events about this subject (``booking``) are brought up, by dotted paths.

    The first brings version 1 to 2, and so on; today's version is one more than there are.
    """
    _upgrades[subject] = upgrades


def with_version(kind: str, data: Snapshot) -> Snapshot:
    """What is recorded for an event of this kind: the snapshot, and which version of its shape that is."""
    return {**data, VERSION: FIRST + len(_upgrades_of(kind))}


def read_snapshot(kind: str, recorded: Snapshot) -> Snapshot:
    """The snapshot in today's form."""
    data = dict(recorded)
    version = data.pop(VERSION, FIRST)
    # None for a version of a newer release: that one is read as it is.
    for path in _upgrades_of(kind)[version - FIRST :]:
        upgrade: Upgrade = import_string(path)
        data = upgrade(data)
    return data


def _upgrades_of(kind: str) -> tuple[str, ...]:
    return _upgrades.get(kind.partition(".")[0], ())
