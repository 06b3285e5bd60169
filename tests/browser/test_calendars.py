"""Settings → Calendars: create, hours by typing, by drag and by keyboard, save, menu, copy, archive, undo."""

from __future__ import annotations

import re
from typing import Any

from bookonce.interfaces.host.calendars import hours as calendar_hours
from tests.browser.conftest import Site, looked_at
from tests.browser.test_share_journey import comes_true
from tests.interfaces.host.calendars.typed_hours import LISTS, RANGES, VOICES, WRITTEN

DESK = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"}
PHONE = {
    "viewport": {"width": 390, "height": 800},
    "has_touch": True,
    "is_mobile": True,
    "color_scheme": "dark",
}
LIST = "**/settings/calendars"
SCRIPT = """async ({ notation, ranges, lists, written }) => {
  const hours = document.querySelector('script[src$="/hours.js"]').src;
  const { wallTimes } = await import(hours.replace("hours.js", "wall_times.js"));
  const { wall, rangeOf, rangesOf } = wallTimes(notation);
  const kept = (at) => `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
  const said = (pair) => (pair ?? []).map(kept).join("–");
  return [
    ranges.map(([first, last]) => said(rangeOf(first, last))),
    lists.map((text) => rangesOf(text)?.map(said) ?? null),
    written.map(wall),
  ];
}"""
"""What the form's script reads and writes."""


def signed_in(site: Site, browser: Any, **kind: Any) -> Any:
    page = browser.new_context(base_url=site.address, **kind).new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill("hana@example.org")
    page.get_by_label("Password").fill("a quiet password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(LIST)
    return page


def typed(page: Any, day: str) -> list[str]:
    """The hours of a day as they stand in the fields."""
    return page.locator(f"#hours-{day} [data-row] input").evaluate_all(
        "fields => fields.map(one => one.value)"
    )


def draw(page: Any, column: int, start: float, end: float) -> None:
    """With the mouse, from hour to hour."""
    track = page.locator(".grid-track").nth(column)
    page.locator(".grid-scroll").evaluate("grid => grid.scrollIntoView({ block: 'center' })")
    track.evaluate("(track, hour) => track.closest('.grid-scroll').scrollTop = (hour - 1) * 28", start)
    box = track.bounding_box()
    middle, hour = box["x"] + box["width"] / 2, box["height"] / 24
    page.mouse.move(middle, box["y"] + start * hour + 2)
    page.mouse.down()
    page.mouse.move(middle, box["y"] + (start + 0.5) * hour)
    page.mouse.move(middle, box["y"] + end * hour - 2)
    page.mouse.up()


def drag(page: Any, block: Any, columns: int, hours: float) -> None:
    box, width = block.bounding_box(), page.locator(".grid-track").first.bounding_box()["width"]
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + columns * width, box["y"] + 30)
    page.mouse.move(box["x"] + box["width"] / 2 + columns * width, box["y"] + 20 + hours * 28)
    page.mouse.up()


def on(page: Any, word: str) -> None:
    """Focus comes to what begins with this word."""
    there = "word => document.activeElement.textContent.trim().startsWith(word)"
    comes_true(page, there, word)


def mend(page: Any) -> None:
    """What is wrong is said, nothing is lost, and focus is led to the field."""
    page.get_by_label("Description").fill("Half an hour for the first steps.")
    page.get_by_role("button", name="Create calendar").click()
    page.get_by_role("link", name="Name: Give the calendar a name").click()
    assert page.evaluate("document.activeElement.id") == "name"
    looked_at(page, "calendar with faults")
    page.keyboard.type("First steps")


def type_hours(page: Any) -> None:
    """Ranges, another one, a copy to other days, one less."""
    page.get_by_label("Monday from").fill("08:00")
    page.get_by_role("button", name="Add hours on Monday").last.click()
    page.get_by_label("Monday from").last.fill("18:00")
    page.get_by_label("Monday to").last.fill("00:00")
    page.get_by_label("Monday to").last.blur()
    assert typed(page, "mon") == ["08:00", "17:00", "18:00", "24:00"]
    page.get_by_role("button", name="Copy the hours of Monday").click()
    # Enter copies there, and does not send the form.
    page.locator("#copy-mon").get_by_label("Friday").press("Enter")
    assert typed(page, "fri") == typed(page, "mon")
    page.get_by_role("button", name="Remove these hours on Friday").last.click()
    assert typed(page, "fri") == ["08:00", "17:00"]


