"""``bookonce backup FILE``: a checked copy of the database, while everything runs."""

from __future__ import annotations

import argparse
import logging
import os
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from bookonce.domain.restoration import mark_file
from bookonce.domain.restoration.operations import mark_database
from bookonce.foundation import clock
from bookonce.foundation.database.copies import postgres, sqlite
from bookonce.foundation.database.copies.contents import CopyContents
from bookonce.foundation.database.copies.errors import CopyFailed
from bookonce.foundation.database.migration_state import is_migrated
from bookonce.foundation.errors import DatabaseUnavailable, Sentence

TAKEN = "{file} is there already. Name a new file: none is written over."

log = logging.getLogger("bookonce.backup")


def run(args: argparse.Namespace) -> None:
    """Write the copy, check it, and say what is in it and what is not."""
    target = Path(args.file).absolute()
    contents = write_copy(target)
    _mark_as_older(target)
    size = target.stat().st_size / 1_000_000
    print(f"{target}: {contents.summary} ({size:.1f} MB), checked.")
    print(f"The secret key is not in it, and belongs to it: keep {place_of_key()} as well, elsewhere.")


def write_copy(target: Path) -> CopyContents:
    """A checked copy in a new file that this user alone may read."""
    try:
        if connection.vendor == "sqlite":
            contents = sqlite.write_copy(Path(connection.settings_dict["NAME"]), target)
        else:
            contents = postgres.write_copy(target)
    except FileExistsError:
        raise CopyFailed(Sentence(TAKEN, file=target)) from None
    return contents


def place_of_key() -> str:
    """Where the secret key of this installation is kept."""
    if os.environ.get("BOOKONCE_SECRET_KEY"):
        return "the value of BOOKONCE_SECRET_KEY"
    return str(settings.DATA / "secret_key")


def _mark_as_older(target: Path) -> None:
    """Go one mark on, so that what was copied is known to be older, should it be put back by hand."""
    try:
        if is_migrated() and mark_file.has_marks(settings.DATA):
            mark_database(settings.DATA, by="server", now=clock.now())
    except (DatabaseError, DatabaseUnavailable) as refused:
        log.warning("%s is whole, but the database was not marked: %s", target, refused)
