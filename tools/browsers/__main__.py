"""Walk the document's way, owner's and guest's, in WebKit and in Firefox; say each step as it is done."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable

from tests.interfaces.commands.shell import INIT, Shell, free_port
from tools.browsers.driver import PACKAGES, Browser, firefox, missing, webkit

PASSWORD = "a quiet password"  # noqa: S105 — of a workspace that lives for a minute
CHOSEN = ".times label:nth-child(2) input"
Step = tuple[str, Callable[[], None]]


class Walk:
    """One browser, on one program of its own."""

    def __init__(self, browser: Browser, shell: Shell, calendar: str) -> None:
        self.browser, self.shell, self.calendar = browser, shell, calendar
        self.base = shell.address.replace("127.0.0.1", "localhost")
        self.link = self.manage = ""

    def steps(self) -> list[Step]:
        return [
            ("signs in", self.sign_in),
            ("opens the menu; Escape shuts it and brings the focus back", self.menu),
            ("opens Share by keyboard; Create & copy; the clipboard has the link", self.share),
            ("is asked about revoking; Escape leaves the sheet open", self.revoke),
            ("draws hours", self.hours),
            ("as a guest sees the times in another zone", self.zone),
            ("chooses, is told of what is missing, and books", self.book),
            ("reads in another browser that the link was used", self.used),
            ("moves the appointment, and cancels it", self.manage_it),
        ]

    def sign_in(self) -> None:
        self.browser.go(f"{self.base}/sign-in")
        self.browser.type("input[name=email]", "hana@example.org")
        self.browser.type("input[name=password]", PASSWORD)
        self.browser.press("main form button.main")
        self.browser.see(
            "location.pathname == '/settings/calendars' && !!document.querySelector('.row .more')"
        )

    def menu(self) -> None:
        self.browser.press(".row .more")
        self.browser.see("document.activeElement.closest(':popover-open')")
        self.browser.keys("Escape")
        self.browser.see("!document.querySelector(':popover-open')")
        self.browser.see("document.activeElement.matches('.row .more[aria-expanded=false]')")

    def share(self) -> None:
        self.browser.keys("ArrowDown")
        self.browser.see("document.activeElement.matches(':popover-open a.first')")
        self.browser.keys("Enter")
        self.browser.press("dialog[open] #mint")
        self.browser.see("/Copied/.test(document.querySelector('#address-told')?.textContent)")
        self.link = self.browser.run("return document.querySelector('#link-address').value")
        self.browser.run(
            "const field = document.createElement('textarea'); field.id = 'pasted';"
            "document.querySelector('dialog').append(field); field.focus()"
        )
        self.browser.keys("Control", "v")
        self.browser.see(f"document.querySelector('#pasted').value == {json.dumps(self.link)}")

    def revoke(self) -> None:
        self.browser.press("dialog [popovertarget^=revoke]")
        self.browser.see("document.querySelector('.ask:popover-open')")
        self.browser.keys("Escape")
        self.browser.see("!document.querySelector('.ask:popover-open')")
        time.sleep(0.5)
        assert self.browser.run("return !!document.querySelector('dialog[open]')"), (
            "the sheet was shut as well"
        )

    def hours(self) -> None:
        self.browser.go(f"{self.base}/settings/calendars/{self.calendar}")
        self.browser.see("document.querySelectorAll('.grid-track').length == 7")
        time.sleep(0.5)
        x, top, bottom = self.browser.run(
            "window.days = [...document.querySelectorAll('[data-day]')];"
            "window.free = days.findIndex((day) => !day.querySelector('input[type=time]'));"
            "document.querySelector('.grid-scroll').scrollIntoView({block: 'center'});"
            "const track = document.querySelectorAll('.grid-track')[free].getBoundingClientRect();"
            "const hour = track.height / 24;"
            "return [track.left + track.width / 2, track.top + 10 * hour + 3, track.top + 13 * hour - 3]"
        )
        self.browser.draw((int(x), int(top)), (int(x), int(bottom)))
        drawn = "[...days[free].querySelectorAll('input[type=time]')].map((field) => field.value)"
        self.browser.see(f"{drawn}.join() == '10:00,13:00'")
        assert not self.browser.run("return String(getSelection())"), "text was selected while drawing"
        self.browser.run("document.querySelector('.save button.main').click()")
        self.browser.see("document.querySelector('.notice.done')")

    def zone(self) -> None:
        self.browser.forget()
        self.browser.go(self.link)
        self.browser.press(".zone a[href*=zones]")
        self.browser.see("document.querySelector('form[data-search]')")
        self.browser.type("form[data-search] input[name=q]", "tokyo")
        self.browser.see("document.querySelectorAll('.places a').length == 1")
        self.browser.press(".places a")
        self.browser.see("/Tokyo/.test(document.querySelector('.zone')?.textContent)")

    def book(self) -> None:
        self.browser.press(CHOSEN)
        self.browser.see("document.querySelector('button[value=book]')")
        time.sleep(2)
        self.browser.press("button[value=book]")
        self.browser.see("document.activeElement.matches('[role=alert]')")
        self.browser.type("main input[name=name]", "Gil Guest")
        self.browser.type("main input[name=email]", "gil@example.net")
        self.browser.press("button[value=book]")
        self.browser.see("document.querySelector('.tick-mark')")
        self.manage = self.browser.run(
            "return document.querySelector('a[href*=\"/b/\"]:not([href$=ics])').href"
        )

    def used(self) -> None:
        self.browser.forget()
        self.browser.go(self.link)
        self.browser.see("/already been used/.test(document.querySelector('h1').textContent)")

    def manage_it(self) -> None:
        for step in ("move", "cancel"):
            self.browser.go(f"{self.manage.partition('?')[0]}/{step}")
            time.sleep(2.2)
            self.browser.press(CHOSEN if step == "move" else "main input[type=radio]")
            self.browser.see("!document.querySelector('.times')")
            time.sleep(2.2)
            self.browser.press("main form button.main")
            self.browser.see(
                f"!location.pathname.endsWith('/{step}') || !document.querySelector('main form')"
            )
        self.browser.see("/cancelled/.test(document.querySelector('h1').textContent)")


def walk(browser: Browser) -> bool:
    """Whether every step was done; the first that was not ends the walk."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"BOOKONCE_DATA": folder, "BOOKONCE_PORT": str(free_port()), "BOOKONCE_WORKERS": "1"}
        shell = Shell(settings)
        told = json.loads(shell.says(*INIT, "--password-stdin", given=f"{PASSWORD}\n"))
        with shell.running():
            for words, step in Walk(browser, shell, told["calendar"]["id"]).steps():
                try:
                    step()
                except Exception as why:  # whatever it is, it is told beside the step
                    print(f"{browser.name:8} FAIL  {words}: {why}", flush=True)
                    return False
                print(f"{browser.name:8} ok    {words}", flush=True)
    return True


def main() -> int:
    """Walk in both; 1 where a step failed, 2 where a browser is missing."""
    if lacking := missing():
        print(
            f"This needs {', '.join(sorted(PACKAGES.values()))}. Not here: {', '.join(lacking)}.",
            file=sys.stderr,
        )
        print(f"On Debian: apt-get install --no-install-recommends {' '.join(lacking)}", file=sys.stderr)
        return 2
    done = True
    for opened in (webkit, firefox):
        with opened() as browser:
            done = walk(browser) and done
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
