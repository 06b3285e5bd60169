"""``bookonce`` on a clock that a test can move on: nobody waits for a person to think.

The clock is ahead by as many seconds as the file has bytes that ``BOOKONCE_TEST_CLOCK`` names; a test begins
early in a morning (tests/browser/conftest.py).
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.cli import nursery

AHEAD = "BOOKONCE_TEST_CLOCK"


def main() -> None:
    nursery.load()

    from bookonce import clock

    precise, file = clock.precise, Path(os.environ[AHEAD])
    clock.precise = lambda: precise() + file.stat().st_size
    nursery.bear()


if __name__ == "__main__":
    main()
