"""Pictures of pages.  A browser that is not ready for one is asked again: no test fails for its picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SETTLED = """() => Promise.allSettled(document.getAnimations()
    .filter((each) => Number.isFinite(each.effect.getComputedTiming().endTime))
    .map((each) => each.finished)).then(() => null)"""
"""Waits until whatever moves, and ends, has ended."""
REFUSED = "Unable to capture screenshot"
"""Chromium's answer, at times, to the first picture after its start; it takes the same one a moment later."""
TRIES = 5
PAUSE = 300
"""Milliseconds between two tries."""


def take_picture(page: Any, path: Path, **options: Any) -> None:
    """Keep what this page shows at ``path``, once it is loaded and nothing moves any more."""
    from playwright.sync_api import Error  # not loaded by the tests that need no browser

    page.wait_for_load_state()
    for left in reversed(range(TRIES)):
        try:
            page.screenshot(path=path, animations="disabled", **options)
        except Error as error:
            if REFUSED not in error.message or not left:
                raise
            page.wait_for_timeout(PAUSE)
        else:
            return
