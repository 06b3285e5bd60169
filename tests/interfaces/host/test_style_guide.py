"""The style page shows every part, and only where it is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def shown(settings: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, style_page=True)


@pytest.mark.django_db
def test_it_is_nowhere_by_default(client: Client) -> None:
    assert client.get("/style").status_code == 404


@pytest.mark.django_db
def test_it_shows_every_part_without_signing_in(client: Client, shown: None) -> None:
    page = client.get("/style", {"accent": "#ffcc00"}).content.decode()
    for part in (
        "workspace",
        "row",
        "menu",
        "empty",
        "details",
        "trail",
        "table",
        "sheet-head",
        "field",
        "hours",
    ):
        assert f'class="{part}' in page
    assert "/accent/ffcc00.css" in page
    assert "/accent/" not in client.get("/style", {"accent": "no;colour"}).content.decode()
