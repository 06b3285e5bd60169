"""Copies of a PostgreSQL database: archives of pg_dump, written and put back by PostgreSQL's own programs."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from django.db import connection
from psycopg.conninfo import make_conninfo

from bookonce.foundation.database.copies import files
from bookonce.foundation.database.copies.contents import CopyContents
from bookonce.foundation.database.copies.errors import (
    DAMAGED,
    UNWRITTEN,
    CopyFailed,
    CopyUnusable,
    ProgramMissing,
)
from bookonce.foundation.database.copies.sqlite import reason_of
from bookonce.foundation.errors import Sentence

ARCHIVE = b"PGDMP"
"""How an archive of pg_dump begins."""
SEAL = b"\nbookonce sha256 "
"""What our copies end with, and the checksum of all before it: pg_restore takes a changed word for fine."""
UNFINISHED = "bookonce_restored"
"""A table that stands from the commit of a restore until its links are paused."""
OF_DJANGO = ("server_side_binding", "prepare_threshold", "options", "pool", "isolation_level", "assume_role")
"""Options of the connection that are none of libpq's, or not meant for other programs."""


def write_copy(target: Path) -> CopyContents:
    """Write a checked copy of the database, which may be in use; nobody waits for it.

    ``FileExistsError`` where there is a file already; ``CopyFailed`` and ``ProgramMissing`` leave none.
    """
    try:
        with files.new_file(target) as archive:
            words = ("--format=custom", "--no-owner", "--no-privileges", "-f", str(archive))
            _run(_program("pg_dump"), *words, *_database())
            with archive.open("r+b") as file:
                file.write(_seal_of(file, file.seek(0, os.SEEK_END)))
            return read_contents(archive)
    except OSError as trouble:
        if isinstance(trouble, FileExistsError):
            raise
        raise CopyFailed(Sentence(UNWRITTEN, reason=reason_of(trouble))) from None


def read_contents(copy: Path) -> CopyContents:
    """What is in the archive, which is read to its end; ``CopyUnusable`` where it is damaged or none."""
    try:
        with copy.open("rb") as file:
            if file.read(len(ARCHIVE)) != ARCHIVE:
                raise CopyUnusable(Sentence("{copy} is no copy of a PostgreSQL database.", copy=copy))
            if not _is_seal_right(file):
                raise CopyUnusable(Sentence(DAMAGED, copy=copy, reason="its checksum is another"))
    except OSError as refused:
        raise CopyFailed(
            Sentence("{copy} cannot be read: {reason}.", copy=copy, reason=reason_of(refused))
        ) from None
    with _output() as said, _script_of(copy, said) as reading:
        contents = _counted(_stdout(reading))
        if reading.wait():
            raise CopyUnusable(Sentence(DAMAGED, copy=copy, reason=_first_line(said)))
    return contents


def _is_seal_right(file: IO[bytes]) -> bool:
    """Whether the archive is as we wrote it; one that another program made has no seal, and passes."""
    size = file.seek(0, os.SEEK_END)
    # Twice its length: what follows a seal is damage, too.
    begin = file.seek(max(0, size - 2 * (len(SEAL) + 64)))
    end = file.read()
    at = end.rfind(SEAL)
    return at < 0 or end[at:] == _seal_of(file, begin + at)


def _seal_of(file: IO[bytes], size: int) -> bytes:
    """The seal of its first ``size`` bytes; the file stands behind them afterwards."""
    checksum = hashlib.sha256()
    file.seek(0)
    while part := file.read(min(1 << 20, size - file.tell())):
        checksum.update(part)
    return SEAL + checksum.hexdigest().encode()


def put_in_place(copy: Path) -> None:
    """Put the archive in place of our tables, in one transaction: all of it, or nothing is changed.

    Afterwards the table ``UNFINISHED`` stands: whoever serves the database must pause its links before.
    """
    tables = {*read_contents(copy).rows, *_ours()}
    schema = _current_schema()
    dropped = "".join(f'DROP TABLE IF EXISTS "{schema}"."{name}" CASCADE;\n' for name in sorted(tables))
    with _output() as said, _output() as told, _script_of(copy, told) as reading, _psql(said) as writing:
        try:
            # The commit is ours to send: should this process be killed, its end commits nothing.
            writing.write(f"BEGIN;\n{dropped}".encode())
            shutil.copyfileobj(_stdout(reading), writing)
            if reading.wait():
                raise CopyUnusable(Sentence(DAMAGED, copy=copy, reason=_first_line(told)))
            writing.write(f'CREATE TABLE "{schema}"."{UNFINISHED}" ();\nCOMMIT;\n'.encode())
        except BrokenPipeError:
            # psql has ended by itself; why is said where its end is waited for.
            return


