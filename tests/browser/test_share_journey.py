"""The document's way of an owner: Settings, Calendars, ⋮, Share, Create and copy; and what became of it."""

from __future__ import annotations

import re
from time import monotonic
from typing import Any

from tests.browser.conftest import COVERED, Site, looked_at
from tests.browser.test_guest_journey import DARK_DESK, DESK, PHONE, SMALL, book, shows

COPIED = "Copied. Works once, for the first person who books."
CLIPBOARD = ["clipboard-read", "clipboard-write"]
PERSON = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
REFUSED = """
for (const name of ["write", "writeText"])
  navigator.clipboard[name] = () => Promise.reject(new DOMException("no", "NotAllowedError"));
document.execCommand = () => false;
"""


def signed_in(site: Site, browser: Any, *, clipboard: bool = True, **kind: Any) -> Any:
    """Hana's browser, at her calendars."""
    context = browser.new_context(**kind)
    if clipboard:
        context.grant_permissions(CLIPBOARD, origin=site.address)
    page = context.new_page()
    page.goto(f"{site.address}/sign-in")
    page.locator("#email").fill("hana@example.org")
    page.locator("#password").fill("a quiet password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/settings/calendars")
    return page


WHERE_IT_STANDS = """({
    address: location.href,
    scrolled: scrollY,
    focused: document.activeElement?.outerHTML.slice(0, 200),
    places: [...document.querySelectorAll("nav, h1, h2, [aria-current], dialog")].map((one) => {
        const { y, height } = one.getBoundingClientRect();
        return [one.outerHTML.slice(0, 60), y, height];
    }),
})"""


def comes_true(page: Any, what: str, said: Any = None) -> None:
    """This expression becomes true soon; the page's rules refuse Playwright's own way to wait for one."""
    until = monotonic() + 5
    while not page.evaluate(what, said):
        assert monotonic() < until, (what, page.evaluate(WHERE_IT_STANDS))
        page.wait_for_timeout(50)


