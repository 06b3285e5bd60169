"""SIGKILL at named points and at any moment: nothing acknowledged is lost, nothing is half done.

Promises 2, 3, 6, 10, 11, 12 and 13. Clients book, move, cancel and revoke without a pause while web and
worker are killed and started again; whoever lost an answer asks again with the same key.
"""

from __future__ import annotations

import os
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from itertools import cycle, islice
from pathlib import Path

import pytest
from django.db import connection

from bookonce.delivery.outbox.models import Delivery
from bookonce.foundation import clock
from bookonce.foundation.database.transactions import transaction
from tests import make
from tests.delivery.outbox.post import Post, post_office
from tests.interfaces.commands.shell import Nursery, Shell, alive, free_port
from tests.kills.clients import Client, Ledger
from tests.kills.house import House
from tests.kills.mortal import FAULT

pytestmark = pytest.mark.django_db(transaction=True)

KILLS = int(os.environ.get("KILLS", "6"))
"""`make kills` asks for 200; a short run begins at another point each time."""

CLIENTS = 4
LONGEST = 3.0
"""Seconds of work after which a web that has not reached its point is killed all the same."""

WEB = [
    ("book.begun", "all"),
    ("book.redeemed", "all"),
    ("book.locked", "all"),
    ("book.found_free", "all"),
    ("book.written", "all"),
    ("book.committed", "all"),
    ("cancel.written", "all"),
    ("move.written", "all"),
    ("revoke.written", "all"),
    ("book.written", "one"),
    ("book.committed", "one"),
    ("", ""),  # at any moment
]
WORKER = ["worker.claimed:1:all", "worker.sent:2:all", "worker.written:3:all", ""]


@contextmanager
def house(folder: Path, post: Post, **settings: str) -> Iterator[House]:
    """An installation on the run's own database with clients at work; nothing is started yet."""
    hana = make.team(now=clock.now())
    port = free_port()
    here = {"BOOKONCE_DATA": str(folder), "BOOKONCE_PORT": str(port), "BOOKONCE_EMAIL_URL": post.url}
    free = make.slots(hana.calendar, 1400, now=clock.now() + timedelta(hours=2))
    times, ledger = [at.isoformat() for at in free], Ledger()
    slug = hana.calendar.slug
    clients = [
        Client(ledger, port=port, key=hana.api_key, calendar=slug, times=times) for _ in range(CLIENTS)
    ]
    shell = Shell(here | {"BOOKONCE_RATE_LIMITS": "off"} | settings, "tests.kills.mortal")
    living = House(shell, Nursery(shell), clients, ledger)
    for client in clients:
        client.start()
    try:
        yield living
    finally:
        living.stop()


def wait_for(true: Callable[[], bool], seconds: float) -> None:
    """Until it is true, or it has been long enough."""
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.01)


def live_and_die(living: House, at: str, worker_at: str) -> None:
    """Start web and worker, let the clients work until the web is dead, and kill what is left."""
    asked = living.ledger.counts["requests"]
    web, worker = living.start("web", at), living.start("worker", worker_at)
    wait_for(lambda: living.ledger.counts["requests"] > asked or not alive(web), 20)
    if at.endswith(":all"):
        wait_for(lambda: not alive(web), LONGEST)
    else:
        # At any moment; of a web that has lost one process, the clients go on with the other.
        time.sleep(random.uniform(0, 0.7))
    living.kill(web)
    living.kill(worker)


def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    with post_office() as post, house(tmp_path, post) as living:
        plans = zip(cycle(WEB), cycle(WORKER), strict=True)
        begin = random.randrange(len(WEB) * len(WORKER))
        for (point, whom), worker_at in islice(plans, begin, begin + KILLS):
            nth = random.randint(1, 6 if point.startswith("book.") else 2)
            live_and_die(living, f"{point}:{nth}:{whom}" if point else "", worker_at)
            assert living.wrong() == []
        web, worker = living.start("web"), living.start("worker")
        living.finish()
        living.wait_for_mails(30 + KILLS)
        living.kill(web)
        living.kill(worker)
        assert living.wrong() == []
        assert_every_mail_arrived(post.mails())
        doctor = Shell(living.shell.settings).run("doctor")
        assert doctor.returncode == 0, doctor.stdout
        died_at = Counter(re.findall(r"^killed at (.+)$", living.shell.log, re.MULTILINE))
        named = {point for point, _ in WEB} | {at.partition(":")[0] for at in WORKER}
        assert KILLS < 100 or set(died_at) == named - {""}, died_at
        print(f"{KILLS} rounds; died at {dict(died_at)}; clients saw {dict(living.ledger.counts)}")


def assert_every_mail_arrived(mails: list[EmailMessage]) -> None:
    """Every delivery at least once, and all copies of one under one Message-ID (promise 13)."""
    arrived = {mail["Message-ID"].partition("@")[0].strip("<") for mail in mails}
    sent = {
        f"{delivery.event_id.hex}.{delivery.role}"
        for delivery in Delivery.objects.filter(state=Delivery.State.DONE)
    }
    dropped = {
        f"{delivery.event_id.hex}.{delivery.role}"
        for delivery in Delivery.objects.filter(state=Delivery.State.DROPPED)
    }
    assert sent
    assert not sent - arrived
    assert not arrived - sent - dropped


def test_a_database_that_is_away_for_a_moment_costs_no_more_than_the_requests_it_hit(tmp_path: Path) -> None:
    """PostgreSQL ends connections in the midst of transactions; SQLite's one writer is kept by another."""
    with post_office() as post, house(tmp_path, post) as living:
        living.ledger.forgives = True
        web = living.start("web")
        wait_for(lambda: living.ledger.counts["bookings 201"] > 2, 20)
        hit = sum(disturb() for _ in range(8))
        booked = living.ledger.counts["bookings 201"]
        wait_for(lambda: living.ledger.counts["bookings 201"] > booked + 4, 20)
        living.finish()
        assert living.ledger.counts["bookings 201"] > booked
        assert living.ledger.counts["server's mistakes"] <= hit
        living.kill(web)
        assert living.wrong() == []


def disturb() -> int:
    """Get in the database's way; how many connections were ended."""
    time.sleep(random.uniform(0.05, 0.2))
    if connection.vendor == "sqlite":
        with transaction():
            time.sleep(0.3)
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " ORDER BY xact_start NULLS LAST LIMIT 2) AS busiest"
        )
        return int(cursor.fetchone()[0])


def test_an_answer_before_the_commit_is_noticed(tmp_path: Path) -> None:
    """The fault that this suite exists for, put in: it must turn red."""
    with post_office() as post, house(tmp_path, post, **{FAULT: "early"}) as living:
        for nth in range(2, 6):
            live_and_die(living, f"book.written:{nth}:all", "")
            if any("acknowledged and is lost" in fault for fault in living.wrong()):
                return
        faults = living.wrong() + living.ledger.faults
    pytest.fail(f"bookings were answered before they were committed, and nobody noticed: {faults}")
