"""Somebody at the desk."""

from __future__ import annotations

import pytest
from django.test import Client

from bookonce import clock
from tests import make


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is ``make.NOW``: a Monday at 07:00 where Hana lives."""
    monkeypatch.setattr(clock, "precise", make.NOW.timestamp)


@pytest.fixture
def desk(client: Client, hana: make.Team) -> Client:
    """Hana's browser, signed in."""
    client.force_login(hana.owner.person)
    return client
