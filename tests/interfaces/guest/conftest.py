"""Guests with browsers, links as they were sent, and a clock that a test can turn."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.queries import manage_url
from bookonce.domain.links.models import Link
from bookonce.domain.links.queries import token_of
from bookonce.foundation import clock
from tests import make
from tests.interfaces.guest.reading import Browser, Page


class Time:
    """The clock of a test: it stands until it is turned."""

    def __init__(self) -> None:
        self.at = make.NOW.timestamp()

    def passes(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """It is ``make.NOW``, until the test says otherwise."""
    time = Time()
    monkeypatch.setattr(clock, "now_precise", lambda: time.at)
    return time


@pytest.fixture
def gil(time: Time) -> Browser:
    """Gil with a phone."""
    return Browser()


@pytest.fixture
def mara(time: Time) -> Browser:
    """Mara, who has got the same link as Gil."""
    return Browser()


@pytest.fixture
def books(time: Time) -> Callable[..., Page]:
    """The whole way by which a person books: open, think, choose, fill in, press."""

    def book(browser: Browser, address: str, *, number: int = 2, **typed: str) -> Page:
        page = browser.open(address)
        time.passes(5)
        return browser.book(browser.pick(page, number=number), **typed)

    return book


def address_of(link: Link) -> str:
    return f"/o/{token_of(link)}"


def manage_of(booking: Booking) -> str:
    url = manage_url(booking)
    assert url
    return url[url.index("/b/") :]
