"""The browser of the browser tests: Debian's Chromium, driven by Playwright.

Its headless shell renders the same pages for two thirds of the work, but a test that moves the page's clock
on fails with it more often than not, for a reason not yet known: it is used only where it is named.

    with chromium() as browser:
        page = browser.new_page()

Playwright's synchronous door and the ORM do not go together in one thread: a browser test talks to a
server that is a process of its own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

GIVEN = "BOOKONCE_TEST_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = f"no Chromium here: install the package chromium, or set {GIVEN} to the path of one"

# It looks nothing up, updates nothing and keeps to this machine.
ARGUMENTS = [
    "--no-sandbox",
    "--accept-lang=en-US,en",  # the headless shell asks for no language by itself
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def chromium_path() -> str | None:
    """Where Chromium is, or None; a test without one skips with `MISSING`."""
    given = os.environ.get(GIVEN)
    return shutil.which(given) if given else next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running headless Chromium."""
    from playwright.sync_api import sync_playwright  # not loaded by the tests that need no browser

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
