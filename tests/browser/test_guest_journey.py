"""Mint, open, book, open again: the document's whole way of a guest, in a real browser."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest

from tests.browser.conftest import COVERED, MOMENT, Site, looked_at

PHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}
SMALL = {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"}
DESK = {"viewport": {"width": 1280, "height": 800}, "timezone_id": "Europe/Berlin"}
DARK_DESK = DESK | {"color_scheme": "dark"}

RING = """() => [document.activeElement, document.activeElement.parentElement]
    .some(shown => getComputedStyle(shown).outlineStyle === "solid")"""

KINDS: dict[str, Any] = {"320": SMALL | {"color_scheme": "light"}, "dark": DARK_DESK}
"""Narrow and light, wide and dark: what fits and is read there is mostly right on the others, too."""
if os.environ.get("BOOKONCE_TEST_FULL") == "1":
    KINDS |= {"phone": PHONE, "desk": DESK, "320, dark": SMALL}


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name).click()


def shows(page: Any, heading: str) -> bool:
    """Whether the page comes to have this heading: an answer may still be on its way."""
    page.get_by_role("heading", level=1, name=heading, exact=True).wait_for()
    return True


def pick(page: Any, *, number: int = 0) -> None:
    """As a person with a mouse or a thumb: with script, a press on a time goes on at once."""
    page.locator(".times label").nth(number).click()
    go_on = page.get_by_role("button", name="Continue")
    if not page.evaluate("matchMedia('(scripting: enabled)').matches"):
        go_on.click()
    page.get_by_role("button", name="Book this time").wait_for()


def book(site: Site, page: Any, address: str, *, number: int = 0) -> None:
    page.goto(address)
    pick(page, number=number)
    site.passes(MOMENT, page)
    if page.get_by_label("Name").count():
        page.get_by_label("Name").fill("Gil Guest")
        page.get_by_label("E-mail").fill("gil@example.net")
    press(page, "Book this time")


@pytest.mark.parametrize("kind", [PHONE, DESK], ids=["phone", "desk"])
def test_a_link_books_once_without_script(site: Site, chromium_browser: Any, kind: Any) -> None:
    link = site.mint()
    gil = chromium_browser.new_context(**kind, java_script_enabled=False).new_page()
    book(site, gil, link)
    assert shows(gil, "You're booked")
    assert gil.url == link
    gil.reload()
    assert shows(gil, "You're booked")
    gil.go_back()
    gil.goto(link)
    assert shows(gil, "You're booked")
    mara = chromium_browser.new_context(**kind, java_script_enabled=False).new_page()
    assert mara.goto(link).status == 410
    assert shows(mara, "This link has already been used.")
    assert mara.get_by_role("link", name="hana@example.org").count() == 1
    mara.get_by_text("Ask for a new link").click()
    mara.get_by_label("Your name").fill("Mara Lind")
    site.passes(MOMENT)
    press(mara, "Send")
    mara.get_by_text("We told Hana.").wait_for()


def test_a_press_before_the_guests_own_clock_is_shown_counts_by_it(site: Site, chromium_browser: Any) -> None:
    page = chromium_browser.new_context(**(DESK | {"timezone_id": "America/New_York"})).new_page()
    page.route(lambda address: "zone=" in address and "pick=" not in address, lambda _: None)
    page.goto(site.mint())
    page.locator(".times label").first.click()
    page.get_by_role("button", name="Book this time").wait_for()
    assert page.get_by_text("New York, UTC").count() == 1
    site.passes(MOMENT)
    page.get_by_label("Name").fill("Gil Guest")
    page.get_by_label("E-mail").fill("gil@example.net")
    press(page, "Book this time")
    assert shows(page, "You're booked")
    assert page.get_by_text("New York, UTC").count() == 1


def test_by_keyboard_alone(site: Site, chromium_browser: Any) -> None:
    page = chromium_browser.new_context(**DESK).new_page()
    page.goto(site.mint())

    def tab_to(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                ring = page.evaluate(RING)
                assert ring, f"no focus ring on {selector}"
                return
        raise AssertionError(f"Tab never reaches {selector}")

    tab_to("input[name=at]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.get_by_role("button", name="Continue").is_visible(), "walking through the times chooses none"
    page.set_viewport_size({"width": 390, "height": 560})
    hidden = set()
    for _ in range(page.locator(".times label").count()):
        page.keyboard.press("ArrowDown")
        hidden.add(page.evaluate(COVERED))
    assert hidden == {""}, "what focus is on does not lie under Continue"
    page.keyboard.press("Enter")
    page.get_by_label("Name").wait_for()
    site.passes(MOMENT)
    tab_to("#name")
    page.keyboard.type("Gil Guest")
    tab_to("#email")
    page.keyboard.type("gil@example.net")
    page.keyboard.press("Enter")
    assert shows(page, "You're booked")


@pytest.mark.parametrize("kind", [*KINDS.values()], ids=[*KINDS])
def test_every_state_is_accessible_and_fits(site: Site, chromium_browser: Any, kind: Any) -> None:
    context = chromium_browser.new_context(**kind)
    page, other = context.new_page(), chromium_browser.new_context(**kind).new_page()
    known = site.mint(recipient={"name": "Gil Guest", "email": "gil@example.net"}, message="Bis bald!")

    page.goto(known)
    looked_at(page, "times")
    press_without_choice(page)
    looked_at(page, "nothing chosen")
    book(site, page, known)
    assert shows(page, "You're booked")
    looked_at(page, "booked")
    page.get_by_text("Add to calendar").click()
    looked_at(page, "add to calendar")
    other.goto(known)
    looked_at(other, "used")
    other.get_by_text("Ask for a new link").click()
    site.passes(MOMENT, other)
    press(other, "Send")
    other.get_by_role("alert").wait_for()
    looked_at(other, "asking")
    other.get_by_label("Your name").fill("Mara Lind")
    site.passes(MOMENT, other)
    press(other, "Send")
    other.get_by_text("We told Hana.").wait_for()
    looked_at(other, "asked")

    page.get_by_role("link", name="Move or cancel").click()
    assert shows(page, "Your appointment")
    looked_at(page, "own booking")
    mine = page.url.partition("?")[0]
    page.goto(f"{mine}/move")
    looked_at(page, "move times")
    page.locator(".times label").nth(2).click()
    assert shows(page, "Move this appointment?")
    looked_at(page, "move")
    site.passes(MOMENT, page)
    press(page, "Move the appointment")
    assert shows(page, "Your appointment has been moved")
    looked_at(page, "moved")
    page.goto(f"{mine}/cancel")
    looked_at(page, "cancel")
    site.passes(MOMENT, page)
    page.get_by_label("No reason").check()
    press(page, "Cancel the appointment")
    assert shows(page, "This appointment has been cancelled.")
    looked_at(page, "cancelled")


@pytest.mark.parametrize("kind", [*KINDS.values()], ids=[*KINDS])
def test_what_goes_wrong_is_accessible_and_fits(site: Site, chromium_browser: Any, kind: Any) -> None:
    page = chromium_browser.new_context(**kind).new_page()
    other = chromium_browser.new_context(**kind).new_page()
    for name, address in states(site).items():
        other.goto(address)
        looked_at(other, name)

    lost = site.mint()
    page.goto(lost)
    book(site, other, site.mint(), number=4)
    assert shows(other, "You're booked")
    page.locator(".times label").nth(4).click()
    page.get_by_text("That time has just gone.").wait_for()
    looked_at(page, "slot lost")
    pick(page, number=4)
    page.get_by_label("E-mail").fill("nobody")
    site.passes(MOMENT, page)
    press(page, "Book this time")
    page.get_by_role("alert").wait_for()
    looked_at(page, "errors")


def press_without_choice(page: Any) -> None:
    page.evaluate("document.querySelector('form').noValidate = true")
    page.evaluate("document.querySelector('.times form').requestSubmit()")
    page.get_by_role("alert").wait_for()


def states(site: Site) -> dict[str, str]:
    """An address in each state that no guest brings about."""
    expired = site.mint(expires_at=f"{site.now + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}")
    site.passes(5 * 60)
    revoked = site.api("POST", "/links", {"calendar": site.calendar})
    site.api("POST", f"/links/{revoked['id']}/revoke")
    long = site.api("POST", "/calendars", LONG)["id"]
    never = site.api("POST", "/calendars", {"name": "Full", "hours": {}, "minutes": 30})["id"]
    return {
        "revoked": revoked["url"],
        "expired": expired,
        "not open": site.mint(opens_at="2099-01-01T00:00:00Z"),
        "unknown": f"{site.address}/o/unknown",
        "long words": site.mint(calendar=long),
        "no times": site.mint(calendar=never),
        "zones": f"{site.mint()}?zones=1",
        "zones found": f"{site.mint()}?zones=1&q=germany",
        "whole month": f"{site.mint()}?whole=1",
        "front": f"{site.address}/",
    }


LONG = {
    "name": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "minutes": [30, 60, 90],
    "description": "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 3,
    "location": {"kind": "text", "value": "Grundstücksverkehrsgenehmigungszuständigkeit" * 4},
}
