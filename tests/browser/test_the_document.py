"""The document that this product was ordered from, step by step, by an owner and guests with real browsers.

Each step is kept as a picture in ``artefacts/journey``; ``make pictures`` sets some of them into the README.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.camera import take_picture
from tests.browser.conftest import Site
from tests.browser.test_share_journey import CLIPBOARD, COPIED

PICTURES = Path(__file__).resolve().parents[2] / "artefacts" / "journey"
BERLIN = {"timezone_id": "Europe/Berlin", "locale": "en-GB"}
DESK = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
MOMENT = 2100

Picture = Callable[[Any, str], None]


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Picture:
    """Keep what this page shows, in the order of the steps, without those of an earlier run."""
    folder = PICTURES / request.node.callspec.id
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    steps = iter(range(1, 100))

    def take(page: Any, name: str) -> None:
        take_picture(page, folder / f"{next(steps):02}-{name}.png")

    return take


@pytest.mark.parametrize("kind", [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone")])
def test_one_time_booking_links(site: Site, chromium_browser: Any, kind: Any, picture: Picture) -> None:
    hana = chromium_browser.new_context(**kind, **BERLIN)
    hana.grant_permissions(CLIPBOARD, origin=site.address)
    owner = hana.new_page()
    link = _copy_a_link(site, owner, picture)
    assert link.startswith(f"{site.address}/o/")
    guest = chromium_browser.new_context(**kind, **BERLIN).new_page()
    _book(guest, link, picture)
    late = chromium_browser.new_context(**kind, **BERLIN).new_page()
    _come_late(late, link, picture)
    _look_why_it_does_not_work(owner, picture)
    _make_another(owner, chromium_browser.new_context(**kind, **BERLIN).new_page(), link)
    states = [one["state"] for one in site.api("GET", "/links")["data"]]
    assert sorted(states) == ["active", "used"]
    [booking] = site.api("GET", "/bookings")["data"]
    assert booking["state"] == "confirmed"


def _copy_a_link(site: Site, page: Any, picture: Picture) -> str:
    """Settings, Calendars, the three dots, Share, One-time link, Copy."""
    page.goto(f"{site.address}/sign-in")
    page.get_by_label("E-mail").fill("hana@example.org")
    page.get_by_label("Password", exact=True).fill("a quiet password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/settings/calendars")
    page.get_by_role("link", name="Bookings", exact=True).click()
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_role("link", name="Calendars", exact=True).click()
    picture(page, "settings-calendars")
    page.get_by_role("button", name="Actions for Intro call").click()
    picture(page, "three-dots")
    page.get_by_role("menuitem", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share “Intro call”")
    dialog.get_by_role("link", name="One-time link").wait_for()
    picture(page, "share")
    dialog.get_by_role("button", name="Create & copy").click()
    dialog.get_by_text(COPIED).wait_for()
    picture(page, "copied")
    return str(page.evaluate("navigator.clipboard.readText()"))


def _book(page: Any, link: str, picture: Picture) -> None:
    """The first person to book with it is booked."""
    page.goto(link)
    picture(page, "guest-times")
    page.locator(".times label").nth(3).click()
    page.get_by_text("Kept for you until").wait_for()
    page.get_by_label("Name", exact=True).fill("Gil Guest")
    page.get_by_label("E-mail", exact=True).fill("gil@example.net")
    picture(page, "guest-details")
    page.wait_for_timeout(MOMENT)  # nobody types a name faster, and what does is taken for a robot
    page.get_by_role("button", name="Book this time").click()
    page.get_by_role("heading", name="You're booked").wait_for()
    assert page.get_by_text("This link is now used up.").is_visible()
    picture(page, "guest-booked")


def _come_late(page: Any, link: str, picture: Picture) -> None:
    """Whoever tries afterwards reads to contact the owner."""
    answer = page.goto(link)
    assert answer.status == 410
    assert page.get_by_role("heading", name="This link has already been used.").is_visible()
    assert page.get_by_text("please contact Hana").is_visible()
    assert page.get_by_role("link", name="hana@example.org").is_visible()
    assert "Gil Guest" not in page.content()
    picture(page, "late")


def _look_why_it_does_not_work(page: Any, picture: Picture) -> None:
    """Ensure that the link has not already been used: the dialog says so, and its own page who and when."""
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")
    page.get_by_role("button", name="Actions for Intro call").click()
    page.get_by_role("menuitem", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share “Intro call”")
    dialog.get_by_text("Booked").first.wait_for()
    picture(page, "share-used")
    dialog.get_by_role("link", name="whoever books first", exact=False).first.click()
    page.get_by_role("heading", name="It has been used: Gil Guest booked.").wait_for()
    picture(page, "link-used")


def _make_another(page: Any, guest: Any, first: str) -> None:
    """The same steps give another link for the same calendar."""
    page.get_by_role("link", name="Calendars", exact=True).click()
    page.get_by_role("button", name="Actions for Intro call").click()
    page.get_by_role("menuitem", name="Share").click()
    page.get_by_role("dialog").get_by_role("button", name="Create & copy").click()
    page.get_by_role("dialog").get_by_text(COPIED).wait_for()
    second = page.evaluate("navigator.clipboard.readText()")
    assert second != first
    assert guest.goto(second).status == 200
    assert guest.locator(".times label").count() > 3
