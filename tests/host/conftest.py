"""Somebody at the desk."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import make


@pytest.fixture
def desk(client: Client, hana: make.Team) -> Client:
    """Hana's browser, signed in."""
    client.force_login(hana.owner.person)
    return client
