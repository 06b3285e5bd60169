"""The clock of the machine is set while the program runs: real processes, and nobody waits two minutes."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from tests.attacks.conftest import IN_FULL, Target
from tests.attacks.set_clock import WRONG_BY
from tests.interfaces.commands.shell import Shell, free_port

TWO_YEARS = 2 * 365 * 86400


@pytest.fixture(scope="module")
def clock_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("clock") / "wrong_by"
    file.write_text("0")
    return file


@pytest.fixture(scope="module")
def shell(own_database: str, tmp_path_factory: pytest.TempPathFactory, clock_file: Path) -> Shell:
    data = {"BOOKONCE_DATA": str(tmp_path_factory.mktemp("data")), "BOOKONCE_PORT": str(free_port())}
    database = {"BOOKONCE_DATABASE_URL": own_database, "BOOKONCE_WORKERS": "2"}
    return Shell(data | database | {WRONG_BY: str(clock_file)}, "tests.attacks.set_clock")


@pytest.fixture(autouse=True)
def _right_again(clock_file: Path) -> Iterator[None]:
    yield
    set_wrong_by(clock_file, 0)


def set_wrong_by(file: Path, seconds: int) -> None:
    """In one step: a process must never read half a number."""
    new = file.with_suffix(".new")
    new.write_text(str(seconds))
    new.rename(file)


def mint(target: Target) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {target.key}", "Content-Type": "application/json"}
    body = json.dumps({"calendar": target.calendar}).encode()
    asked = urllib.request.Request(f"{target.shell.address}/api/v1/links", body, headers)
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return answer.status, json.load(answer)
    except HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def slots(target: Target) -> int:
    path = f"/api/v1/calendars/{target.calendar}/slots"
    status, text = target.shell.get(path, Authorization=f"Bearer {target.key}")
    assert status == 200, text
    return len(json.loads(text)["data"])


def test_two_years_ahead_for_a_moment(target: Target, clock_file: Path) -> None:
    free, page = slots(target), target.new_link()
    set_wrong_by(clock_file, TWO_YEARS)
    for _ in range(8):  # whichever process answers
        status, told = mint(target)
        assert (status, told["code"]) == (503, "busy")
    assert target.shell.get(page)[0] == 200
    assert slots(target) >= free - 1
    target.shell.wait_for("/readyz", 503)
    doctor = target.shell.run("doctor")
    assert doctor.returncode == 1
    assert "`bookonce clock --accept`" in doctor.stdout
    set_wrong_by(clock_file, 0)
    assert mint(target)[0] == 201
    target.shell.wait_for("/readyz")
    assert slots(target) >= free - 1
    # To start more processes, and to wait for those that serve, is for ``make attacks``.
    for wrong_by in (TWO_YEARS, -TWO_YEARS) if IN_FULL else ():
        check_person_accepts(target, clock_file, wrong_by)


def check_person_accepts(target: Target, clock_file: Path, wrong_by: int) -> None:
    """A command that begins amid the doubt is refused, and a person's word reaches all processes."""
    set_wrong_by(clock_file, wrong_by)
    refused = target.shell.run("mint", target.calendar)
    assert refused.returncode == 1
    assert "The clock of this server is being checked" in refused.stderr
    assert "is trusted" in target.shell.says("clock", "--accept")
    assert "/o/" in target.shell.says("mint", target.calendar)
    assert mint(target)[0] == 503, "a request may still hold the time of before"
    until = time.monotonic() + 30
    while mint(target)[0] != 201:
        assert time.monotonic() < until, "the processes that serve have not heard of it"
        time.sleep(0.5)
    set_wrong_by(clock_file, 0)
    target.shell.says("clock", "--accept")
