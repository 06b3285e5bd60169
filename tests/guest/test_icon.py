"""Our mark: named by every page, so that no browser asks in vain."""

from __future__ import annotations

import pytest
from django.test import Client

from bookonce import assets
from tests import make
from tests.guest.conftest import address_of

pytestmark = pytest.mark.django_db


def test_pages_name_it(hana: make.Team) -> None:
    for address in ("/", "/o/unknown", address_of(make.link(hana.calendar))):
        assert f'<link rel="icon" href="{assets.asset("icon.svg")}"' in Client().get(address).content.decode()
    assert (assets.FOLDER / "icon.svg").stat().st_size < 1000


def test_its_old_name_is_answered_and_kept() -> None:
    answer = Client().get("/favicon.ico")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert answer["Cache-Control"] == "public, max-age=86400"
    assert answer.content.startswith(b"<svg")
    assert Client().head("/favicon.ico").status_code == 200
    assert Client().post("/favicon.ico").status_code == 405
