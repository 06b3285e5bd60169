"""A workspace's accent is on every page about it, dead links too; without one nothing is asked for."""

from __future__ import annotations

import brotli
import pytest
from django.test import Client

from bookonce.domain.links.operations import revoke
from bookonce.interfaces.pages import assets
from tests import make
from tests.interfaces.guest.conftest import Time, address_of

pytestmark = pytest.mark.django_db


def test_pages_wear_the_accent(hana: make.Team, time: Time) -> None:
    live = address_of(make.link(hana.calendar))
    dead = address_of(revoke(make.link(hana.calendar), by="test", now=make.NOW))
    public = f"/c/{hana.workspace.slug}/{hana.calendar.slug}"
    assert "/accent/" not in Client().get(live).content.decode()
    make.restyled(hana.workspace, "#ffcc00")
    for address in (live, dead, public):
        page = Client().get(address).content.decode()
        assert 'href="/accent/ffcc00.css?' in page
        assert assets.asset_address("css/bookonce.css") not in page, "its rules come with the accent"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, br", "br"),
        ("BR; q=0.5", "br"),
        ("", None),
        ("gzip", None),
        ("br;q=0", None),
        ("gzip, br; q=0.0", None),
        ("x-brown", None),
    ],
)
def test_it_is_packed_for_who_can_read_that(accepted: str, encoding: str | None) -> None:
    sheet = Client().get("/accent/ffcc00.css", headers={"Accept-Encoding": accepted})
    assert sheet.headers.get("Content-Encoding") == encoding
    assert b"#ffcc00" in (sheet.content if encoding is None else brotli.decompress(sheet.content))


def test_a_page_that_tells_nothing_wears_ours(hana: make.Team, time: Time) -> None:
    make.restyled(hana.workspace, "#ffcc00")
    assert "/accent/" not in Client().get("/o/unknown").content.decode()
