"""Calls are remembered for seven days and for as long as what they made lives, and no longer."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest

from bookonce.delivery.outbox import worker
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.links.models import Link
from bookonce.foundation.idempotency import cleanup
from bookonce.foundation.idempotency.models import RepeatableCall
from tests import make
from tests.interfaces.api.conftest import Mint, Program, address_of, asked
from tests.make import NOW

WEEK = timedelta(days=7)
LATER = NOW + WEEK + timedelta(seconds=1)


def test_whatever_lives_is_kept_and_what_has_ended_goes(
    program: Program, guest: Program, minted: Mint, hana: make.Team
) -> None:
    calendar, key = {"calendar": hana.calendar.slug}, {"Idempotency_Key": "k"}
    [first, soon], [late] = make.slots(hana.calendar, 2), make.slots(hana.calendar, 1, now=NOW + 2 * WEEK)
    link = program.post("/links", calendar, **key).json()
    guest.post(f"{address_of(link)}/holds", {"starts_at": asked(first)["starts_at"]}, **key)
    booking = program.post("/bookings", asked(soon, link=minted()["id"])).json()
    program.post(f"/bookings/{booking['id']}/move", {"starts_at": asked(late)["starts_at"]}, **key)
    program.post("/links/batch", calendar | {"recipients": [{"name": "A"}, {"name": "B"}]}, **key)
    program.post("/calendars", {"name": "Second"}, **key)
    Link.objects.update(expires_at=None)

    assert kept(at=LATER) == ["bat", "bkg", "cal", "lnk", "lnk"]
    Link.objects.filter(recipient_name="A").update(revoked_at=NOW)
    assert kept(at=LATER) == ["bat", "bkg", "cal", "lnk", "lnk"]
    Link.objects.update(revoked_at=NOW)
    assert kept(at=LATER) == ["bkg", "cal"]
    assert kept(at=late + 2 * WEEK) == ["cal"]
    calendars.archive_calendar(Calendar.objects.get(slug="second"), by="test", now=NOW)
    assert kept(at=LATER) == []


def kept(*, at: datetime) -> list[str]:
    """What is remembered after a walk at that time."""
    cleanup.CallCleanup().step(at)
    return sorted(made[:3] for made in RepeatableCall.objects.values_list("made", flat=True))


@pytest.mark.parametrize("how", ["used_at", "expires_at", "revoked_at"])
def test_a_dead_link_is_remembered_for_seven_days_more(program: Program, hana: make.Team, how: str) -> None:
    body = {"calendar": hana.calendar.slug, "expires_at": None}
    first = program.post("/links", body, Idempotency_Key="k").json()
    died = NOW + timedelta(days=30)
    Link.objects.update(**{how: died})
    assert cleanup.CallCleanup().step(died + WEEK - timedelta(seconds=1)) == 0
    assert program.post("/links", body, Idempotency_Key="k").json() == first
    assert cleanup.CallCleanup().step(died + WEEK + timedelta(seconds=1)) == 1


def test_it_walks_in_small_steps_and_rests(
    program: Program, hana: make.Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cleanup, "FEW", 2)
    for number in range(5):
        program.post("/links", {"calendar": hana.calendar.slug}, Idempotency_Key=str(number))
    first = Link.objects.order_by("pk")[0]
    Link.objects.exclude(pk=first.pk).update(revoked_at=NOW)
    Link.objects.filter(pk=first.pk).update(expires_at=None)
    walk = cleanup.CallCleanup()
    assert [walk.step(LATER) for _ in range(4)] == [1, 2, 1, 0]
    assert RepeatableCall.objects.count() == 1
    program.post("/links", {"calendar": hana.calendar.slug}, Idempotency_Key="new")
    Link.objects.update(revoked_at=NOW)
    assert walk.step(LATER + cleanup.REST - timedelta(seconds=1)) == 0
    assert walk.step(LATER + cleanup.REST) == 2


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_it_on_the_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "BEAT", 0.01)
    stop, seen = threading.Event(), []

    def chore(now: Any) -> None:
        seen.append(now)
        if len(seen) == 2:
            stop.set()
        raise ValueError("a chore that fails ends nothing")

    worker.run_worker({}, stop, jobs=[chore])
    assert len(seen) == 2
