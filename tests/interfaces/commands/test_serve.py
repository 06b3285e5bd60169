"""``bookonce serve``: web and worker under one watch."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests.interfaces.commands.shell import INIT, Shell
from tests.provision.databases import execute

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.one_database
def test_it_says_where_it_is_and_how_to_begin(shell: Shell) -> None:
    with shell.running():
        shell.wait_for("/healthz")
        assert shell.get("/readyz") == (200, "ready\n")
    assert f"Bookonce is at http://localhost:{shell.settings['BOOKONCE_PORT']}" in shell.log
    assert f"BOOKONCE_DATA={shell.settings['BOOKONCE_DATA']} " in shell.log
    assert ".venv/bin/bookonce demo" in shell.log


def test_ctrl_c_leaves_nothing_behind(shell: Shell) -> None:
    with shell.running() as serve:
        family = psutil.Process(serve.pid).children(recursive=True)
        assert len(family) >= 3
    assert serve.returncode == 0
    assert not psutil.wait_procs(family, timeout=30)[1]


def test_a_part_that_dies_is_started_again(shell: Shell) -> None:
    with shell.running() as serve:
        family = psutil.Process(serve.pid)
        killed = {part.pid for part in family.children(recursive=True)}
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        shell.wait_for("/healthz")
        shell.wait_for("/readyz")
        until = time.monotonic() + 60
        while len(again := {part.pid for part in family.children()} - killed) < 2:
            assert time.monotonic() < until, "web and worker did not both come back"
            time.sleep(0.05)
        assert len(again) == 2


def test_killed_itself_it_takes_everything_with_it(shell: Shell) -> None:
    with shell.running() as serve:
        family = psutil.Process(serve.pid).children(recursive=True)
        serve.kill()
        serve.wait()
        assert not psutil.wait_procs(family, timeout=30)[1]


@pytest.mark.one_database
def test_a_port_that_is_taken_is_said_plainly(shell: Shell) -> None:
    started = time.monotonic()
    with shell.running():
        ready = time.monotonic()
        refused = shell.run("serve")
        told = time.monotonic()
    assert refused.returncode == 1
    port = shell.settings["BOOKONCE_PORT"]
    assert (
        f"the port {port} is taken by another program. Stop that, or choose another port: " in refused.stderr
    )
    assert told - ready < (ready - started) + 10, "it waits for nothing, on a busy machine either"


def test_a_request_in_flight_is_finished(shell: Shell) -> None:
    shell.settings |= {
        "DJANGO_SETTINGS_MODULE": "tests.interfaces.commands.slow_settings",
        "PYTHONPATH": str(ROOT),
    }
    with shell.running() as serve, ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(shell.get, "/slow") for _ in range(3)]
        until = time.monotonic() + 30
        while len(list(Path(shell.settings["BOOKONCE_DATA"]).glob("slow-*"))) < 3:
            assert time.monotonic() < until, "they did not arrive"
            time.sleep(0.02)
        serve.send_signal(signal.SIGTERM)
        assert [answer.result() for answer in asked] == [(200, "finished")] * 3
        assert serve.wait(30) == 0


@pytest.mark.one_database
def test_what_keeps_dying_ends_the_command(shell: Shell) -> None:
    with shell.running() as serve:
        until = time.monotonic() + 30
        while serve.poll() is None and time.monotonic() < until:
            for part in psutil.Process(serve.pid).children():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(part.pid, signal.SIGKILL)
            time.sleep(0.2)
        assert serve.wait(30) == 1
    assert "times in a minute" in shell.log


@pytest.mark.one_database
def test_no_token_is_in_the_log(shell: Shell) -> None:
    shell.says(*INIT)
    [link] = shell.says("mint", "intro-call").split()
    token = link.rpartition("/")[2]
    with shell.running():
        for path in (
            f"/o/{token}",
            f"/o/{token}x",
            f"/api/v1/public/links/{token}",
            f"/o/{token}/x?y={token}",
        ):
            shell.get(path)
            shell.get(path, Host="evil.example")
            shell.get(path, Authorization=f"Bearer bko_{token}")
    assert token not in shell.log


@pytest.mark.one_database
def test_it_comes_up_on_one_process_and_thread(shell: Shell) -> None:
    shell.settings |= {"BOOKONCE_WORKERS": "1", "BOOKONCE_THREADS": "1"}
    with shell.running():
        for _ in range(20):
            assert shell.get("/readyz")[0] == 200


def test_without_a_worker_it_is_not_ready(shell: Shell) -> None:
    with shell.running() as serve:
        [worker] = [part for part in psutil.Process(serve.pid).children() if not part.children()]
        suspended(worker, shell)
        try:
            shell.wait_for("/readyz", 503)
            assert shell.get("/healthz")[0] == 200, "the web itself still answers"
        finally:
            worker.resume()
        shell.wait_for("/readyz")


def suspended(worker: psutil.Process, shell: Shell) -> None:
    """It is not seen any more, and was last seen long ago: nobody waits until it is."""
    url = shell.settings["BOOKONCE_DATABASE_URL"]
    while True:
        worker.suspend()
        try:
            return execute(url, "UPDATE bookonce_beat SET at = '2026-01-01 00:00:00'")
        except sqlite3.OperationalError:
            worker.resume()  # it was just writing, and had the file to itself


@pytest.mark.one_database
def test_the_figures_need_the_token(shell: Shell) -> None:
    with shell.running():
        assert shell.get("/metrics")[0] == 404
    shell.settings["BOOKONCE_METRICS_TOKEN"] = "ours, and long enough"
    shell.says("demo")
    with shell.running():
        assert shell.get("/metrics", Authorization="Bearer for you")[0] == 404
        status, figures = shell.get(
            "/metrics", Authorization="Bearer ours, and long enough", Host="elsewhere"
        )
    assert status == 200
    assert 'bookonce_links{state="revoked"} 1' in figures
    assert 'bookonce_bookings{state="confirmed"} 2' in figures
    assert "bookonce_worker_up 1" in figures


def test_web_does_not_run_without_a_guard(shell: Shell) -> None:
    url = shell.settings["BOOKONCE_DATABASE_URL"]
    on_sqlite = url.startswith("sqlite")
    execute(url, "DROP TRIGGER one_meeting_at_a_time" if on_sqlite else DROP)
    for command in ("web", "worker", "serve"):
        refused = shell.run(command)
        assert refused.returncode == 1
        assert refused.stderr.startswith("bookonce: The database lacks one_meeting_at_a_time")
    assert "FAIL  guards: missing: one_meeting_at_a_time" in shell.run("doctor").stdout
    shell.says("migrate")
    with shell.running():
        pass


DROP = "ALTER TABLE bookonce_heldtime DROP CONSTRAINT one_meeting_at_a_time"
