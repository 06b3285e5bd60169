"""Two browsers behind one set of verbs: WebKit by W3C WebDriver, Firefox by Marionette.

Both speak of the same commands, one over HTTP, the other over a socket of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

import httpx

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Control": "\ue009", "Escape": "\ue00c", "ArrowDown": "\ue015", "Enter": "\ue007"}
SECONDS = 15.0
PACKAGES = {
    "WebKitWebDriver": "webkit2gtk-driver",
    "Xvfb": "xvfb",
    "firefox-esr": "firefox-esr",
}
"""Each program and Debian's package that it comes from."""


T = TypeVar("T")


class Refused(Exception):
    """The browser said no to a command."""


class Wire(Protocol):
    """How a command reaches a browser."""

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any: ...


class Browser:
    """A browser as a person uses it: addresses, presses, keys, a mouse that draws."""

    def __init__(self, name: str, wire: Wire) -> None:
        self.name, self.wire = name, wire

    def go(self, address: str) -> None:
        self.wire.ask("POST", "url", {"url": address})

    def run(self, script: str, *args: Any) -> Any:
        return self.wire.ask("POST", "execute/sync", {"script": script, "args": list(args)})

    def see(self, truth: str) -> Any:
        """Wait until this is true on the page, which may just be changing."""
        until = time.monotonic() + SECONDS
        while True:
            try:
                found = self.run(f"return {truth}")
            except Refused:
                found = None
            if found:
                return found
            if time.monotonic() > until:
                raise AssertionError(f"never true: {truth}")
            time.sleep(0.1)

    def press(self, selector: str) -> None:
        """Press what this selector finds, once it is there."""
        self.see(f"!!document.querySelector({json.dumps(selector)})")
        self.run(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'center'}})")
        self._of(selector, "click", {})

    def type(self, selector: str, text: str) -> None:
        self._of(selector, "value", {"text": text})

    def keys(self, *names: str) -> None:
        """Hold these keys down one after the other, then let them go."""
        held = [KEYS.get(name, name) for name in names]
        acts = [{"type": "keyDown", "value": key} for key in held]
        acts += [{"type": "keyUp", "value": key} for key in reversed(held)]
        self.wire.ask("POST", "actions", {"actions": [{"type": "key", "id": "keys", "actions": acts}]})

    def draw(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Pull the mouse from here to there."""
        half = ((start[0] + end[0]) // 2, (start[1] + end[1]) // 2)
        over = [{"type": "pointerMove", "x": x, "y": y, "duration": 100} for x, y in (start, half, end)]
        acts = [over[0], {"type": "pointerDown", "button": 0}, *over[1:], {"type": "pointerUp", "button": 0}]
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": acts}
        self.wire.ask("POST", "actions", {"actions": [mouse]})

    def forget(self) -> None:
        """Be somebody else's browser."""
        self.wire.ask("DELETE", "cookie")

    def _of(self, selector: str, what: str, body: dict[str, Any]) -> None:
        found = self.wire.ask("POST", "element", {"using": "css selector", "value": selector})
        self.wire.ask("POST", f"element/{found[ELEMENT]}/{what}", body)


class Http:
    """WebKitWebDriver."""

    def __init__(self, port: int) -> None:
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False)
        _soon(lambda: self.client.get("/status"))
        named = next(Path("/usr/lib").glob("**/webkit2gtk-4.1/MiniBrowser"))
        options = {"binary": str(named), "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        self.session = self.client.post("/session", json=wanted).json()["value"]["sessionId"]

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        said = self.client.request(method, f"/session/{self.session}/{path}", json=body).json()["value"]
        if isinstance(said, dict) and "error" in said:
            raise Refused(f"{path}: {said['error']}: {said.get('message', '')}")
        return said


class Marionette:
    """Firefox: every message is its length, a colon, and JSON."""

    NAMES: ClassVar = {
        "url": "Navigate",
        "execute/sync": "ExecuteScript",
        "element": "FindElement",
        "actions": "PerformActions",
        "cookie": "DeleteAllCookies",
        "click": "ElementClick",
        "value": "ElementSendKeys",
    }

    def __init__(self, port: int) -> None:
        self.socket = _soon(lambda: socket.create_connection(("127.0.0.1", port), 60))
        self.file, self.count = self.socket.makefile("rb"), 0
        self._hear()
        self._say("NewSession", {})

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        _, _, rest = path.partition("element/")
        thing, _, what = rest.partition("/")
        answer = self._say(self.NAMES[what or path], (body or {}) | ({"id": thing} if thing else {}))
        return answer.get("value", answer)

    def _say(self, name: str, body: dict[str, Any]) -> Any:
        self.count += 1
        text = json.dumps([0, self.count, f"WebDriver:{name}", body]).encode()
        self.socket.sendall(f"{len(text)}:".encode() + text)
        _, _, error, value = self._hear()
        if error:
            raise Refused(f"{name}: {error['error']}: {error['message']}")
        return value

    def _hear(self) -> Any:
        length = b""
        while (digit := self.file.read(1)) not in (b":", b""):
            length += digit
        return json.loads(self.file.read(int(length)))


def missing() -> list[str]:
    """The packages that are not here, of those that the walk needs."""
    return sorted({package for program, package in PACKAGES.items() if not shutil.which(program)})


@contextmanager
def webkit() -> Iterator[Browser]:
    port = _free_port()
    quiet = {"WEBKIT_DISABLE_DMABUF_RENDERER": "1", "LIBGL_ALWAYS_SOFTWARE": "1", "NO_AT_BRIDGE": "1"}
    with (
        tempfile.TemporaryFile("w+") as told,
        _process(["Xvfb", "-displayfd", "1", "-nolisten", "tcp"], told),
    ):
        display = _soon(lambda: _first_line(told))
        words = ["WebKitWebDriver", f"--port={port}"]
        with _process(words, env=os.environ | quiet | {"DISPLAY": f":{display}"}):
            wire = Http(port)
            try:
                yield Browser("WebKit", wire)
            finally:
                wire.client.delete(f"/session/{wire.session}")


@contextmanager
def firefox() -> Iterator[Browser]:
    port = _free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        settings = {
            "marionette.port": port,
            "app.update.enabled": False,
            "browser.aboutwelcome.enabled": False,
        }
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in settings.items()]
        Path(profile, "user.js").write_text("\n".join(lines))
        words = ["firefox-esr", "--headless", "--marionette", "--no-remote", "--profile", profile]
        room = {"HOME": profile, "MOZ_HEADLESS_WIDTH": "1280", "MOZ_HEADLESS_HEIGHT": "1000"}
        with _process(words, env=os.environ | room):
            yield Browser("Firefox", Marionette(port))


@contextmanager
def _process(
    words: list[str], out: Any = subprocess.DEVNULL, env: dict[str, str] | None = None
) -> Iterator[None]:
    process = subprocess.Popen(words, stdout=out, stderr=subprocess.DEVNULL, env=env)  # noqa: S603 - ours
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def _first_line(told: Any) -> str:
    told.seek(0)
    line: str = told.readline().strip()
    if not line:
        raise OSError("nothing said yet")
    return line


def _soon(what: Callable[[], T]) -> T:
    until = time.monotonic() + 30
    while True:
        try:
            return what()
        except (OSError, httpx.TransportError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
