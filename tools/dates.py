"""``make dates``: the tests that look at a clock, on days of which calendars make something special.

make dates                                     # every one of them, one after the other
make dates DAYS="2026-11-30 2026-12-31T23:57Z" # these; of a date, noon in UTC
make dates ARGS="-n 2 tests/domain"            # what pytest takes as well
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

DAYS = {
    "2026-11-30T08:18Z": "a month's last day, in the hours of a calendar",
    "2026-11-30T23:55Z": "a month ends meanwhile, and has ended in Berlin",
    "2026-12-01": "a month's first day",
    "2026-12-31T14:10Z": "a year's last day, and its last free times",
    "2026-12-31T23:57Z": "a year ends meanwhile",
    "2027-01-01": "a year's first day",
    "2027-01-31": "a month's last day, a Sunday",
    "2027-02-01": "a month that begins with its week",
    "2027-02-28T22:50Z": "the shortest month's last day",
    "2027-03-13": "the day before New York's clocks go on",
    "2027-03-14T06:58Z": "New York's clocks go on meanwhile",
    "2027-03-27": "the day before Berlin's clocks go on",
    "2027-03-28T00:58Z": "Berlin's clocks go on meanwhile",
    "2027-10-30": "the day before Berlin's clocks go back",
    "2027-10-31T00:58Z": "Berlin's clocks go back meanwhile, on a month's last day",
    "2027-11-06": "the day before New York's clocks go back",
    "2027-11-07T05:58Z": "New York's clocks go back meanwhile",
    "2028-02-29": "the day that is not in every year",
}
ROOT = Path(__file__).parent.parent
LOGS = ROOT / "artefacts" / "dates"
"""What pytest said on days that were red."""
CLOCKED = ("browser", "delivery", "domain", "foundation", "interfaces", "old_databases")
NO_CLOCK = ("attacks", "bench", "house", "kills", "provision", "races")
"""Tests of the code itself and of machinery, and those that repeat what others look at once."""
CORE = ("delivery/outbox", "domain", "interfaces/guest")
"""What is run on PostgreSQL as well."""
BOUND = 45 * 60
"""Seconds after which a run on one day and one database is stopped, and counts as red."""


def runs(arguments: list[str]) -> dict[str, list[str]]:
    """What pytest is given on each database: everything that has a clock, and the core."""
    if any((ROOT / argument.partition("::")[0]).exists() for argument in arguments):
        return {"sqlite": arguments, "postgres": arguments}
    clocked, core = ([f"tests/{each}" for each in folders] for folders in (CLOCKED, CORE))
    return {"sqlite": [*arguments, *clocked], "postgres": [*arguments, *core]}


def red(day: str, database: str, arguments: list[str]) -> list[str]:
    """The tests that are red on this day, with a word on each; none where all are green."""
    command = [sys.executable, "-m", "pytest", "-q", "-rfE", f"--db={database}", *arguments]
    pytest = subprocess.Popen(  # noqa: S603 - what is run is this project's pytest
        command, cwd=ROOT, env=os.environ | {"BOOKONCE_TEST_TODAY": day},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        told, _ = pytest.communicate(timeout=BOUND)
    except subprocess.TimeoutExpired:
        return [f"not done in {BOUND // 60} minutes"]
    finally:
        _end(pytest)
    no_test_asks_a_database = pytest.returncode == 5
    failed = re.findall(r"^(?:FAILED|ERROR) (.+)$", told, re.MULTILINE)
    if failed:
        LOGS.mkdir(parents=True, exist_ok=True)
        (LOGS / f"{re.sub('[^0-9TZ-]', '', day)}-{database}.log").write_text(told)
    return failed or ([told[-2000:]] if pytest.returncode and not no_test_asks_a_database else [])


def _end(pytest: subprocess.Popen[str]) -> None:
    """Let it stop what its tests have started, but for no longer than a minute."""
    with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
        pytest.send_signal(signal.SIGINT)
        pytest.wait(60)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pytest.pid, signal.SIGKILL)


def main() -> int:
    days = os.environ.get("DAYS", "").split() or list(DAYS)
    reds: list[str] = []
    for day in days:
        print(f"{day}: {DAYS.get(day, 'asked for')}", flush=True)
        for database, arguments in runs(sys.argv[1:] or ["-n", "logical"]).items():
            begun = time.monotonic()
            found = red(day, database, arguments)
            seconds = time.monotonic() - begun
            print(f"  {database}: {'RED' if found else 'green'}, {seconds:.0f} s", flush=True)
            print("".join(f"    {each}\n" for each in found), end="", flush=True)
            reds += [f"{day} ({database})"] if found else []
    print(f"Red: {', '.join(reds)}; see {LOGS}." if reds else "Green on every day.")
    return 1 if reds else 0


if __name__ == "__main__":
    sys.exit(main())
