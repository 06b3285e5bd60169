"""``bookonce serve``: web and worker under one watch."""

from __future__ import annotations

import os
import signal
import time

import psutil

from tests.cli.shell import Shell


def test_it_says_where_it_is_and_how_to_begin(shell: Shell) -> None:
    with shell.running():
        shell.wait_for("/healthz")
        assert shell.get("/readyz") == (200, "ready\n")
    assert f"Bookonce is at http://localhost:{shell.settings['BOOKONCE_PORT']}" in shell.log
    assert "bookonce demo" in shell.log


def test_ctrl_c_leaves_nothing_behind(shell: Shell) -> None:
    with shell.running() as serve:
        family = psutil.Process(serve.pid).children(recursive=True)
        assert len(family) >= 3
    assert serve.returncode == 0
    assert not psutil.wait_procs(family, timeout=5)[1]


def test_a_part_that_dies_is_started_again(shell: Shell) -> None:
    with shell.running() as serve:
        for part in psutil.Process(serve.pid).children(recursive=True):
            os.kill(part.pid, signal.SIGKILL)
        shell.wait_for("/healthz")
        shell.wait_for("/readyz")


def test_killed_itself_it_takes_everything_with_it(shell: Shell) -> None:
    with shell.running() as serve:
        family = psutil.Process(serve.pid).children(recursive=True)
        serve.kill()
        serve.wait()
        assert not psutil.wait_procs(family, timeout=10)[1]


def test_a_port_that_is_taken_is_said_plainly(shell: Shell) -> None:
    with shell.running():
        started = time.monotonic()
        refused = shell.run("serve")
    assert refused.returncode == 1
    assert "Stop what uses it, or choose another port: BOOKONCE_PORT=8001." in refused.stderr
    assert time.monotonic() - started < 10
