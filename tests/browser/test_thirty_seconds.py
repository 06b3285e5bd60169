"""A guest with a phone is done in three presses: by their own clock, with little on the wire, and calmly."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bookonce.foundation import dates
from tests.browser.conftest import MOMENT, Site, looked_at

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
KNOWN = {"recipient": {"name": "Gil Guest", "email": "gil@example.net"}, "message": "Looking forward, Gil!"}
SEEN_ON_A_PHONE = 664
"""Of its 844 px a phone's browser leaves so many to the page."""
WEIGHT, REQUESTS, SHIFT = 30_000, 5, 0.02

WATCH = """
window.shift = 0; window.painted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


def opened(browser: Any, address: str, **kind: Any) -> tuple[Any, list[int]]:
    """The page, as a guest sees it who comes for the first time; and the weight of each answer."""
    context = browser.new_context(**PHONE, **kind)
    page = context.new_page()
    page.add_init_script(WATCH)
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    weights: list[int] = []
    wire.on("Network.loadingFinished", lambda told: weights.append(round(told["encodedDataLength"])))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return page, weights


def test_three_presses(site: Site, chromium_browser: Any) -> None:
    link = site.mint(**KNOWN)
    page, weights = opened(chromium_browser, link, timezone_id="Europe/Berlin", locale="en-GB")
    assert len(weights) <= REQUESTS, weights
    assert sum(weights) <= WEIGHT, weights
    first = page.locator(".times label").first.bounding_box()
    assert first["y"] + first["height"] <= SEEN_ON_A_PHONE
    assert page.url == link, "in the calendar's own zone there is nothing to say"

    page.locator(".times label").nth(3).tap()
    page.get_by_text("Kept for you until").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "H1"
    site.passes(MOMENT)
    page.get_by_role("button", name="Book this time").tap()
    page.get_by_role("heading", name="You're booked").wait_for()
    assert page.evaluate("window.shift") < SHIFT
    page.reload()
    page.get_by_role("heading", name="You're booked").wait_for()
    page.go_back()
    page.get_by_role("heading", name="You're booked").wait_for()


def first_time(page: Any) -> datetime:
    """The instant of the first time on the page."""
    return datetime.fromisoformat(page.locator("input[name=at]").first.get_attribute("value"))


def in_words(city: str, zone: str, page: Any) -> str:
    """How the page names that zone, whose clocks may be changed while a year goes by."""
    return f"Times shown for {city}, {dates.format_utc_offset(zone, first_time(page))}"


@pytest.mark.parametrize(
    ("afar", "city", "clock"),
    [
        ({"timezone_id": "America/New_York", "locale": "en-US"}, "New York", "%-I:%M %p"),
        ({"timezone_id": "Asia/Kolkata", "locale": "en-GB"}, "Kolkata", "%H:%M"),
    ],
)
def test_a_guest_from_afar(
    site: Site, chromium_browser: Any, afar: dict[str, str], city: str, clock: str
) -> None:
    """Their own zone comes without a jump, is kept, and gives way to one that they choose."""
    page, weights = opened(chromium_browser, site.mint(), **afar)
    page.get_by_text(f"Times shown for {city}").wait_for()
    assert in_words(city, afar["timezone_id"], page) in page.locator(".zone").inner_text()
    assert len(weights) <= REQUESTS, weights
    assert sum(weights) <= WEIGHT, weights
    assert page.evaluate("window.shift") < SHIFT
    theirs = f"{first_time(page).astimezone(ZoneInfo(afar['timezone_id'])):{clock}}"
    assert " ".join(page.locator(".times label").first.inner_text().split()) == theirs
    page.get_by_role("link", name="change time zone").tap()
    page.get_by_label("City or country").fill("germ")
    page.get_by_role("link", name="Berlin").tap()
    page.get_by_text("Times shown for Berlin").wait_for()
    page.wait_for_url("**zone=Europe*")
    assert in_words("Berlin", "Europe/Berlin", page) in page.locator(".zone").inner_text()
    page.locator("#week-after").tap()
    page.wait_for_url("**day=2*#times")
    page.get_by_text(in_words("Berlin", "Europe/Berlin", page)).wait_for()
    page.locator("#clock").tap()
    page.wait_for_url("**clock=*")
    twelve = re.search("[AP]M", page.locator(".times label").first.inner_text().upper())
    assert bool(twelve) == (afar["locale"] == "en-GB")
    assert page.evaluate("document.activeElement.id") == "clock"


def test_a_time_that_goes_while_typing_and_one_that_is_kept_no_longer(
    site: Site, chromium_browser: Any
) -> None:
    page, _ = opened(chromium_browser, site.mint(), timezone_id="Europe/Berlin")
    elsewhere = page.context.new_page()
    elsewhere.goto(page.url)
    slot = page.locator("input[name=at]").nth(3).get_attribute("value")
    page.clock.install()
    page.reload()
    page.locator(".times label").nth(3).tap()
    page.get_by_label("Name").fill("Gil Guest")
    keep = page.get_by_role("button", name="Keep it longer")
    page.clock.fast_forward("06:50")
    assert not keep.is_visible(), "nobody is hurried while there is time"
    page.clock.fast_forward("00:15")
    looked_at(page, "kept not much longer")
    keep.tap()
    page.get_by_text("After that you can still book it").wait_for()
    assert page.evaluate("document.activeElement.textContent").strip().startswith("It is kept longer now.")
    assert page.get_by_label("Name").input_value() == "Gil Guest"
    page.reload()
    assert page.get_by_label("Name").input_value() == "Gil Guest", "a reload loses nothing"
    assert not set(SECRET.findall(page.evaluate(KEPT))), "no token, no key of a form"
    page.clock.fast_forward("20:01")
    page.get_by_text("It is not kept for you any more").first.wait_for()
    looked_at(page, "kept no longer")
    # The last pick of a link is the one that is kept: this frees the first.
    elsewhere.locator(".times label").nth(9).tap()
    elsewhere.get_by_text("Kept for you until").wait_for()
    site.api("POST", "/bookings", {"calendar": site.calendar, "starts_at": slot, "guest": MARA})
    page.get_by_label("E-mail").fill("gil@example.net")
    page.get_by_role("button", name="Book this time").tap()
    page.get_by_text(
        "That time has just gone. Your link is still good, and what you typed is kept."
    ).wait_for()
    assert slot not in page.content()
    assert "It is not kept" not in page.locator("[role=status]").inner_text(), "what is over is said no more"
    page.locator(".times label").nth(3).tap()
    assert page.get_by_label("Name").input_value() == "Gil Guest"
    page.get_by_role("button", name="Book this time").tap()
    page.get_by_role("heading", name="You're booked").wait_for()
    assert page.evaluate(KEPT) == "{}", "what is booked is kept no more"


KEPT = "JSON.stringify({...sessionStorage})"
SECRET = re.compile(r"[\w-]{20,}")
MARA = {"name": "Mara Lind", "email": "mara@example.org"}


OUT_OF_REACH = """() => [...document.querySelectorAll("h1, h2, a, button, label, input, select, textarea")]
    .filter((one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
    .filter((one) => !one.closest("[aria-hidden=true]"))
    .filter((one) => {
        one.scrollIntoView({ block: "center" });
        const [box] = one.getClientRects();
        if (!box || box.width < 2 || box.bottom < 0) return false;  // shown to no eye
        if (box.left < 0 || box.right > innerWidth) return true;
        const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        const beside = [one, ...(one.labels ?? []), ...(one.closest("label") ? [one.closest("label")] : [])];
        return !beside.some((its) => its.contains(there));
    }).map((one) => one.outerHTML.slice(0, 200))"""
"""What can be read or pressed, but lies outside the window or under something else."""

LID = """() => {
    const lid = document.body.appendChild(document.createElement("div"));
    Object.assign(lid.style, { position: "fixed", inset: "0", background: "canvas" });
}"""


def test_zoomed_and_from_right_to_left(site: Site, chromium_browser: Any) -> None:
    """At twice the size on a desk, and with lines that run the other way, nothing is cut off or covered."""
    context = chromium_browser.new_context(viewport={"width": 640, "height": 450}, device_scale_factor=2)
    page = context.new_page()
    page.goto(site.mint(**KNOWN))
    page.evaluate("document.documentElement.dir = 'rtl'")
    looked_at(page, "rtl times")
    # The signs turn with the text by themselves; whoever turned them once more would point the wrong way.
    turned = (
        "[...document.querySelectorAll('.month-head nav span')].map((one) => getComputedStyle(one).transform)"
    )
    assert set(page.evaluate(turned)) == {"none"}
    assert page.evaluate(OUT_OF_REACH) == []
    page.locator("#week-after").click()
    page.wait_for_url("**day=*")
    page.locator(".times label").first.click()
    page.get_by_role("button", name="Book this time").wait_for()
    looked_at(page, "rtl details")
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert page.evaluate(OUT_OF_REACH) == []
    page.evaluate(LID)
    assert page.evaluate(OUT_OF_REACH), "what is covered would be noticed"
