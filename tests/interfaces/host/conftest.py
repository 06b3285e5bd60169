"""Somebody at the desk, and the mails that reach them."""

from __future__ import annotations

import email
import re
from collections.abc import Callable
from email import policy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from bookonce.delivery.mail.delivering import deliver
from bookonce.delivery.outbox import worker
from bookonce.foundation import clock
from bookonce.interfaces.host.shared.session import PROVED
from tests import make
from tests.interfaces.guest.conftest import time as time

Mails = Callable[[], list[Any]]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is ``make.NOW``: a Monday at 07:00 where Hana lives."""
    monkeypatch.setattr(clock, "now_precise", make.NOW.timestamp)


@pytest.fixture
def desk(client: Client, hana: make.Team) -> Client:
    """Hana's browser, signed in a moment ago."""
    return sat_down(client, hana)


def sat_down(client: Client, team: make.Team) -> Client:
    """The owner's browser, as if they had just signed in."""
    client.force_login(team.owner.person)
    session = client.session
    session[PROVED] = clock.seconds_of_instant(clock.now())
    session.save()
    return client


@pytest.fixture
def mails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mails:
    """Sends what waits; gives every mail that was ever sent, oldest first."""
    monkeypatch.setattr(settings, "DATA", tmp_path)

    def send() -> list[Any]:
        while worker.deliver_one({"email": deliver}):
            pass
        files = sorted((tmp_path / "outbox").glob("*.eml"))
        return [email.message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    return send


def link_in(mail: Any) -> str:
    """The path of the link that a mail carries."""
    text = mail.get_body(("plain",)).get_content()
    found = re.search(rf"{re.escape(settings.BASE_URL)}(/\S+)", text)
    assert found, text
    return found[1]
