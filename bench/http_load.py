"""Sending requests to a running program, and how they were answered."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.builds import ROOT


@dataclass(frozen=True)
class Load:
    """How a load was answered: in how long, with which statuses, and each answer's own time."""

    seconds: float
    statuses: dict[str, int]
    times: list[float]

    @property
    def count(self) -> int:
        return len(self.times)

    def require_statuses(self, *statuses: int) -> Load:
        """Nothing is measured where the answers are not what they should be."""
        other = {status: count for status, count in self.statuses.items() if int(status) not in statuses}
        if other:
            raise RuntimeError(f"Unexpected answers: {other}")
        return self


Request = tuple[str, str, Any]
"""Method, path and the body's JSON (or None)."""


def send(port: int, requests: Sequence[Request], *, connections: int, at_once: bool = False) -> Load:
    """Send these requests over so many connections, from a process of its own: always this checkout's."""
    job = {"port": port, "requests": requests, "connections": connections, "at_once": at_once}
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"], input=json.dumps(job), text=True, capture_output=True, cwd=ROOT
    )
    if done.returncode:
        raise RuntimeError(f"the load failed: {done.stderr[-2000:]}")
    return Load(**json.loads(done.stdout))
