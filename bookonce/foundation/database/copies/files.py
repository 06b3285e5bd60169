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
def new_file(path: Path) -> Iterator[Path]:
    """An empty file to write; it gets its name when the block ends well, else nothing is left of it.

    ``FileExistsError`` where there is a file of this name, also one that came meanwhile.
    """
    if path.exists() or path.is_symlink():
        raise FileExistsError(path)
    with _beside(path) as trial:
        yield trial
        sync_file(trial)
        try:
            # Unlike a rename it never takes the place of a file that came meanwhile.
            os.link(trial, path)
        except FileExistsError:
            raise
        except OSError:
            # Some file systems know no second name: sticks, shares.
            trial.replace(path)
    sync_folder(path.parent)


@contextmanager
def scratch_file(path: Path) -> Iterator[Path]:
    """An empty file beside this one, gone after the block."""
    with _beside(path) as trial:
        yield trial


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
