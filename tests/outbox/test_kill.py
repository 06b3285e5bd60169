"""A worker that is killed in the middle of sending loses nothing, and what it sent is seen once."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bookonce.outbox.models import Beat, Delivery
from tests import make
from tests.outbox.post import post_office
from tests.outbox.test_worker import until

pytestmark = pytest.mark.django_db(transaction=True)

WORKER = """
import sys, threading
from datetime import timedelta
import django
django.setup()
from bookonce.bookings import letters
from bookonce.outbox import worker
worker.run({"email": letters.deliver}, threading.Event(), lease=timedelta(seconds=float(sys.argv[1])))
"""

LEASE = 60


@contextmanager
def worker_process(
    url: str, monkeypatch: pytest.MonkeyPatch, *, lease: int = LEASE
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker as a process of its own."""
    monkeypatch.setenv("BOOKONCE_EMAIL_URL", url)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "bookonce.settings")
    process = subprocess.Popen([sys.executable, "-c", WORKER, str(lease)])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _the_leases_are_over() -> None:
    """A worker goes on from the latest instant that any has seen: here one that was a lease ahead."""
    Beat.objects.create(worker="ahead", at=datetime.now(UTC) + timedelta(seconds=LEASE))


def test_killed_as_the_server_had_the_letter_but_had_not_said_so(
    hana: make.Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.booking(hana.calendar, now=datetime.now(UTC).replace(microsecond=0))
    with post_office() as office:
        polite = office.handle_DATA

        async def takes_and_says_nothing(*said: Any) -> str:
            await polite(*said)
            await asyncio.sleep(3600)
            return ""

        monkeypatch.setattr(office, "handle_DATA", takes_and_says_nothing)
        with worker_process(office.url, monkeypatch) as first:
            until(lambda: len(office.letters) == 2)
            first.kill()
            first.wait()
        assert {row.state for row in Delivery.objects.all()} == {"waiting"}
        sent = sorted(mail["Message-ID"] for mail in office.mails())

        monkeypatch.setattr(office, "handle_DATA", polite)
        _the_leases_are_over()
        with worker_process(office.url, monkeypatch):
            until(lambda: not Delivery.objects.exclude(state="done").exists())
    again = sorted(mail["Message-ID"] for mail in office.mails()[2:])
    assert again == sent, "the same letters once more, which mail programs show once"
    assert len(set(sent)) == 2
    assert {(row.attempts, row.fence) for row in Delivery.objects.all()} == {(2, 2)}


def test_killed_at_random_each_letter_arrives(hana: make.Team, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    for at in make.slots(hana.calendar, 12, now=now):
        make.booking(hana.calendar, at, guest=make.somebody(), now=now)
    with post_office() as office:
        for arrived in (4, 12):
            with worker_process(office.url, monkeypatch, lease=1):
                until(lambda: len(office.letters) >= arrived)  # noqa: B023 - called at once
        with worker_process(office.url, monkeypatch, lease=1):
            until(lambda: not Delivery.objects.exclude(state="done").exists())
    arrived_ids = {mail["Message-ID"].partition(".")[0].strip("<") for mail in office.mails()}
    assert arrived_ids == {row.event_id.hex for row in Delivery.objects.all()}
    assert len({mail["Message-ID"] for mail in office.mails()}) == 24
