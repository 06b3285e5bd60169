"""Below a path, behind nginx as docs/install.md says: one server cuts the path off, the other hands it on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest

from tests.house.house import ROOT
from tests.interfaces.commands.shell import INIT, Shell, free_port
from tests.interfaces.guest.reading import Form, Page
from tests.provision import databases
from tests.provision.nginx import MISSING, nginx, nginx_path

BELOW = "/termine"
PASSWORD = "a quiet password"
EXAMPLES = re.findall(r"```nginx\n(.*?)```", (ROOT / "docs/install.md").read_text(), re.DOTALL)
"""How an operator is told to do it: the first cuts the path off."""


@dataclass
class Served:
    """Acme below a path: its shell, its key, and the addresses of both servers of nginx."""

    shell: Shell
    key: str
    cutting: str
    handing_on: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    if not nginx_path():
        pytest.skip(MISSING)
    folder = tmp_path_factory.mktemp("proxy")
    own, cutting, handing_on = (free_port() for _ in range(3))
    locations = [text.replace("8000", str(own)) for text in EXAMPLES]
    base = f"https://localhost:{cutting}{BELOW}"
    with (
        databases.own_database(folder) as url,
        nginx(folder, dict(zip((cutting, handing_on), locations, strict=True))),
    ):
        shell = Shell(
            {
                "BOOKONCE_DATABASE_URL": url,
                "BOOKONCE_DATA": str(folder / "data"),
                "BOOKONCE_PORT": str(own),
                "BOOKONCE_BASE_URL": base,
                "BOOKONCE_TRUSTED_PROXIES": "127.0.0.1",
                "BOOKONCE_WORKERS": "1",
            }
        )
        told = json.loads(shell.says(*INIT, "--password-stdin", given=f"{PASSWORD}\n"))
        with shell.running():
            yield Served(shell, told["api_key"], base, f"https://localhost:{handing_on}{BELOW}")


class Browser:
    """A browser without script that follows what pages say, and no path of its own."""

    def __init__(self, at: str, origin: str) -> None:
        self.client = httpx.Client(verify=False, trust_env=False, timeout=30)
        self.at, self.origin = at, origin

    def open(self, address: str) -> Page:
        return self._read(self.client.get(address))

    def send(self, form: Form, page: Page, **typed: str) -> Page:
        own = {"Origin": self.origin, "Referer": page.address}
        return self._read(
            self.client.post(urljoin(page.address, form.action), data=form.values | typed, headers=own)
        )

    def _read(self, answer: httpx.Response) -> Page:
        # nginx itself may name its own scheme and port: what counts is where a browser ends.
        while answer.status_code in (301, 302, 303):
            answer = self.client.get(urljoin(str(answer.url), answer.headers["Location"]))
        assert str(answer.url).startswith(self.at), answer.url
        return Page(answer, str(answer.url))


@pytest.fixture(params=["cutting", "handing_on"])
def browser(served: Served, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """A browser that comes by one of the two servers."""
    # The port of the second server is the test's alone: for an operator it would be that of the base address.
    browser = Browser(getattr(served, request.param), served.cutting.removesuffix(BELOW))
    with browser.client:
        yield browser


def test_whoever_signs_in_stays_below_the_path(browser: Browser) -> None:
    at = browser.at
    # Without a slash too: nginx leads on.
    page = browser.open(at)
    assert (page.status, page.address) == (200, f"{at}/")
    page = browser.open(next(link for link in page.links if link.endswith("/sign-in")))
    for style in re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.html):
        sheet = browser.client.get(urljoin(page.address, unescape(style)))
        assert (sheet.status_code, sheet.headers["Content-Type"].partition(";")[0]) == (200, "text/css")
    page = browser.send(page.form("password"), page, email="hana@example.org", password=PASSWORD)
    assert (page.status, page.address) == (200, f"{at}/settings/calendars")
    cookies = {cookie.name: (cookie.path, cookie.secure) for cookie in browser.client.cookies.jar}
    assert set(cookies.values()) == {(BELOW, True)}
    assert {"__Secure-bookonce", "__Secure-bookonce_csrf", "__Secure-bookonce_known"} <= set(cookies)
    page = browser.send(Form("post", f"{BELOW}/sign-out", page.form("csrfmiddlewaretoken").values), page)
    assert page.status == 200


def test_programs_probes_and_guests_are_answered_below_the_path(served: Served, browser: Browser) -> None:
    at, client = browser.at, browser.client
    shown = {"Authorization": f"Bearer {served.key}"}
    link = client.post(f"{at}/api/v1/links", json={"calendar": "intro-call"}, headers=shown).json()["url"]
    assert link.startswith(f"{served.cutting}/o/")
    token = link.rpartition("/")[2]
    page = client.get(f"{at}/o/{token}")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert [cookie.path for cookie in client.cookies.jar] == [f"{BELOW}/o/"]
    guests = f"{at}/api/v1/public/links/{token}"
    first = client.get(f"{guests}/slots").json()["data"][0]["starts_at"]
    wish = {"starts_at": first, "guest": {"name": "Gil", "email": "gil@example.net"}}
    booked = client.post(f"{guests}/bookings", json=wish)
    assert booked.status_code == 201
    assert booked.json()["manage_url"].startswith(f"{served.cutting}/b/")
    again = client.post(
        f"{guests}/bookings", json=wish | {"guest": {"name": "Mara", "email": "mara@example.net"}}
    )
    assert (again.status_code, again.json()["type"][: len(BELOW) + 5]) == (410, f"{BELOW}/api/")
    mine = client.get(f"{at}/api/v1/me", headers=shown)
    assert mine.status_code == 200
    for probe in ("healthz", "readyz"):
        assert client.get(f"{at}/{probe}").status_code == 200
        assert [served.shell.get(path)[0] for path in (f"/{probe}", f"{BELOW}/{probe}")] == [200, 200]


def test_scripts_stay_below_the_path(served: Served, chromium_browser: Any, tmp_path: Path) -> None:
    """The document's way in a real browser: sign in, Share, one-time link, a guest's page with its times."""
    page = chromium_browser.new_context(ignore_https_errors=True).new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on(
        "request",
        lambda asked: None if asked.url.startswith((served.cutting, "data:")) else wrong.append(asked.url),
    )
    page.on("response", lambda answer: wrong.append(answer.url) if answer.status >= 400 else None)
    page.goto(f"{served.cutting}/sign-in")
    page.locator("#email").fill("hana@example.org")
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{served.cutting}/settings/calendars")
    page.get_by_role("button", name="Actions for Intro call").click()
    page.get_by_role("menuitem", name="Share").click()
    page.get_by_role("button", name="Create & copy").click()
    page.get_by_text("Works once, for the first person who books.").first.wait_for()
    link = page.locator("#link-address").input_value()
    assert link.startswith(f"{served.cutting}/o/")
    page.goto(link)
    page.locator(".times label").first.click()
    page.get_by_label("Name", exact=True).wait_for()
    page.goto(f"{served.cutting}/bookings")
    page.get_by_role("button", name=re.compile("^Your account")).click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.wait_for_url(f"{served.cutting}/sign-in")
    assert wrong == []
