"""On another day: this process, those that it starts, and theirs."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.provision import today
from tools import dates

TESTS = Path(__file__).parent.parent

NOW = "from datetime import UTC, datetime; print(datetime.now(UTC).isoformat())"
OF_A_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {NOW!r}])"
GOES = "from tests.provision import today; today.go_there(); {}"


def told(program: str, day: str) -> datetime:
    environment = {name: value for name, value in os.environ.items() if name != today.AHEAD}
    started = subprocess.run(
        [sys.executable, "-c", GOES.format(program)],
        env=environment | {today.TODAY: day, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    return datetime.fromisoformat(started.stdout.strip())


@pytest.mark.parametrize("program", [NOW, OF_A_CHILD])
def test_a_process_and_what_it_starts_are_on_the_day_that_is_named(program: str) -> None:
    late = (told(program, "2028-02-29T23:58Z") - datetime(2028, 2, 29, 23, 58, tzinfo=UTC)).total_seconds()
    assert 0 <= late < 60


def test_a_day_begins_at_noon_and_an_instant_needs_an_offset() -> None:
    assert today.instant_of("2028-02-29") == datetime(2028, 2, 29, 12, 0, tzinfo=UTC)
    assert today.instant_of("2027-01-01T00:30+01:00") == datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    with pytest.raises(ValueError, match="offset"):
        today.instant_of("2028-02-29T12:00")


def test_make_dates_knows_every_folder_of_tests() -> None:
    folders = {each.name for each in TESTS.iterdir() if each.is_dir() and each.name != "__pycache__"}
    assert {*dates.CLOCKED, *dates.NO_CLOCK} == folders
    assert all((TESTS / each).is_dir() for each in dates.CORE)
