"""An observation is written in passing; what is written after it is as durable as ever."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from bookonce.domain.links import observations
from bookonce.domain.links.models import Observation
from tests import make


@pytest.mark.django_db(transaction=True)
def test_it_is_written_once_and_the_next_commit_waits_for_the_disk() -> None:
    link = make.link(make.team().calendar)
    for _ in range(2):
        observations._seen.clear()  # as another process would: it has not seen it
        observations.record_observation(
            link, kind="refused", visitor="person", reason="slot_taken", now=make.NOW
        )
    seen = Observation.objects.get()
    assert (seen.link_id, seen.kind, seen.visitor, seen.reason) == (
        link.pk,
        "refused",
        "person",
        "slot_taken",
    )
    assert seen.at == make.NOW
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)


@pytest.mark.django_db(transaction=True)
def test_it_is_one_trip_on_postgresql() -> None:
    link = make.link(make.team().calendar)
    with CaptureQueriesContext(connection) as asked:
        observations.record_observation(link, kind="opened", visitor="robot", now=make.NOW)
    assert len(asked) == {"postgresql": 1, "sqlite": 3}[connection.vendor]
    assert Observation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_is_left_out_where_it_would_wait_for_another_program() -> None:
    link = make.link(make.team().calendar)
    holds, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE" if connection.vendor == "sqlite" else "BEGIN")
            if connection.vendor == "postgresql":
                cursor.execute("LOCK TABLE bookonce_link IN EXCLUSIVE MODE")
            holds.set()
            leave.wait(3)
            cursor.execute("ROLLBACK")
        connections.close_all()

    other = threading.Thread(target=hold)
    other.start()
    assert holds.wait(10)
    begun = time.monotonic()
    observations.record_observation(link, kind="opened", visitor="robot", now=make.NOW)
    took = time.monotonic() - begun
    leave.set()
    other.join()
    assert took < 2.5
    assert not Observation.objects.exists()