def read_hours(page: Any) -> None:
    """The script reads and writes hours as the server does, on every clock."""
    kept = [f"{at // 60:02}:{at % 60:02}" for at in WRITTEN]
    for voice in VOICES:
        said = {"ranges": list(RANGES), "lists": list(LISTS), "written": WRITTEN}
        found = page.evaluate(SCRIPT, said | {"notation": calendar_hours.hours_vocabulary(voice)["notation"]})
        assert dict(zip(RANGES, found[0], strict=True)) == RANGES
        assert dict(zip(LISTS, found[1], strict=True)) == LISTS
        assert found[2] == [calendar_hours.format_wall_time(one, voice) for one in kept], voice


def draw_hours(page: Any) -> None:
    """Drawn on Saturday, carried to Sunday, moved and stretched by keyboard, removed."""
    draw(page, 5, 9, 12)
    assert typed(page, "sat") == ["09:00", "12:00"]
    drag(page, page.get_by_role("button", name="Saturday, 09:00–12:00"), 1, 1)
    assert (typed(page, "sat"), typed(page, "sun")) == ([], ["10:00", "13:00"])
    block = page.get_by_role("button", name="Sunday, 10:00–13:00")
    block.focus()
    for key in ("ArrowUp", "Shift+ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    assert (typed(page, "sat"), typed(page, "sun")) == (["09:30", "13:00"], [])
    page.keyboard.press("Delete")
    assert typed(page, "sat") == []
    # What is pulled over the next hours stops where they begin.
    drag(page, page.get_by_role("button", name="Monday, 08:00–17:00"), 0, 8)
    assert typed(page, "mon") == ["09:00", "18:00", "18:00", "24:00"]


def choose_where(page: Any) -> None:
    """A field that the choice does not need is not there; what was typed in it comes back."""
    where, how = page.locator("#place_value"), page.get_by_label("How you meet")
    another, which = page.get_by_label("Another Name"), page.get_by_label("Name: which")
    assert (where.is_visible(), another.is_visible()) == (False, False)
    how.select_option("By phone")
    assert page.get_by_role("textbox", name="Phone number (optional)", exact=True).is_visible()
    how.select_option("At an address")
    page.get_by_role("textbox", name="Street address", exact=True).fill("Lindenstr. 1")
    which.select_option("Another")
    another.fill("Front desk")
    how.select_option("By phone, on the guest's number")
    which.select_option("Not shown")
    assert (where.is_visible(), another.is_visible()) == (False, False)
    how.select_option("At an address")
    which.select_option("Another")
    assert (where.input_value(), another.input_value()) == ("Lindenstr. 1", "Front desk")
    how.select_option("By phone, on the guest's number")
    which.select_option("Not shown")
    zone, search = page.get_by_label("Time zone"), page.locator("#calendar").get_by_label("Search a city")
    search.fill("london")
    assert zone.input_value() == "Europe/London"
    search.fill("")
    assert zone.input_value() == "Europe/Berlin", "an emptied search gives back what it began from"
    search.fill("munich")
    assert zone.input_value() == "Europe/Berlin"


def save(page: Any) -> None:
    """The preview follows, leaving asks first, and what is saved is what was typed."""
    page.locator("#preview").get_by_text("First steps", exact=True).wait_for()
    page.get_by_text("Not saved yet").wait_for()
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Calendars", exact=True).last.click()
    assert asked == ["beforeunload"]
    page.get_by_text("Seen from another time zone").click()
    page.locator(".seen").get_by_label("Search a city").fill("toky")
    page.locator("#preview").get_by_text("Tokyo, UTC+9").wait_for()
    page.get_by_role("button", name="Create calendar").click()
    page.get_by_text("Your calendar is ready.").wait_for()
    assert typed(page, "mon") == ["09:00", "18:00", "18:00", "24:00"]
    assert page.get_by_label("How you meet").input_value() == "ask"
    assert page.get_by_label("Name: which").input_value() == "hidden"
    looked_at(page, "calendar")


def choose(page: Any) -> None:
    """The menu, by keyboard alone."""
    page.get_by_role("link", name="Calendars", exact=True).last.click()
    page.wait_for_url(LIST)
    more = page.get_by_role("button", name="Actions for First steps")
    more.focus()
    page.keyboard.press("Enter")
    on(page, "Share")
    looked_at(page, "menu")
    page.keyboard.press("ArrowDown")
    on(page, "Edit")
    page.keyboard.press("End")
    on(page, "Archive")
    page.keyboard.press("ArrowDown")
    on(page, "Share")
    page.keyboard.press("Escape")
    assert more.evaluate("more => more === document.activeElement")
    at_once = more.evaluate("more => (more.click(), document.activeElement.textContent.trim())")
    assert at_once == "Share", "the next key is the menu's, however fast it comes"
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("d")
    on(page, "Duplicate")
    page.keyboard.press("Enter")
    page.get_by_text("This is the copy.").wait_for()
    assert page.get_by_label("Name", exact=True).first.input_value() == "First steps (copy)"


def archive(page: Any) -> None:
    """Away, and back."""
    page.goto("/settings/calendars")
    page.get_by_role("button", name="Actions for First steps (copy)").click()
    page.get_by_role("menuitem", name="Archive").click()
    page.get_by_text("“First steps (copy)” is archived.").wait_for()
    looked_at(page, "archived")
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("“First steps (copy)” is back.").wait_for()


def twelve(page: Any) -> None:
    """On a clock of twelve hours everything is read, drawn and typed so."""
    page.goto("/settings/account")
    page.get_by_label("Clock").select_option("12")
    page.get_by_role("button", name="Save").click()
    page.goto("/settings/calendars")
    page.get_by_role("link", name="First steps", exact=True).click()
    block = page.get_by_role("button", name=re.compile(r"^Friday, "))
    assert block.get_attribute("aria-label") == "Friday, 8:00\u00a0AM–5:00\u00a0PM"
    assert page.locator(".grid-clock span").nth(12).inner_text() == "1\u00a0PM"
    assert typed(page, "fri") == ["8:00\u00a0AM", "5:00\u00a0PM"]
    first, last = page.get_by_label("Friday from"), page.get_by_label("Friday to")
    last.fill("6")
    last.blur()
    assert typed(page, "fri") == ["8:00\u00a0AM", "6:00\u00a0PM"], "who leaves a field sees how it was read"
    first.fill("10-2pm")
    first.blur()
    assert typed(page, "fri") == ["10:00\u00a0AM", "2:00\u00a0PM"]
    first.fill("ten")
    first.blur()
    page.get_by_label("How you meet").select_option("Online, by a link")
    page.get_by_role("textbox", name="Meeting link", exact=True).fill("")
    page.get_by_label("Name: which").select_option("Another")
    page.get_by_label("Another Name").fill("")
    page.get_by_role("button", name="Save").last.click()
    page.get_by_role("link", name="Meeting link: Say where it is").wait_for()
    page.get_by_label("How you meet").select_option("Nothing is said")
    page.get_by_label("Name: which").select_option("Not shown")
    assert page.locator("#calendar .has-error .error").count() == 0, "what is not needed is not wrong"
    assert page.get_by_role("alert").get_by_role("link").count() == 1
    page.get_by_role("link", name="Friday: Give a start and an end, like 9:00 AM and 5:00 PM.").click()
    assert typed(page, "fri") == ["ten", "2:00\u00a0PM"]
    assert not block.count(), "what cannot be read is not drawn"
    looked_at(page, "calendar on twelve hours")


def test_the_whole_way_of_a_calendar(site: Site, chromium_browser: Any) -> None:
    page = signed_in(site, chromium_browser, **DESK)
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.get_by_role("link", name="New calendar").click()
    looked_at(page, "new calendar")
    for step in (mend, type_hours, read_hours, draw_hours, choose_where, save, choose, archive, twelve):
        step(page)
    assert not faults


def test_a_phone_without_script(site: Site, chromium_browser: Any) -> None:
    page = signed_in(site, chromium_browser, **PHONE, java_script_enabled=False)
    page.get_by_role("button", name="Actions for Intro call").click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Name", exact=True).first.fill("Kennenlernen")
    page.get_by_role("button", name="Remove these hours on Monday").click()
    page.get_by_role("button", name="Add hours on Sunday").click()
    page.get_by_label("Sunday to").fill("11:00")
    page.get_by_role("button", name="Preview", exact=True).click()
    page.get_by_text("Kennenlernen").first.wait_for()
    page.get_by_role("button", name="Back to the form").click()
    page.get_by_role("button", name="Save").last.click()
    page.get_by_text("Saved.").wait_for()
    assert page.get_by_label("Sunday to").input_value() == "11:00\u00a0AM"
    assert not page.get_by_label("Monday from").count()


HIDES_NOTHING = """(() => {
    const bar = document.querySelector("nav.index").getBoundingClientRect();
    const heading = document.querySelector("#rules h2").getBoundingClientRect();
    return Math.abs(bar.y) < 1 && bar.height > 0 && bar.height < heading.y + 1;
})()"""
"""The list of sections has come along, and the chosen section lies below it: true once the page stands.

A phone's pixels are parts of CSS pixels, and what sticks is placed in 64ths of one.
"""


def test_pages_fit_a_phone(site: Site, chromium_browser: Any) -> None:
    for number in range(6):
        site.api("POST", "/calendars", {"name": f"Consultation {number}"})
    page = signed_in(site, chromium_browser, **PHONE)
    page.route("**/conditional_fields.js", lambda route: route.abort())
    looked_at(page, "calendars")
    page.get_by_role("searchbox").press_sequentially("intro")
    page.get_by_text("Consultation 1").wait_for(state="detached")
    page.get_by_role("status").get_by_text("1 calendar found").wait_for(state="attached")
    assert page.get_by_role("searchbox").evaluate("field => field === document.activeElement")
    page.get_by_role("link", name="Intro call").click()
    by_finger(page)
    page.get_by_role("button", name="Add a question").click()
    page.get_by_role("button", name="Add a day").click()
    where = page.locator("#place_value")
    page.get_by_label("How you meet").select_option("By phone")
    where.fill("Ring twice")
    page.get_by_label("How you meet").select_option("Nothing is said")
    assert not where.is_visible()
    late: list[Any] = []
    page.route("**/focus_error.js", lambda route: late.append(route), times=1)  # noqa: PLW0108 - it asks for a plain function
    page.get_by_role("button", name="Save").last.click()
    page.get_by_role("link", name="Choose how you meet, or take away what stands below.").wait_for()
    assert where.is_visible(), "a field that is refused is shown, whichever script has not come"
    where.fill("")
    page.evaluate("scrollTo(0, 800)")
    late[0].continue_()
    page.wait_for_load_state()
    assert page.evaluate("scrollY") > 400, "whoever has begun to mend it is not fetched back"
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="Limits").click()
    comes_true(page, "document.querySelector('.index a[aria-current]').hash === '#rules'")
    comes_true(page, HIDES_NOTHING)
    looked_at(page, "calendar")
    page.get_by_role("button", name="Preview", exact=True).click()
    looked_at(page, "calendar preview")
    fits_in_german(page, chromium_browser)


