"""Where style and script files lie, and the addresses under which they may be kept for ever.

An address carries a digest of all of them: whoever has a file under it never asks again, and the next
release has other addresses.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "static"


@lru_cache(maxsize=1)
def digest() -> str:
    """Twelve digits of the digest of every file, in the order of their names."""
    found = hashlib.sha256()
    for path in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        found.update(path.relative_to(FOLDER).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:12]


def prefix() -> str:
    """What every address of such a file begins with."""
    return f"/static/{digest()}/"


def asset(name: str) -> str:
    """The address of ``css/page.css``, for templates."""
    return prefix() + name
