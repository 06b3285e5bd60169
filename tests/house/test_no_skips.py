"""Where a promise is kept, every test runs: both famous failures of the field hid behind a skipped one."""

from __future__ import annotations

import re

from tests.house.house import name_of, tracked

ROOMS = {"links", "bookings", "diary", "outbox", "races", "kills", "promises"}
EVASION = re.compile(r"\b(skip|skipif|skipTest|xfail|importorskip)\b")


def test_no_test_of_a_promise_can_be_skipped() -> None:
    evasions = [
        f"{name_of(path)}:{number} {line.strip()}"
        for path in tracked("tests/*.py")
        if not ROOMS.isdisjoint(name_of(path).split("/")) or path.stem.removeprefix("test_") in ROOMS
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if EVASION.search(line)
    ]
    assert not evasions, "\n".join(evasions)
