"""A booking comes in: it is opened, moved, cancelled with words to the guest, and its mails are read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.browser.conftest import MOMENT, Site, looked_at

DESK = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB", "java_script_enabled": False}
PHONE = {
    "viewport": {"width": 320, "height": 640},
    "has_touch": True,
    "is_mobile": True,
    "color_scheme": "dark",
    "locale": "de-DE",
}
NAME = "Donaudampfschifffahrtsgesellschaftskapitänswitwe"
WORDS = {
    "en": ("Move", "Move the appointment", "Cancel …", "Cancel the appointment", "Cancelled"),
    "de": ("Verschieben", "Termin verschieben", "Absagen …", "Termin absagen", "Abgesagt"),
}


def signed_in(site: Site, browser: Any, kind: Any) -> Any:
    """In whatever language."""
    page = browser.new_context(base_url=site.address, **kind).new_page()
    page.goto("/sign-in")
    page.locator("#email").fill("hana@example.org")
    page.locator("#password").fill("a quiet password")
    page.locator("form button.main").first.click()
    page.wait_for_url("**/settings/calendars")
    return page


def booked(site: Site) -> str:
    """A booking by way of a link, some days ahead."""
    day = f"{site.now + timedelta(days=8):%Y-%m-%d}"
    slots = site.api("GET", f"/calendars/{site.calendar}/slots?from={day}&zone=Europe/Berlin")["data"]
    guest = {"name": NAME, "email": "gil@example.net", "zone": "America/New_York"}
    link = site.api("POST", "/links", {"calendar": site.calendar, "label": "For Gil"})
    made = site.api(
        "POST", "/bookings", {"link": link["id"], "starts_at": slots[0]["starts_at"], "guest": guest}
    )
    return str(made["id"])


@pytest.mark.parametrize("kind", [DESK, PHONE], ids=["desk-no-script", "phone-german-dark"])
def test_from_the_agenda_to_the_mail(site: Site, chromium_browser: Any, kind: Any) -> None:
    scripted = kind is PHONE
    move, move_it, cancel, cancel_it, cancelled = WORDS["de" if scripted else "en"]

    def seen(name: str) -> None:
        if scripted:
            looked_at(page, name)

    page = signed_in(site, chromium_browser, kind)
    page.goto("/bookings")
    seen("agenda empty")
    name = booked(site)
    page.goto("/bookings")
    seen("agenda")
    page.get_by_role("link", name=NAME).click()
    page.wait_for_url(f"**/bookings/{name}")
    seen("booking")

    when = page.locator(".when").inner_text()
    page.get_by_role("link", name=move, exact=True).click()
    page.wait_for_url(f"**/bookings/{name}/move")
    assert page.locator(".month td:visible").count() == 7
    page.locator(".times input").last.check(force=True)
    seen("booking move")
    page.get_by_role("button", name=move_it).click()
    page.wait_for_url(f"**/bookings/{name}")
    assert page.locator(".when").inner_text() != when
    assert page.locator("#trail + .trail li").count() == 2

    page.get_by_role("link", name=cancel).click()
    page.locator("#words").fill("I am ill.\n\nSorry!")
    page.locator("input[name=link][value=reopen]").check()
    seen("booking cancel")
    site.passes(MOMENT, page)
    page.get_by_role("button", name=cancel_it).click()
    page.wait_for_url(f"**/bookings/{name}")
    assert page.locator(".what .state").inner_text() == cancelled
    assert "I am ill." in page.locator(".what").inner_text()
    seen("booking cancelled")

    page.goto("/outbox")
    page.wait_for_selector(".rows")
    seen("outbox")
    page.locator(".row", has_text="gil@example.net").first.get_by_role("link").click()
    page.wait_for_url("**/outbox/dlv_*")
    frame = page.frame_locator("iframe")
    assert "I am ill." in frame.locator("body").inner_text()
    assert frame.locator("h1").count() == 1
    seen("mail")
    assert site.api("GET", f"/links?label={'For%20Gil'}")["data"][0]["state"] == "active"
