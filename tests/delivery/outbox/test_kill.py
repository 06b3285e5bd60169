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
from django.db.models import Max

from bookonce.delivery.outbox.models import Beat, Delivery
from bookonce.foundation.database.models import ClockReading
from tests import make
from tests.delivery.outbox.post import post_office
from tests.delivery.outbox.test_worker import until

pytestmark = pytest.mark.django_db(transaction=True)

WORKER = """
import faulthandler, sys, threading
from datetime import timedelta
import django
faulthandler.dump_traceback_later(50)  # where it stands, should it not come along
django.setup()
from bookonce.delivery.mail.delivering import deliver
from bookonce.delivery.outbox import worker
worker.run_worker({"email": deliver}, threading.Event(), lease=timedelta(seconds=float(sys.argv[1])))
"""

LEASE = 60


@contextmanager
def worker_process(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    """A worker as a process of its own."""
    monkeypatch.setenv("BOOKONCE_EMAIL_URL", url)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "bookonce.settings")
    process = subprocess.Popen([sys.executable, "-c", WORKER, str(LEASE)])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _the_leases_are_over() -> None:
    """A worker goes on from the latest instant that any has seen: here one that was a lease ahead."""
    latest = ClockReading.objects.aggregate(at=Max("at"))["at"] or datetime.now(UTC)
    at = max(latest, datetime.now(UTC)) + timedelta(seconds=LEASE + 1)
    ClockReading.objects.update_or_create(machine="ahead", defaults={"at": at, "wall_offset": 0})


def _until_all_are_done() -> None:
    undone = Delivery.objects.exclude(state="done")
    try:
        until(lambda: not undone.exists())
    except AssertionError:
        fields = ("recipient", "state", "attempts", "fence", "lease_until", "not_before", "last_error")
        raise AssertionError(list(undone.values(*fields)), list(Beat.objects.values())) from None


def test_killed_as_the_server_had_the_mail_but_had_not_said_so(
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
            until(lambda: len(office.received) == 2)
            first.kill()
            first.wait()
        assert {row.state for row in Delivery.objects.all()} == {"waiting"}
        sent = sorted(mail["Message-ID"] for mail in office.mails())

        monkeypatch.setattr(office, "handle_DATA", polite)
        _the_leases_are_over()
        with worker_process(office.url, monkeypatch):
            _until_all_are_done()
    again = sorted(mail["Message-ID"] for mail in office.mails()[2:])
    assert again == sent, "the same mails once more, which mail programs show once"
    assert len(set(sent)) == 2
    assert {(row.attempts, row.fence) for row in Delivery.objects.all()} == {(2, 2)}


def test_killed_at_random_each_mail_arrives(hana: make.Team, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    for at in make.slots(hana.calendar, 12, now=now):
        make.booking(hana.calendar, at, guest=make.somebody(), now=now)
    with post_office() as office:
        for arrived in (4, 12):
            with worker_process(office.url, monkeypatch):
                until(lambda: len(office.received) >= arrived)  # noqa: B023 - called at once
            _the_leases_are_over()
        with worker_process(office.url, monkeypatch):
            _until_all_are_done()
    arrived_ids = {mail["Message-ID"].partition(".")[0].strip("<") for mail in office.mails()}
    assert arrived_ids == {row.event_id.hex for row in Delivery.objects.all()}
    assert len({mail["Message-ID"] for mail in office.mails()}) == 24
