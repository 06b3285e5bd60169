"""Copies of an SQLite database: a compressed database file, whose checksum finds every changed byte."""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
import zlib
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bookonce.foundation.database.copies import files
from bookonce.foundation.database.copies.contents import CopyContents
from bookonce.foundation.database.copies.errors import DAMAGED, UNWRITTEN, CopyFailed, CopyUnusable
from bookonce.foundation.errors import Sentence

GZIP, PLAIN = b"\x1f\x8b", b"SQLite format 3\x00"
"""How our copies begin, and how a database file does that another program has copied."""
BUSY = 60.0
"""Seconds to wait for a program that holds the whole database."""
SIDE_FILES = ("-wal", "-shm", "-journal")


def write_copy(database: Path, target: Path) -> CopyContents:
    """Write a checked copy of a database that may be in use; nobody who writes waits for it in WAL mode.

    ``FileExistsError`` where there is a file already; ``CopyFailed`` leaves none.
    """
    if not database.is_file():
        raise CopyFailed(Sentence("There is no database at {database}.", database=database))
    try:
        with files.new_file(target) as packed, files.scratch_file(target) as snapshot:
            # Not the bytes of the file: those of the journal belong to it, and others write meanwhile.
            with closing(sqlite3.connect(database, timeout=BUSY)) as source:
                source.execute("VACUUM INTO ?", [str(snapshot)])
            contents = read_contents(snapshot)
            with snapshot.open("rb") as plain, gzip.open(packed, "wb", compresslevel=1) as out:
                shutil.copyfileobj(plain, out, 1 << 20)
            _read_through(packed)
            return contents
    except (sqlite3.Error, OSError) as trouble:
        if isinstance(trouble, FileExistsError):
            raise
        raise CopyFailed(Sentence(UNWRITTEN, reason=reason_of(trouble))) from None


def unpack_copy(copy: Path, target: Path) -> CopyContents:
    """Write the copy's database to this empty file; ``CopyUnusable`` where the copy is damaged or none."""
    try:
        beginning = _beginning_of(copy)
        if beginning.startswith(GZIP):
            with gzip.open(copy, "rb") as packed, target.open("wb") as out:
                shutil.copyfileobj(packed, out, 1 << 20)
        elif beginning == PLAIN:
            # Read by SQLite, because a journal beside the file is a part of it.
            source = sqlite3.connect(_read_only(copy), uri=True)
            with closing(source), closing(sqlite3.connect(target)) as plain:
                source.backup(plain)
        else:
            raise CopyUnusable(Sentence("{copy} is no copy of an SQLite database.", copy=copy))
        return read_contents(target)
    except (EOFError, zlib.error, gzip.BadGzipFile, sqlite3.DatabaseError) as damage:
        raise CopyUnusable(Sentence(DAMAGED, copy=copy, reason=reason_of(damage))) from None
    except OSError as refused:
        raise CopyFailed(
            Sentence("{copy} could not be unpacked: {reason}.", copy=copy, reason=reason_of(refused))
        ) from None


def read_contents(database: Path) -> CopyContents:
    """What is in the file, which must be sound in itself; ``CopyUnusable``."""
    with closing(sqlite3.connect(database)) as file:
        # integrity_check compares indexes with tables, too, and finds a file that was cut off.
        if (found := _one(file, "PRAGMA integrity_check(1)")) != "ok":
            raise CopyUnusable(Sentence("The database in it is damaged ({found}).", found=found))
        if _one(file, "SELECT count(*) FROM pragma_foreign_key_check"):
            raise CopyUnusable("The database in it is not whole: rows point to rows that are not there.")
        tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {name: _one(file, f'SELECT count(*) FROM "{name}"') for name in tables}
        done = "SELECT name FROM django_migrations WHERE app = 'bookonce'"
        migrations = {name for (name,) in file.execute(done)} if "django_migrations" in rows else set()
    return CopyContents(rows, frozenset(migrations))


def put_in_place(new: Path, database: Path, aside: Path) -> None:
    """Let ``new`` be the database, and keep the one of before, if any, under the name ``aside``.

    Nobody has either of them open. Where there was one, a whole database has its name at every moment.
    """
    files.sync_file(new)
    if database.exists():
        _settle(database)
        _keep_as(database, aside)
    for ending in SIDE_FILES:
        # A journal is that of the former database, even of one that is gone, and would spoil the new one.
        with suppress(FileNotFoundError):
            Path(f"{database}{ending}").replace(f"{aside}{ending}")
    # Before the new one has the name, else a power cut could leave it beside the former journal.
    files.sync_folder(database.parent)
    new.replace(database)
    files.sync_folder(database.parent)


def reason_of(trouble: BaseException) -> str:
    """In a few words what went wrong."""
    told = trouble.strerror if isinstance(trouble, OSError) else ""
    return told or str(trouble) or type(trouble).__name__


def _settle(database: Path) -> None:
    """Write what is left in the journal into the file, where it can be read at all."""
    # SQLite throws the journal of a file away that it does not know for a database.
    if _beginning_of(database) != PLAIN:
        return
    with suppress(sqlite3.Error), closing(sqlite3.connect(database)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _keep_as(database: Path, aside: Path) -> None:
    try:
        os.link(database, aside)
    except OSError:
        # A file system without second names.
        shutil.copyfile(database, aside)
        files.sync_file(aside)


def _beginning_of(copy: Path) -> bytes:
    with copy.open("rb") as file:
        return file.read(len(PLAIN))


def _read_only(copy: Path) -> str:
    # Without a journal nobody writes to it: immutable, so that a folder that is read-only will do.
    still = "" if Path(f"{copy}-wal").exists() else "&immutable=1"
    return f"file:{quote(str(copy.absolute()))}?mode=ro{still}"


def _read_through(packed: Path) -> None:
    """Read what was written back, up to its checksum."""
    with gzip.open(packed, "rb") as file:
        while file.read(1 << 20):
            pass


def _one(file: sqlite3.Connection, sql: str) -> Any:
    return file.execute(sql).fetchone()[0]