def pull(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    """With a finger."""
    session = page.context.new_cdp_session(page)
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    for kind, points in (
        ("touchStart", [start]),
        ("touchMove", [middle]),
        ("touchMove", [end]),
        ("touchEnd", []),
    ):
        at = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})
    session.detach()


def by_finger(page: Any) -> None:
    """On a tablet a tap makes an hour, which can be moved and stretched, however short it is."""
    small = page.viewport_size
    page.set_viewport_size({"width": 820, "height": 1000})
    page.reload()
    grid, track = page.locator(".grid-scroll"), page.locator(".grid-track").last
    grid.evaluate("grid => grid.scrollIntoView({ block: 'center' })")
    box = track.bounding_box()
    hour, x = box["height"] / 24, box["x"] + box["width"] / 2
    page.touchscreen.tap(x, box["y"] + 11.2 * hour)
    assert typed(page, "sat") == ["11:00\u00a0AM", "12:00\u00a0PM"]
    pull(page, (x, box["y"] + 11.4 * hour), (x, box["y"] + 13.4 * hour))
    assert typed(page, "sat") == ["1:00\u00a0PM", "2:00\u00a0PM"]
    pull(page, (x, box["y"] + 13.9 * hour), (x, box["y"] + 15.9 * hour))
    assert typed(page, "sat") == ["1:00\u00a0PM", "4:00\u00a0PM"]
    looked_at(page, "hours by finger")
    page.get_by_role("button", name="Remove these hours on Saturday").tap()
    page.set_viewport_size(small)


def fits_in_german(page: Any, browser: Any) -> None:
    """Longer words keep to one line of tabs, which begins where the reader is."""
    kept = page.context.storage_state()
    small = {"viewport": {"width": 320, "height": 640}, "locale": "de-DE"}
    page = browser.new_context(
        base_url=re.match(r"\w+://[^/]+", page.url)[0], storage_state=kept, **small
    ).new_page()
    page.goto("/settings/keys")
    assert page.locator(".tabs").bounding_box()["height"] < 60
    comes_true(page, "document.querySelector('.tabs').scrollLeft > 0")
    comes_true(page, "document.querySelector('.tabs [aria-current]').getBoundingClientRect().right <= 320")
    looked_at(page, "tabs in German")
