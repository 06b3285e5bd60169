from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error

from tests.browser.camera import REFUSED, TRIES, take_picture

HERE = Path(__file__).parent


class Refusing:
    """A stand-in for a page: a real browser's refusal cannot be asked for."""

    def __init__(self, times: int, words: str = f"Page.screenshot: Protocol error: {REFUSED}") -> None:
        self.times, self.words, self.taken, self.waited = times, words, 0, 0

    def wait_for_load_state(self) -> None:
        pass

    def wait_for_timeout(self, _: int) -> None:
        self.waited += 1

    def screenshot(self, **_: Any) -> None:
        if self.times:
            self.times -= 1
            raise Error(self.words)
        self.taken += 1


def test_a_refused_picture_is_asked_for_again() -> None:
    page = Refusing(TRIES - 1)
    take_picture(page, HERE / "none.png")
    assert (page.taken, page.waited) == (1, TRIES - 1)


def test_a_browser_that_never_takes_one_is_said() -> None:
    with pytest.raises(Error, match=REFUSED):
        take_picture(Refusing(TRIES), HERE / "none.png")


def test_another_error_is_said_at_once() -> None:
    page = Refusing(1, "Target page, context or browser has been closed")
    with pytest.raises(Error, match="closed"):
        take_picture(page, HERE / "none.png")
    assert not page.waited


def test_every_picture_is_taken_by_the_camera() -> None:
    takers = [file.name for file in HERE.glob("*.py") if ".screenshot" + "(" in file.read_text("utf-8")]
    assert takers == ["camera.py"]
