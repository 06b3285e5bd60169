"""A page that takes its time, for tests that stop the server meanwhile: named by the setting below.

It leaves a file ``slow-…`` for each request that has arrived."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bookonce.settings")


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Everything is the product's, but for ``/slow``."""
    if environ["PATH_INFO"] != "/slow":
        from bookonce.wsgi import application as ours

        answer: Iterable[bytes] = ours(environ, start)
        return answer
    Path(os.environ["BOOKONCE_DATA"], f"slow-{secrets.token_hex(4)}").touch()
    time.sleep(2)
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"finished"]
