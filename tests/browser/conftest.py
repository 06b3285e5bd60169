"""A real server, a real browser, and a camera (``make shots``)."""

from __future__ import annotations

import json
import os
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.cli.shell import INIT, Shell, free_port

SHOTS = "BOOKONCE_TEST_SHOTS"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Site:
    """The running program, and its owner's key."""

    shell: Shell
    key: str
    calendar: str

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
        with urllib.request.urlopen(sent, timeout=20) as answer:
            return json.load(answer)

    def mint(self, **terms: Any) -> str:
        return str(self.api("POST", "/links", {"calendar": self.calendar} | terms)["url"])


@pytest.fixture
def site(own_database: str, tmp_path: Path) -> Iterator[Site]:
    """Acme with Hana's calendar, as ``bookonce init`` and ``bookonce serve`` make it."""
    settings = {"BOOKONCE_DATABASE_URL": own_database, "BOOKONCE_DATA": str(tmp_path / "data")}
    shell = Shell(settings | {"BOOKONCE_PORT": str(free_port()), "BOOKONCE_WORKERS": "1"})
    password = ("--zone", "Europe/Berlin", "--password-stdin")
    told = json.loads(shell.says(*INIT, *password, given="a quiet password\n"))
    with shell.running():
        yield Site(shell, told["api_key"], told["calendar"]["id"])


def looked_at(page: Any, name: str) -> None:
    """This page is accessible, fits its window, loads nothing else, and is kept as a picture if asked."""
    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    assert not found.violations_count, f"{name}: {found.generate_report()}"
    width, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width <= window, f"{name} is {width} px wide in a window of {window} px"
    if os.environ.get(SHOTS):
        folder = Path(os.environ[SHOTS])
        folder.mkdir(parents=True, exist_ok=True)
        scheme = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
        kept = re.sub(r"[^a-z0-9]+", "-", name.lower())
        page.screenshot(path=folder / f"{kept}-{window}-{scheme}.png", full_page=True)
