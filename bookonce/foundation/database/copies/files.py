"""Files that appear whole or not at all, and survive a power cut."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Write the file in place of the one of this name, readable for this user alone."""
    with _beside(path) as trial:
        trial.write_bytes(content)
        sync_file(trial)
        trial.replace(path)
    sync_folder(path.parent)


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    trial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    os.close(os.open(trial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield trial
    finally:
        with contextlib.suppress(FileNotFoundError):
            trial.unlink()


def sync_file(path: Path) -> None:
    """Let the file's content survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(path: Path) -> None:
    """Let the names in this folder survive a power cut."""
    sync_file(path)
