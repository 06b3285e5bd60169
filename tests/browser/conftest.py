"""A real server, a real browser, and a camera (``make shots``)."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.camera import SETTLED, take_picture
from tests.browser.program import AHEAD
from tests.interfaces.commands.shell import INIT, Nursery, Shell, alive, free_port
from tests.provision import databases

BERLIN = ZoneInfo("Europe/Berlin")
SHOTS = "BOOKONCE_TEST_SHOTS"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TOO = {"label-content-name-mismatch": {"enabled": True}}
"""A rule of WCAG 2.1 A that axe calls experimental: who speaks to a page says the words that stand on it."""
LATER = """(seconds) => {
    for (const one of document.querySelectorAll("[data-due]")) one.dataset.due -= seconds * 1000;
}"""
"""So much more of the time has passed for which a form holds back a press (swap.js)."""
COVERED = """() => {
  const focused = document.activeElement, box = focused.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return focused !== document.body && top && !focused.contains(top) && !top.contains(focused)
    ? `${focused.name || focused.textContent.trim()} by ${top.className || top.tagName}` : "";
}"""
"""What has focus, where something else lies on it."""
MOMENT = 3
"""Seconds in which a person may have thought (rule 13 of a link: two at least)."""


@dataclass
class Site:
    """The running program, and its owner's key."""

    shell: Shell
    key: str
    calendar: str
    clock: Path

    def passes(self, seconds: int, *pages: Any) -> None:
        """It is so much later for the program (tests/browser/program.py) and for the forms of these pages."""
        with self.clock.open("a") as file:
            file.write("." * seconds)
        for page in pages:
            page.evaluate(LATER, seconds)

    @property
    def now(self) -> datetime:
        """The instant that it is for the program."""
        return datetime.now(UTC) + timedelta(seconds=self.clock.stat().st_size)

    @property
    def address(self) -> str:
        return self.shell.address.replace("127.0.0.1", "localhost")

    def api(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        sent = urllib.request.Request(
            f"{self.address}/api/v1{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(sent, timeout=30) as answer:
            return json.load(answer)

    def mint(self, **terms: Any) -> str:
        return str(self.api("POST", "/links", {"calendar": self.calendar} | terms)["url"])


@dataclass
class Acme:
    """Acme with Hana's calendar as ``bookonce init`` makes it, and the program, loaded, on its database."""

    site: Site
    nursery: Nursery
    database: Path

    @property
    def as_made(self) -> Path:
        return self.database.with_suffix(".made")

    def restored(self) -> None:
        """As it was made, next morning: no row, mail or count of an earlier test is left, and no time of
        its first day is over."""
        for file in self.database.parent.glob(f"{self.database.name}*"):
            file.unlink()
        shutil.copy(self.as_made, self.database)
        data = Path(self.site.shell.settings["BOOKONCE_DATA"])
        shutil.rmtree(data / "outbox", ignore_errors=True)
        for file in data.glob("rates*"):
            file.unlink()
        with self.site.clock.open("wb") as file:
            file.truncate(until_morning(datetime.now(BERLIN)))


def until_morning(now: datetime) -> int:
    """Seconds until it is six o'clock in Acme's zone."""
    morning = now.replace(hour=6, minute=0, second=0, microsecond=0)
    if morning < now:
        morning += timedelta(days=1)  # by the clock on the wall
    return round(morning.timestamp() - now.timestamp())


@pytest.fixture(scope="session")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Acme]:
    folder = tmp_path_factory.mktemp("acme")
    with databases.own_database(folder) as url:
        database, clock = Path(url.removeprefix("sqlite:///")), folder / "clock"
        settings = {"BOOKONCE_DATABASE_URL": url, "BOOKONCE_DATA": str(folder / "data"), AHEAD: str(clock)}
        shell = Shell(settings | {"BOOKONCE_PORT": str(free_port()), "BOOKONCE_WORKERS": "1"})
        password = ("--zone", BERLIN.key, "--password-stdin")
        told = json.loads(shell.says(*INIT, *password, given="a quiet password\n"))
        shell.program = "tests.browser.program"
        acme = Acme(Site(shell, told["api_key"], told["calendar"]["id"], clock), Nursery(shell), database)
        database.rename(acme.as_made)
        try:
            yield acme
        finally:
            acme.nursery.close()


@pytest.fixture
def site(acme: Acme) -> Iterator[Site]:
    """``bookonce serve`` for Acme, begun for this test alone."""
    acme.restored()
    served = acme.nursery.bear("serve")
    try:
        acme.site.shell.wait_for("/readyz")
        yield acme.site
    finally:
        os.killpg(served, signal.SIGINT)
        until = time.monotonic() + 60
        while alive(served) and time.monotonic() < until:
            time.sleep(0.02)
        if alive(served):
            os.killpg(served, signal.SIGKILL)
            pytest.fail(f"it does not end: {acme.site.shell.log}")


def looked_at(page: Any, name: str) -> None:
    """This page is accessible, fits its window, loads nothing else, and is kept as a picture if asked."""
    page.evaluate(SETTLED)  # half faded in, nothing has the contrast that it is about to have
    # What is in order would come too, at length.
    options = {"runOnly": STANDARDS, "rules": TOO, "resultTypes": ["violations"]}
    # Nobody can press what lies behind an open sheet, half covered by it or not.
    before = "dialog:modal" if page.locator("dialog:modal").count() else None
    found = Axe().run(page, context=before, options=options)
    assert not found.violations_count, f"{name}: {found.generate_report()}"
    width, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width <= window, f"{name} is {width} px wide in a window of {window} px"
    if os.environ.get(SHOTS):
        folder = Path(os.environ[SHOTS])
        folder.mkdir(parents=True, exist_ok=True)
        scheme = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
        kept = re.sub(r"[^a-z0-9]+", "-", name.lower())
        take_picture(page, folder / f"{kept}-{window}-{scheme}.png", full_page=True)
