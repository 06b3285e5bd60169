"""From the address that the start prints to a desk that opens by a passkey, in a real browser."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import looked_at
from tests.interfaces.commands.shell import Shell, free_port

PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
TOUCH = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
LONG = "Zahnarztpraxis Dr. Grundstücksverkehrsgenehmigungszuständigkeit am Viktualienmarkt"


@pytest.fixture
def begin_at(own_database: str, tmp_path: Path) -> Iterator[str]:
    """The address that a first start prints."""
    settings = {"BOOKONCE_DATABASE_URL": own_database, "BOOKONCE_DATA": str(tmp_path / "data")}
    shell = Shell(settings | {"BOOKONCE_PORT": str(free_port()), "BOOKONCE_WORKERS": "2"})
    with shell.running():
        until = time.monotonic() + 20
        while not (found := re.search(r"http://localhost:\d+/setup/\S+", shell.log)):
            assert time.monotonic() < until, shell.log
            time.sleep(0.1)
        yield found[0]


def _press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_from_the_first_address_to_a_passkey(begin_at: str, chromium_browser: Any) -> None:
    site = begin_at.partition("/setup/")[0]
    context = chromium_browser.new_context(**PHONE, timezone_id="Asia/Kolkata")
    page = context.new_page()
    touch = context.new_cdp_session(page)
    touch.send("WebAuthn.enable")
    touch.send("WebAuthn.addVirtualAuthenticator", {"options": TOUCH})

    _begin(page, begin_at)
    page.goto(f"{site}/settings/account")
    looked_at(page, "account")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Add it").wait_for()
    looked_at(page, "passkey")
    page.get_by_label("Name").fill("Pocket phone")
    _press(page, "Add it")
    page.wait_for_url("**/settings/account")
    looked_at(page, "account with passkey")
    page.get_by_role("button", name="Your account: Hana Host").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    looked_at(page, "sign in")
    assert page.goto(f"{site}/settings/keys").url == f"{site}/sign-in?next=/settings/keys"
    _press(page, "Sign in with a passkey")
    page.wait_for_url(f"{site}/settings/keys")
    looked_at(page, "no keys")
    for name in ("keys/new", "workspace", "account/email", "account/password", "account/authenticator"):
        page.goto(f"{site}/settings/{name}")
        looked_at(page, name)

    touch.send("WebAuthn.disable")
    _without_script(chromium_browser, site)
    assert page.goto(f"{site}/settings/account").url.startswith(f"{site}/sign-in")


def _begin(page: Any, address: str) -> None:
    """Five answers, after none."""
    page.goto(address)
    looked_at(page, "set-up")
    assert page.get_by_label("Your time zone").input_value() == "Asia/Kolkata", "guessed from the browser"
    _press(page, "Begin")
    page.get_by_role("heading", name="Please look at this again:").wait_for()
    looked_at(page, "set-up errors")
    page.get_by_label("Workspace").fill(LONG)
    page.get_by_label("Your name").fill("Hana Host")
    page.get_by_label("E-mail").fill("hana@example.org")
    page.get_by_label("Search a city").fill("berl")
    page.get_by_label("Your time zone").select_option("Europe/Berlin")
    page.get_by_label("Password", exact=True).fill("a quiet password")
    _press(page, "Show")
    assert page.locator("#password").get_attribute("type") == "text"
    _press(page, "Begin")
    page.wait_for_url("**/settings/calendars")
    looked_at(page, "first calendars")
    assert page.goto(address).status == 410, "it has done its job"
    looked_at(page, "set up already")


def _without_script(browser: Any, site: str) -> None:
    """Sign in by password, change a name, and sign every other browser out; no passkey is offered."""
    page = browser.new_context(**PHONE, java_script_enabled=False).new_page()
    page.goto(f"{site}/settings/account")
    assert not page.get_by_role("button", name="Sign in with a passkey").is_visible()
    page.get_by_label("E-mail").fill("hana@example.org")
    page.get_by_label("Password").fill("a quiet password")
    _press(page, "Sign in")
    page.wait_for_url(f"{site}/settings/account")
    page.get_by_label("Name").fill("Hana H.")
    _press(page, "Save")
    page.get_by_text("Saved.").wait_for()
    _press(page, "Sign out everywhere else")
    page.get_by_text("Every other browser is signed out.").wait_for()
