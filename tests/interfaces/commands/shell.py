"""The program as its operator runs it: real processes, on a database and a folder of their own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

INIT = ("init", "--workspace", "Acme", "--owner-name", "Hana", "--owner-email", "hana@example.org")


@dataclass
class Shell:
    """A shell in which ``bookonce`` can be run with settings of its own."""

    settings: dict[str, str] = field(default_factory=dict)
    program: str = "bookonce.cli"
    """The module that is run: the product's own, or a test's that runs it with something taken away."""

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | self.settings

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", self.program, *words]

    def run(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words),
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def says(self, *words: str, given: str = "") -> str:
        """What a command that must succeed prints."""
        done = self.run(*words, given=given)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *words: str, **how: Any) -> subprocess.Popen[str]:
        log = Path(self.settings["BOOKONCE_DATA"]) / "log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a") as out:
            how = {"stdout": out, "stderr": out} | how
            return subprocess.Popen(self.command(*words), env=self.environment, text=True, **how)

    @property
    def log(self) -> str:
        return (Path(self.settings["BOOKONCE_DATA"]) / "log").read_text()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.settings['BOOKONCE_PORT']}"

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        asked = urllib.request.Request(self.address + path, headers=headers)
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.read().decode()

    def wait_for(self, path: str, status: int = 200, *, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while True:
            try:
                if self.get(path)[0] == status:
                    return
            except OSError:
                pass
            assert time.monotonic() < until, f"{path} did not become {status}: {self.log}"
            time.sleep(0.05)

    @contextmanager
    def running(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """``bookonce serve`` (or these words) while it is ready, stopped as Ctrl-C stops it."""
        process = self.start(*(words or ("serve",)))
        try:
            self.wait_for("/readyz")
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            finally:
                process.kill()


class Nursery:
    """A program of a shell that is loaded once, and makes a process of each line (``preloaded.py``)."""

    def __init__(self, shell: Shell) -> None:
        self.program = shell.start(stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def bear(self, line: str) -> int:
        """The id of the process, and of the group which it begins."""
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.write(f"{line}\n")
        self.program.stdin.flush()
        return int(self.program.stdout.readline())

    def close(self) -> None:
        self.program.kill()
        self.program.communicate()


def alive(group: int) -> bool:
    """Whether any process of the group still runs; one that only waits to be buried does not."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, of, *_ = stat.read_text().rpartition(")")[2].split()
            if int(of) == group and state not in "ZX":
                return True
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
