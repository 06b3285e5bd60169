"""Several processes with several threads each, from one instant (promises 1 to 3, 6)."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime

import pytest

from bookonce.calendars.models import Calendar
from bookonce.links.models import Link
from bookonce.links.queries import with_state
from tests import make
from tests.make import NOW
from tests.races.crowd import RACERS
from tests.races.invariants import broken

pytestmark = pytest.mark.django_db(transaction=True)

PROCESSES = 4
Wish = tuple[Link | None, Calendar, datetime]


def in_processes(wishes: list[Wish]) -> Counter[str]:
    """Deal the wishes out to the processes, start them at one instant, and count the outcomes."""
    told = [[str(link.pk) if link else None, str(to.pk), at.isoformat()] for link, to, at in wishes]
    racers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.races.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    outcomes: Counter[str] = Counter()
    try:
        for number, racer in enumerate(racers):
            say(racer, json.dumps(told[number::PROCESSES]))
        for racer in racers:
            assert racer.stdout is not None
            assert racer.stdout.readline() == "ready\n"
        start = time.time() + 0.1
        for racer in racers:
            say(racer, str(start))
        for racer in racers:
            outcomes.update(json.loads(racer.communicate(timeout=100)[0]))
            assert racer.returncode == 0
    finally:
        for racer in racers:
            racer.kill()
            racer.communicate()
    return outcomes


def say(racer: subprocess.Popen[str], line: str) -> None:
    assert racer.stdin is not None
    racer.stdin.write(line + "\n")
    racer.stdin.flush()


def test_one_link_and_different_slots() -> None:
    team = make.team()
    link, times = make.link(team.calendar), make.slots(team.calendar, RACERS)
    assert in_processes([(link, team.calendar, at) for at in times]) == {"Booking": 1, "LinkUsed": RACERS - 1}
    assert broken() == []


def test_many_links_and_one_slot() -> None:
    team = make.team()
    [at], links = make.slots(team.calendar, 1), [make.link(team.calendar) for _ in range(RACERS)]
    outcomes = in_processes([(link, team.calendar, at) for link in links])
    assert outcomes == {"Booking": 1, "SlotTaken": RACERS - 1}
    assert with_state(Link.objects.all(), "active", now=NOW).count() == RACERS - 1
    assert broken() == []


def test_overlapping_starts() -> None:
    team = make.team(minutes=[60], slot_step=10)
    times = make.slots(team.calendar, 6)
    wishes: list[Wish] = [(None, team.calendar, times[n % 6]) for n in range(RACERS)]
    assert in_processes(wishes)["Booking"] == 1
    assert broken() == []
