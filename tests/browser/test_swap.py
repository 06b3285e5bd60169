"""swap.js: answers come into the same page; history, focus and whatever was typed are as on plain pages."""

from __future__ import annotations

from typing import Any

from tests.browser.conftest import MOMENT, Site

DESK = {"viewport": {"width": 1280, "height": 800}, "timezone_id": "Europe/Berlin"}
MARK = "document.documentElement.dataset.mark = 'same'"


def same_document(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.dataset.mark === 'same'"))


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.tagName"))


def to_details(page: Any, number: int = 2) -> None:
    page.locator(".times label").nth(number).click()
    page.get_by_label("Name").wait_for()


def test_answers_come_into_the_page_and_back_keeps_everything(site: Site, chromium_browser: Any) -> None:
    page = chromium_browser.new_context(**DESK).new_page()
    site.api("PATCH", f"/calendars/{site.calendar}", {"window_days": 90})  # later than any next month
    link = site.mint()
    page.goto(link)
    page.evaluate(MARK)

    page.locator("#later").click()
    page.wait_for_url("**?month=*")
    assert focused(page) == "later"
    month = page.locator("#month").inner_text()
    page.locator("[role=status]").filter(has_text=month).wait_for(state="attached")
    assert page.locator("[role=status]").inner_text() == month
    page.go_back()
    page.wait_for_url(link)

    to_details(page)
    assert "pick=" in page.url
    assert focused(page) == "H1"
    page.get_by_label("Name").fill("Gil Guest")
    page.go_back()
    page.wait_for_url(link)
    assert page.locator("input[name=at]").nth(2).is_checked()
    page.go_forward()
    assert page.get_by_label("Name").input_value() == "Gil Guest"

    page.get_by_label("E-mail").fill("nobody")
    site.passes(MOMENT, page)
    page.get_by_role("button", name="Book this time").click()
    page.get_by_role("alert").wait_for()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    assert page.get_by_label("Name").input_value() == "Gil Guest"
    assert same_document(page)
    page.reload()
    assert page.get_by_role("button", name="Book this time").count() == 1, "a look shows what is shown"


def test_a_lost_network_loses_nothing_and_a_lost_answer_is_given_again(
    site: Site, chromium_browser: Any
) -> None:
    context = chromium_browser.new_context(**DESK)
    page, link = context.new_page(), site.mint()
    page.goto(link)
    page.evaluate(MARK)
    to_details(page)
    page.get_by_label("Name").fill("Gil Guest")
    page.get_by_label("E-mail").fill("gil@example.net")
    site.passes(MOMENT, page)

    context.set_offline(True)
    page.get_by_role("button", name="Book this time").click()
    told = page.get_by_role("alert")
    told.wait_for()
    assert told.inner_text() == "We could not reach the server. Nothing is lost; try again."
    context.set_offline(False)

    busy = "<main><p class='workspace'>Hana</p><h1>Too many requests</h1><p>Wait a minute.</p></main>"
    page.route(link, lambda route: route.fulfill(status=429, content_type="text/html", body=busy), times=1)
    page.get_by_role("button", name="Book this time").click()
    page.get_by_role("alert").get_by_text("Too many requests").wait_for()
    assert told.inner_text() == "Too many requests Wait a minute."

    def lose_the_answer(route: Any) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    page.route(link, lose_the_answer, times=1)
    page.get_by_role("button", name="Book this time").click()
    page.locator("button:enabled", has_text="Book this time").wait_for()
    assert told.inner_text() == "We could not reach the server. Nothing is lost; try again."
    assert page.get_by_label("E-mail").input_value() == "gil@example.net"
    page.get_by_role("button", name="Book this time").click()
    page.get_by_role("heading", name="You're booked").wait_for()
    assert (page.url, same_document(page)) == (link, True)
    page.go_back()
    page.get_by_role("heading", name="You're booked").wait_for()
    page.wait_for_function("document.activeElement.tagName === 'H1'")


def test_what_was_booked_without_a_link_keeps_its_own_address(site: Site, chromium_browser: Any) -> None:
    page = chromium_browser.new_context(**DESK).new_page()
    public = site.api("GET", f"/calendars/{site.calendar}")["url"]
    page.goto(public)
    page.evaluate(MARK)
    to_details(page)
    page.get_by_label("Name").fill("Gil Guest")
    page.get_by_label("E-mail").fill("gil@example.net")
    page.get_by_role("button", name="Book this time").click()
    booked = page.get_by_role("heading", name="You're booked")
    booked.wait_for()
    mine = page.url
    assert "/b/" in mine
    assert same_document(page)
    page.reload()
    booked.wait_for()
    page.go_back()
    page.wait_for_url(public)
    page.locator(".times label").first.wait_for()
    page.go_forward()
    booked.wait_for()
    assert page.url == mine


def test_a_double_press_sends_once(site: Site, chromium_browser: Any) -> None:
    page = chromium_browser.new_context(**DESK).new_page()
    page.goto(site.mint())
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.locator(".times label").nth(2).dblclick()
    page.get_by_label("Name").wait_for()
    assert sent.count("POST") == 1