def share(page: Any) -> Any:
    """⋮, Share: the dialog."""
    page.get_by_role("button", name="Actions for Intro call").click()
    page.get_by_role("menuitem", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share “Intro call”")
    dialog.wait_for()
    return dialog


def test_from_settings_to_copy_to_a_booking_and_its_trail(site: Site, chromium_browser: Any) -> None:
    hana = signed_in(site, chromium_browser, **DESK)
    asked: list[str] = []
    hana.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    dialog = share(hana)
    looked_at(hana, "share")
    dialog.get_by_label("For (optional)").fill("Gil Guest, gil@example.net")
    dialog.get_by_role("button", name="Create & copy").dblclick()
    dialog.get_by_text(COPIED).wait_for()
    link = hana.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(rf"{re.escape(site.address)}/o/\w{{23}}", link)
    assert dialog.get_by_role("button", name="Copy again").count() == 1
    assert len([one for one in asked if one.startswith("POST") and one.endswith("/share")]) == 1
    token = link.rpartition("/")[2]
    assert token not in hana.url + hana.title() + hana.evaluate("JSON.stringify(history.state)")
    looked_at(hana, "share made")

    dialog.get_by_role("link", name="Make another").click()
    dialog.get_by_role("button", name="Create & copy").wait_for()
    hana.keyboard.press("Enter")
    dialog.get_by_text(COPIED).wait_for()
    second = hana.evaluate("navigator.clipboard.readText()")
    assert second != link
    dialog.get_by_role("button", name="Copy the link for Gil Guest again").click()
    comes_true(hana, "link => navigator.clipboard.readText().then(text => text === link)", link)

    gil = chromium_browser.new_context(**PHONE, user_agent=PERSON, java_script_enabled=False).new_page()
    book(site, gil, link)
    assert shows(gil, "You're booked")
    late = chromium_browser.new_context(**PHONE).new_page()
    assert late.goto(link).status == 410

    hana.evaluate("dispatchEvent(new Event('focus'))")
    dialog.get_by_role("link", name="See booking of Gil Guest").wait_for()
    dialog.get_by_role("button", name="Revoke the link for whoever books first").click()
    looked_at(hana, "revoke")
    hana.get_by_role("button", name="Revoke the link", exact=True).click()
    dialog.get_by_role("button", name="Re-open the link for whoever books first").wait_for()
    assert late.goto(second).status == 410
    dialog.get_by_role("button", name="Re-open the link for whoever books first").click()
    dialog.get_by_role("button", name="Revoke the link for whoever books first").wait_for()
    assert late.goto(second).status == 200
    assert re.search(r"Booked \w+", dialog.locator("li", has_text="Gil Guest").inner_text())

    dialog.get_by_role("link", name="Gil Guest", exact=True).click()
    hana.wait_for_url("**/links/lnk_*")
    assert hana.get_by_role("heading", name="It has been used: Gil Guest booked.").count() == 1
    told = hana.locator("ol.trail").inner_text()
    for sentence in (
        "You made the link.",
        "You copied the address.",
        "A person opened the link.",
        "Gil Guest booked",
    ):
        assert sentence in told
    looked_at(hana, "link used")

    makes_another(hana, dialog)
    is_led_to_the_reason(hana)
    is_printed_without_buttons(hana, site)
    is_never_hidden(hana, site)
    finds_a_link(hana, site)


def makes_another(hana: Any, dialog: Any) -> None:
    """From the page of the link that is used, for whom that was."""
    hana.get_by_role("link", name="Make another link").click()
    assert dialog.get_by_label("For (optional)").input_value() == "Gil Guest, gil@example.net"
    hana.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    hana.wait_for_url("**/links/lnk_*")


def is_led_to_the_reason(hana: Any) -> None:
    """Whoever is refused by a whole page stands before the reason."""
    hana.goto(f"{hana.url}/edit")
    hana.get_by_label("Phone").fill("none")
    hana.get_by_role("button", name="Save").click()
    hana.get_by_role("alert").wait_for()
    comes_true(hana, "document.activeElement.getAttribute('role') === 'alert'")
    looked_at(hana, "link refused")


def is_printed_without_buttons(hana: Any, site: Site) -> None:
    """On paper there is nothing to press; the address stays."""
    hana.goto(f"{site.address}/links/{site.api('GET', '/links')['data'][0]['id']}")
    hana.emulate_media(media="print")
    assert hana.get_by_label("Address").is_visible()
    assert not hana.locator("button:visible, a.button:visible, a.back:visible").count()
    hana.emulate_media(media="screen")


def is_never_hidden(hana: Any, site: Site) -> None:
    """What Tab comes to is seen, on the page and in the sheet: no bar that sticks lies on it."""
    small = hana.viewport_size
    hana.set_viewport_size({"width": 800, "height": 500})
    hana.goto(f"{site.address}/links/{site.api('GET', '/links')['data'][0]['id']}")
    hana.get_by_role("link", name="Change", exact=True).click()
    hana.get_by_role("dialog", name="Change the link").get_by_label("Phone").wait_for()
    for page in ("sheet", "whole"):
        for key in ("Tab", "Shift+Tab"):
            hidden = set()
            for _ in range(40):
                hana.keyboard.press(key)
                hidden.add(hana.evaluate(COVERED))
            assert hidden <= {""}, f"{page}, {key}"
        hana.reload()
    hana.set_viewport_size(small)


def finds_a_link(hana: Any, site: Site) -> None:
    """The list follows what is typed and pressed; Back brings all of it again."""
    hana.goto(f"{site.address}/settings/calendars/{site.calendar}/links")
    search = hana.get_by_label("Name, e-mail, phone or label")
    search.press_sequentially("gil")
    comes_true(hana, "document.querySelectorAll('.row').length === 1")
    assert hana.url.endswith("?q=gil")
    hana.get_by_role("link", name="Revoked").click()
    hana.get_by_role("heading", name="No link fits").wait_for()
    comes_true(hana, "document.activeElement.textContent === 'Revoked'")
    hana.go_back()
    hana.get_by_role("link", name="Gil Guest", exact=True).wait_for()
    assert search.input_value() == "gil"
    looked_at(hana, "links")


def test_where_copying_is_refused_the_address_stands_selected(site: Site, chromium_browser: Any) -> None:
    hana = signed_in(site, chromium_browser, clipboard=False, **DARK_DESK)
    hana.add_init_script(REFUSED)
    hana.reload()
    dialog = share(hana)
    dialog.get_by_role("button", name="Create & copy").click()
    dialog.get_by_text("Press Ctrl+C").wait_for()
    link = hana.evaluate("getSelection().toString() || document.activeElement.value")
    assert link.startswith(f"{site.address}/o/")
    assert dialog.get_by_text(COPIED).count() == 0
    looked_at(hana, "copy refused")
    dialog.get_by_role("button", name="Copy the link for whoever books first again").click()
    comes_true(hana, "document.activeElement.className === 'by-hand'")
    assert hana.evaluate("document.activeElement.value") == link
    dialog.get_by_label("For (optional)").or_(dialog.get_by_role("link", name="Make another")).first.click()
    dialog.get_by_label("For (optional)").fill("gil@nowhere")
    dialog.get_by_role("button", name="Create & copy").click()
    dialog.get_by_role("alert").wait_for()
    assert dialog.get_by_label("For (optional)").input_value() == "gil@nowhere"
    assert dialog.get_by_role("alert").evaluate("alert => alert === document.activeElement")
    dialog.get_by_label("Works until").select_option("own")
    dialog.get_by_label("Last day", exact=True).fill("2020-01-01")
    dialog.get_by_role("button", name="Create & copy").click()
    late = dialog.get_by_role("alert").get_by_role("link", name="Choose a time that lies ahead.")
    late.wait_for()
    assert dialog.get_by_role("alert").get_by_role("link").count() == 2, "everything is told at once"
    dialog.get_by_label("Works until").select_option("7")
    assert (late.count(), dialog.get_by_label("Last day", exact=True).is_visible()) == (0, False)
    [session] = [one for one in hana.context.cookies() if one["name"] == "bookonce"]
    hana.context.clear_cookies(name="bookonce")
    dialog.get_by_label("For (optional)").fill("gil@example.net")
    dialog.get_by_role("button", name="Create & copy").click()
    dialog.get_by_role("link", name="Sign in in a new tab").wait_for()
    assert dialog.get_by_role("alert").get_by_text("You were signed out", exact=True).count() == 1
    looked_at(hana, "signed out in a sheet")
    hana.context.add_cookies([session])
    dialog.get_by_role("button", name="Create & copy").click()
    dialog.get_by_text("The link for gil@example.net is ready.").wait_for()
    assert "copied" not in str(site.api("GET", f"/links/{site.api('GET', '/links')['data'][0]['id']}/trail"))


def is_slow(hana: Any) -> None:
    """What is slow to come opens at once under its name, and can be closed as long as it comes."""
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    hana.route("**/share", hold)
    waiting = hana.get_by_role("dialog", name="Share", exact=True)
    for close in (True, False):
        hana.get_by_role("button", name="Actions for Intro call").click()
        hana.get_by_role("menuitem", name="Share").click()
        waiting.get_by_text("…", exact=True).wait_for()
        looked_at(hana, "a slow sheet")
        if close:
            hana.keyboard.press("Escape")
            waiting.wait_for(state="detached")
            held.pop().continue_()
    held.pop().continue_()
    hana.unroute("**/share")
    dialog = hana.get_by_role("dialog", name="Share “Intro call”")
    dialog.get_by_role("button", name="Create & copy").wait_for()
    assert dialog.get_attribute("aria-busy") is None
    hana.keyboard.press("Escape")
    dialog.wait_for(state="detached")


def keeps_what_was_typed(hana: Any) -> None:
    """A sheet that is closed over what was typed has it again when it is opened; a key is never kept."""
    dialog = share(hana)
    again = dialog.get_by_text("What you typed before is here again.")
    dialog.get_by_label("For (optional)").fill("Mara")
    hana.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    share(hana)
    assert (dialog.get_by_label("For (optional)").input_value(), again.is_visible()) == ("Mara", True)
    looked_at(hana, "share again")
    dialog.get_by_role("button", name="Start afresh").click()
    assert (dialog.get_by_label("For (optional)").input_value(), again.is_visible()) == ("", False)
    dialog.get_by_text("More", exact=True).click()
    dialog.get_by_label("Label").fill("Spring")
    dialog.get_by_label("For (optional)").fill("Gil")
    kept = hana.evaluate("JSON.stringify({ ...sessionStorage })")
    assert "Gil" in kept
    assert dialog.locator("[name=seal]").input_value() not in kept
    assert hana.locator("[name=csrfmiddlewaretoken]").first.input_value() not in kept


def presses_while_the_list_is_renewed(hana: Any) -> None:
    """What was changed in a sheet comes to the list below it, but not under a button that is pressed."""
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    hana.route("**/settings/calendars", hold)
    hana.keyboard.press("Escape")
    hana.get_by_role("button", name="Actions for Intro call").hover()
    hana.mouse.down()
    while not held:
        hana.wait_for_timeout(20)
    with hana.expect_response("**/settings/calendars"):
        held.pop().continue_()
    hana.unroute("**/settings/calendars")
    hana.wait_for_timeout(200)
    hana.mouse.up()
    hana.get_by_role("menuitem", name="Share").wait_for()
    hana.keyboard.press("Escape")


def test_a_sheet_is_a_page_with_a_way_back(site: Site, chromium_browser: Any) -> None:
    hana = signed_in(site, chromium_browser, **PHONE)
    list_of_calendars = hana.url
    is_slow(hana)
    more = "document.activeElement.getAttribute('aria-label') === 'Actions for Intro call'"
    for close in (
        lambda: hana.keyboard.press("Escape"),
        lambda: hana.get_by_role("button", name="Close").click(),
        hana.go_back,
        lambda: hana.mouse.click(20, 10),
    ):
        dialog = share(hana)
        assert hana.url.endswith("/share")
        close()
        dialog.wait_for(state="detached")
        comes_true(hana, more)
        hana.wait_for_url(list_of_calendars)
    dialog = share(hana)
    dialog.get_by_role("link", name="Scheduling link").click()
    switch = dialog.get_by_role("switch")
    switch.click()
    comes_true(hana, "document.activeElement.getAttribute('aria-checked') === 'false'")
    looked_at(hana, "scheduling off")
    presses_while_the_list_is_renewed(hana)
    hana.get_by_text("Link only").wait_for()
    keeps_what_was_typed(hana)
    hana.reload()
    assert shows(hana, "Share “Intro call”")
    assert hana.get_by_label("For (optional)").input_value() == "Gil"
    assert hana.get_by_label("Label").input_value() == "Spring"
    hana.go_back()
    hana.wait_for_url(list_of_calendars)
    assert shows(hana, "Calendars")
    assert hana.evaluate("sessionStorage.length") == 1
    other = hana.context.new_page()
    other.goto(hana.url)
    other.get_by_role("button", name="Your account: Hana").click()
    other.get_by_role("menuitem", name="Sign out").click()
    other.wait_for_url("**/sign-in**")
    comes_true(hana, "sessionStorage.length === 0")  # whoever comes next finds nothing of it


def test_without_script_a_page_does_the_same(site: Site, chromium_browser: Any) -> None:
    hana = signed_in(site, chromium_browser, clipboard=False, java_script_enabled=False, **SMALL)
    hana.goto(f"{site.address}/settings/calendars/{site.calendar}/share")
    hana.get_by_label("For (optional)").fill("Gil Guest")
    hana.get_by_role("button", name="Create the link").click()
    link = hana.get_by_label("One-time link", exact=True).input_value()
    assert link.startswith(f"{site.address}/o/")
    assert hana.get_by_role("button", name="Copy again").count() == 0
    hana.get_by_role("button", name="Copy the link for Gil Guest again").click()
    assert hana.get_by_label("Address").input_value() == link
    hana.get_by_role("button", name="Revoke the link for Gil Guest").click()
    hana.get_by_role("button", name="Revoke the link", exact=True).click()
    hana.get_by_role("heading", name="It was revoked, and cannot be used.").wait_for()
    hana.get_by_role("button", name="Re-open").click()
    hana.get_by_role("heading", name="It can be used.").wait_for()
