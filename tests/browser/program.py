"""``bookonce`` on a clock that a test can move on: nobody waits for a person to think.

The clock is ahead by as many seconds as the file has bytes that ``BOOKONCE_TEST_CLOCK`` names; a test begins
early in a morning (tests/browser/conftest.py).
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.interfaces.commands import preloaded

AHEAD = "BOOKONCE_TEST_CLOCK"


def main() -> None:
    preloaded.load()

    from bookonce.foundation import clock

    precise, file = clock.now_precise, Path(os.environ[AHEAD])
    clock.now_precise = lambda: precise() + file.stat().st_size
    preloaded.bear()


if __name__ == "__main__":
    main()
