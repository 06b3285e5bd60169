"""Our mark: held by every page, so that no browser asks for it."""

from __future__ import annotations

import html
from urllib.parse import unquote

import pytest
from django.test import Client

from bookonce.interfaces.pages import assets
from tests import make
from tests.interfaces.guest.conftest import address_of

MARK = assets.FOLDER / "icon.svg"

pytestmark = pytest.mark.django_db


def test_pages_hold_it(hana: make.Team) -> None:
    for address in ("/", "/o/unknown", address_of(make.link(hana.calendar))):
        page = Client().get(address).content.decode()
        assert f'<link rel="icon" href="{assets.favicon_address()}">' in html.unescape(page)
    assert unquote(assets.favicon_address()).partition(",")[2].encode() == MARK.read_bytes().strip()
    assert len(assets.favicon_address()) < 500


def test_its_old_name_is_answered_and_kept() -> None:
    answer = Client().get("/favicon.ico")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert answer["Cache-Control"] == "public, max-age=86400"
    assert answer.content.startswith(b"<svg")
    assert Client().head("/favicon.ico").status_code == 200
    assert Client().post("/favicon.ico").status_code == 405
