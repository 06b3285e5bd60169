"""Several processes with several threads each, from one instant (promises 1 to 3, 6)."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime

import pytest

from bookonce.delivery.outbox.models import Delivery, Event
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.links import operations as links
from bookonce.domain.links.models import Ask, Link
from bookonce.domain.links.queries import with_state
from bookonce.foundation import tokens
from tests import make
from tests.make import NOW
from tests.races.crowd import RACERS
from tests.races.invariants import broken
from tests.races.test_link_requests import OF_LINK, OF_WORKSPACE

pytestmark = pytest.mark.django_db(transaction=True)

PROCESSES = 4
Told = list[str | None]


def wish(link: Link | None, to: Calendar, at: datetime) -> Told:
    return ["book", str(link.pk) if link else None, str(to.pk), at.isoformat()]


def in_processes(told: list[Told]) -> Counter[str]:
    """Deal out to the processes what each thread does, start at one instant, and count the outcomes."""
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
    assert in_processes([wish(link, team.calendar, at) for at in times]) == {
        "Booking": 1,
        "LinkUsed": RACERS - 1,
    }
    assert broken() == []


def test_many_links_and_one_slot() -> None:
    team = make.team()
    [at], rivals = make.slots(team.calendar, 1), [make.link(team.calendar) for _ in range(RACERS)]
    outcomes = in_processes([wish(link, team.calendar, at) for link in rivals])
    assert outcomes == {"Booking": 1, "SlotTaken": RACERS - 1}
    assert with_state(Link.objects.all(), "active", now=NOW).count() == RACERS - 1
    assert broken() == []


def test_overlapping_starts() -> None:
    team = make.team(minutes=[60], slot_step=10)
    times = make.slots(team.calendar, 6)
    wishes = [wish(None, team.calendar, times[n % 6]) for n in range(RACERS)]
    assert in_processes(wishes)["Booking"] == 1
    assert broken() == []


def test_asks_on_one_link_and_on_many() -> None:
    team = make.team()
    crowd = [links.revoke(make.link(team.calendar), by="test", now=NOW) for _ in range(RACERS)]
    asks: list[Told] = [["ask", str(crowd[0].pk)]] * RACERS
    assert in_processes(asks) == {"NoneType": RACERS}
    [asked] = Ask.objects.all()
    assert len(asked.said) == OF_LINK
    in_processes([["ask", str(link.pk)] for link in crowd])
    assert Event.objects.filter(kind="link.asked").count() == OF_WORKSPACE
    assert Delivery.objects.filter(event__kind="link.asked").count() == 1


def test_one_form_makes_one_link_and_one_calendar() -> None:
    team, key = make.team(), tokens.new_id()
    nonce, mint = tokens.new_nonce().hex(), ["mint", str(team.calendar.pk)]
    create: Told = ["create", str(team.owner.pk), str(key)]
    outcomes = in_processes([[*mint, nonce], create] * (RACERS // 2))
    assert outcomes == {"Link": RACERS // 2, "Calendar": RACERS // 2}
    assert Link.objects.count() == 1
    assert {calendar.pk for calendar in Calendar.objects.all()} == {team.calendar.pk, key}
