"""The day on which the tests run: today, or the one that ``BOOKONCE_TEST_TODAY`` names.

    BOOKONCE_TEST_TODAY=2028-02-29 .venv/bin/pytest tests/domain        # from noon, UTC
    BOOKONCE_TEST_TODAY=2026-12-31T23:58Z .venv/bin/pytest tests/domain # a year ends meanwhile

Every Python that a test starts is on that day as well: servers, workers, racers. Their clocks go on. What
counts seconds (monotonic clocks, timeouts) is not moved, nor what is no Python: PostgreSQL, the browser.
"""

from __future__ import annotations

import importlib.util
import os
import time
from datetime import UTC, datetime
from pathlib import Path

TODAY = "BOOKONCE_TEST_TODAY"
AHEAD = "BOOKONCE_TEST_AHEAD"
"""Seconds from the machine's clock to that of the tests. Who finds it in the environment is there already."""
BEGINS = Path(__file__).parent / "another_day"


def instant_of(text: str) -> datetime:
    """The instant that a date (noon, UTC) or an RFC 3339 date-time names."""
    at = datetime.fromisoformat(f"{text}T12:00Z" if len(text) == len("2026-11-30") else text)
    if at.tzinfo is None:
        raise ValueError(f"{TODAY} needs an offset from UTC: {text}Z")
    return at.astimezone(UTC)


def go_there() -> None:
    """Set this process, and every Python that it starts, on the day that is named, if one is."""
    text = os.environ.get(TODAY)
    if not text or AHEAD in os.environ:
        return
    os.environ[AHEAD] = str(instant_of(text).timestamp() - time.time())
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(BEGINS), os.environ.get("PYTHONPATH")]))
    start = importlib.util.spec_from_file_location("_another_day", BEGINS / "sitecustomize.py")
    assert start is not None
    assert start.loader is not None
    start.loader.exec_module(importlib.util.module_from_spec(start))
