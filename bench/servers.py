"""The real program on a database of its own, and the load that comes to it."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import processes
from tests.provision.postgres import GIVEN, create_database, drop_database, postgres_server

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60.0


@dataclass
class Place:
    """A migrated database with a data folder: where commands of the program can be run."""

    kind: str
    url: str
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    server: str = ""
    """The PostgreSQL server's own address."""

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BOOKONCE_")}
        ours = {
            "BOOKONCE_DATA": str(self.folder),
            "BOOKONCE_DATABASE_URL": self.url,
            "BOOKONCE_SECRET_KEY": "a key for benches, long enough and known to everybody",
            "BOOKONCE_RATE_LIMITS": "off",
            "BOOKONCE_WORKERS": "2",
            "DJANGO_SETTINGS_MODULE": "bookonce.settings",
        }
        return kept | ours | self.settings

    @property
    def path(self) -> str:
        """The file of an SQLite database."""
        return self.url.removeprefix("sqlite:///")

    def run(self, *module: str, given: str = "") -> str:
        """Run ``python -m …`` here and give what it prints; its failure is ours."""
        done = subprocess.run(
            [sys.executable, "-m", *module],
            env=self.environment, input=given, text=True, capture_output=True, cwd=ROOT,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{' '.join(module)} failed: {done.stderr[-2000:]}")
        return done.stdout

    def world(self, verb: str, **how: Any) -> Any:
        """Have ``bench.world`` make or do something through the product's own operations."""
        return json.loads(self.run("bench.world", verb, given=json.dumps(how)))


@contextmanager
def place(kind: str) -> Iterator[Place]:
    """A new database of this kind, ``postgres`` or ``sqlite``, migrated and empty."""
    with ExitStack() as until_the_end:
        folder = Path(until_the_end.enter_context(tempfile.TemporaryDirectory(prefix="bookonce-bench-")))
        server, url = "", f"sqlite:///{folder}/bench.sqlite3"
        if kind == "postgres":
            server = until_the_end.enter_context(_own_server())
            name = f"bookonce_bench_{secrets.token_hex(4)}"
            url = create_database(server, name)
            until_the_end.callback(drop_database, server, name)
        here = Place(kind, url, folder, server=server)
        here.run("bookonce.cli", "migrate")
        yield here


@contextmanager
def _own_server() -> Iterator[str]:
    """A server that nobody else uses: its processor time is counted as a whole."""
    os.environ.pop(GIVEN, None)
    with postgres_server() as url:
        yield url


@dataclass
class Program:
    """A running ``bookonce``."""

    place: Place
    process: subprocess.Popen[bytes]
    port: int
    start_seconds: float = 0.0
    """From the start of the process until it was ready."""

    @property
    def pids(self) -> dict[str, int]:
        """The families whose processor time a request costs."""
        pids = {"application": self.process.pid}
        if self.place.server:
            pids["database"] = processes.postmaster(self.place.server)[0]
        return pids


@contextmanager
def running(place: Place, command: str = "web", **settings: str) -> Iterator[Program]:
    """``bookonce web`` (or ``serve``) on loopback while it is ready."""
    port = free_port()
    environment = place.environment | {"BOOKONCE_PORT": str(port)} | settings
    begun = time.monotonic()
    with (place.folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bookonce.cli", command],
            env=environment, stdout=log, stderr=log, cwd=ROOT, start_new_session=True,
        )  # fmt: skip
    program = Program(place, process, port)
    try:
        _wait_until_ready(program)
        program.start_seconds = time.monotonic() - begun
        yield program
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        finally:
            process.kill()
            process.wait()


def _wait_until_ready(program: Program) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and program.process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{program.port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.01)
    raise RuntimeError(f"It did not start: {(program.place.folder / 'log').read_text()[-2000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Load:
    """How a load was answered: in how long, with which statuses, and each answer's own time."""

    seconds: float
    statuses: dict[str, int]
    times: list[float]

    @property
    def count(self) -> int:
        return len(self.times)

    def insist(self, *statuses: int) -> Load:
        """Nothing is measured where the answers are not what they should be."""
        other = {status: count for status, count in self.statuses.items() if int(status) not in statuses}
        if other:
            raise RuntimeError(f"Unexpected answers: {other}")
        return self


Asked = tuple[str, str, Any]
"""Method, path and the body's JSON (or None)."""


def load(port: int, requests: Sequence[Asked], *, connections: int, at_once: bool = False) -> Load:
    """Send these requests over so many connections, from a process of its own."""
    job = {"port": port, "requests": requests, "connections": connections, "at_once": at_once}
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"], input=json.dumps(job), text=True, capture_output=True, cwd=ROOT
    )
    if done.returncode:
        raise RuntimeError(f"the load failed: {done.stderr[-2000:]}")
    return Load(**json.loads(done.stdout))
