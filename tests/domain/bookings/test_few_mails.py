"""Nobody's address is flooded by whoever types it in: five mails an hour, and the others wait."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bookonce.delivery.mail.delivering import deliver as by_mail
from bookonce.delivery.outbox import email, worker
from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.bookings.models import Booking
from bookonce.foundation import clock
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db


def deliver(monkeypatch: pytest.MonkeyPatch, minutes: float = 0) -> None:
    now = NOW + timedelta(minutes=minutes)
    monkeypatch.setattr(clock, "now_precise", now.timestamp)
    while worker.deliver_one({"email": by_mail}, now=now):
        pass


def to_guests(state: str) -> int:
    return Delivery.objects.filter(recipient="guest", state=state).count()


def test_the_sixth_mail_waits_for_an_hour(
    hana: make.Team, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA, settings.EMAIL_URL = tmp_path, "smtp://localhost:1"
    monkeypatch.setattr(email, "send_mail", lambda *_, **__: None)
    for _ in range(7):
        make.booking(hana.calendar)
    deliver(monkeypatch)
    assert (to_guests("done"), to_guests("waiting")) == (5, 2)
    told = Delivery.objects.filter(recipient__startswith="host", state="done")
    assert told.count() == 7, "hosts are told at once"
    assert Booking.objects.filter(state="confirmed").count() == 7
    assert set(Delivery.objects.filter(state="waiting").values_list("attempts", flat=True)) == {0}
    make.booking(hana.calendar, guest=make.somebody())
    deliver(monkeypatch, 30)
    assert (to_guests("done"), to_guests("waiting")) == (6, 2), "another address has room of its own"
    deliver(monkeypatch, 66)
    assert (to_guests("done"), to_guests("waiting")) == (8, 0)


def test_without_a_server_none_has_to_wait(
    hana: make.Team, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing goes out, so that nobody is flooded: each is there to be read at once."""
    settings.DATA = tmp_path
    for _ in range(7):
        make.booking(hana.calendar)
    deliver(monkeypatch)
    assert (to_guests("done"), to_guests("waiting")) == (7, 0)