@contextmanager
def _psql(said: IO[bytes]) -> Iterator[IO[bytes]]:
    """The input of psql, which stops at the first error; ``CopyFailed`` where there was one."""
    words = ("-X", "-q", "-v", "ON_ERROR_STOP=1", *_database(), "-f", "-")
    writing = subprocess.Popen(  # noqa: S603 - PostgreSQL's own program
        [_program("psql"), *words],
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=said,
    )
    assert writing.stdin is not None
    try:
        yield writing.stdin
    finally:
        with suppress(BrokenPipeError):
            writing.stdin.close()
        failed = writing.wait()
    if failed:
        raise CopyFailed(Sentence("Nothing was changed: {reason}.", reason=_first_line(said)))


def is_restore_unfinished() -> bool:
    """Whether a restore was committed whose links are not paused yet."""
    if connection.vendor != "postgresql":
        return False
    return UNFINISHED in connection.introspection.table_names()


def finish_restore() -> None:
    """Say that the links of a restored database are paused."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'DROP TABLE IF EXISTS "{UNFINISHED}"')


def count_other_sessions() -> int:
    """How many connections servers, workers and commands of ours have to this database, from any machine."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND application_name = 'bookonce' AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def _ours() -> list[str]:
    known = connection.introspection.django_table_names()
    found = connection.introspection.table_names()
    return [name for name in found if name in known or name.startswith(("bookonce_", "django_"))]


def _current_schema() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0])


def _counted(lines: Iterable[bytes]) -> CopyContents:
    """Count the rows of each table: the lines of pg_restore from ``COPY name`` to one with ``\\.`` alone."""
    rows: dict[str, int] = {}
    migrations: set[str] = set()
    table = ""
    for line in lines:
        if table and line == b"\\.\n":
            table = ""
        elif table:
            rows[table] += 1
            if table == "django_migrations":
                # The columns are id, app, name and applied.
                _, app, name, *_ = line.decode().split("\t")
                migrations |= {name} if app == "bookonce" else set()
        elif line.startswith(b"COPY "):
            table = line.split()[1].decode().rpartition(".")[2].strip('"')
            rows[table] = 0
    return CopyContents(rows, frozenset(migrations))


def _script_of(copy: Path, said: IO[bytes]) -> subprocess.Popen[bytes]:
    """pg_restore, which writes the archive as SQL."""
    # Owners, rights and comments are those of the server it came from.
    words = ("--no-owner", "--no-privileges", "--no-comments", "-f", "-", str(copy))
    return subprocess.Popen(  # noqa: S603 - PostgreSQL's own program
        [_program("pg_restore"), *words], stdout=subprocess.PIPE, stderr=said
    )


def _stdout(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdout is not None
    return process.stdout


def _output() -> IO[bytes]:
    """A file for what a program says: a pipe that nobody reads would stop it."""
    return tempfile.TemporaryFile()


def _run(program: str, *words: str) -> None:
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program
        [program, *words], env=_environment(), capture_output=True, check=False
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise CopyFailed(Sentence(UNWRITTEN, reason=" ".join(said.split()) or program))


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        told = (
            "The program {name} is missing on this machine: install PostgreSQL's client programs "
            "(on Debian: postgresql-client), not older than the server."
        )
        raise ProgramMissing(Sentence(told, name=name))
    return found


def _database() -> tuple[str, str]:
    """How PostgreSQL's programs are told the database; the password is not among the words all can see."""
    given = connection.settings_dict
    kept_back = {*OF_DJANGO, "password"}
    options: dict[str, Any] = {
        name: value for name, value in given["OPTIONS"].items() if name not in kept_back
    }
    parts = {"dbname": given["NAME"], "user": given["USER"], "host": given["HOST"], "port": given["PORT"]}
    return "-d", make_conninfo(**{name: value for name, value in parts.items() if value}, **options)


def _environment() -> dict[str, str]:
    password = connection.settings_dict["PASSWORD"]
    return os.environ | ({"PGPASSWORD": password} if password else {})


def _first_line(said: IO[bytes]) -> str:
    said.seek(0)
    return said.read().decode(errors="replace").strip().partition("\n")[0] or "the program says nothing"
