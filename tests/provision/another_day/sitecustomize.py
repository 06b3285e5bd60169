"""Python reads this as it starts, where the tests run on another day (tests/provision/today.py)."""

from __future__ import annotations

import contextlib
import os
import time

with contextlib.suppress(ImportError):  # a Python that is not ours: it tells the machine's time
    import time_machine

    _ahead = float(os.environ.get("BOOKONCE_TEST_AHEAD", "0"))
    time_machine.travel(time.time() + _ahead, tick=True).start()
