"""``bookonce`` on a machine whose clock a test can set: it is wrong by as many seconds as a file says."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

WRONG_BY = "BOOKONCE_TEST_WRONG_BY"


def main() -> int:
    from bookonce import cli
    from bookonce.foundation import clock

    file = Path(os.environ[WRONG_BY])
    clock.wall_seconds = lambda: time.time() + float(file.read_text() or 0)
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
