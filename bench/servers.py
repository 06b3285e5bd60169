"""The real program on an installation, while it runs."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench import processes
from bench.installations import Installation

PATIENCE = 60.0


@dataclass
class Program:
    """A running ``bookonce``."""

    installation: Installation
    process: subprocess.Popen[bytes]
    port: int
    start_seconds: float = 0.0
    """From the start of the process until it was ready."""
    start_cpu: float = 0.0
    """Processor seconds of all its processes until then."""

    @property
    def pids(self) -> dict[str, int]:
        """The families whose processor time a request costs."""
        pids = {"application": self.process.pid}
        if self.installation.server:
            pids["database"] = processes.postmaster(self.installation.server)[0]
        return pids


@contextmanager
def running(installation: Installation, command: str = "web", **settings: str) -> Iterator[Program]:
    """``bookonce web`` (or ``serve``) on loopback while it is ready."""
    port, build = free_port(), installation.build
    environment = build.environment(
        installation.environment | {"BOOKONCE_PORT": str(port)} | settings,
    )
    begun = time.monotonic()
    with (installation.folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [build.python, "-m", "bookonce.cli", command],
            env=environment, stdout=log, stderr=log, cwd=build.root, start_new_session=True,
        )  # fmt: skip
    program = Program(installation, process, port)
    try:
        _wait_until_ready(program)
        program.start_seconds = time.monotonic() - begun
        program.start_cpu = processes.cpu(process.pid)
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
    raise RuntimeError(f"It did not start: {(program.installation.folder / 'log').read_text()[-2000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
