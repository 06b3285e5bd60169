"""``bookonce restore FILE``: puts a copy back, and every link of it on hold (promise 29)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection

from bookonce.delivery.outbox.queries import latest_instant
from bookonce.domain.accounts.models import Workspace
from bookonce.domain.links.models import Link
from bookonce.domain.links.queries import list_paused
from bookonce.domain.restoration.operations import begin_epoch, mark_database
from bookonce.foundation import clock, tokens
from bookonce.foundation.database import clock_readings
from bookonce.foundation.database.copies import files, postgres, sqlite
from bookonce.foundation.database.copies.contents import CopyContents, require_known_form
from bookonce.foundation.database.copies.errors import CopyUnusable
from bookonce.foundation.database.transactions import allow_doubted_clock
from bookonce.foundation.environment import ensure_private_folder
from bookonce.foundation.errors import Refused, Sentence
from bookonce.interfaces.commands import backup, running


class DataInTheWay(Refused):
    """There is data in the database that the copy would replace."""

    sentence = (
        "There is a database here already. It would be kept aside, and the copy take its place: "
        "add --yes if you want that."
    )


def run(args: argparse.Namespace) -> None:
    """Put the copy back; the database of before is kept, and links wait for their owners."""
    copy = Path(args.file).absolute()
    if not copy.is_file():
        raise CopyUnusable(Sentence("There is no file {file}.", file=copy))
    ensure_private_folder(settings.DATA, "BOOKONCE_DATA")
    put_back = _put_sqlite_back if connection.vendor == "sqlite" else _put_postgres_back
    if connection.vendor == "sqlite":
        ensure_private_folder(Path(connection.settings_dict["NAME"]).parent, "BOOKONCE_DATABASE_URL")
    with running.alone_with_database():
        contents, aside = put_back(copy, yes=args.yes)
        with allow_doubted_clock():
            mark_database(settings.DATA, by="cli", now=clock.now())
    print(f"{copy} is put back: {contents.summary}.")
    if aside is not None:
        print(f"What was here before is kept in {aside}.")
    _list_held()
    print(f"The secret key was not in it: {backup.place_of_key()} must be the one of when it was made.")


def _put_sqlite_back(copy: Path, *, yes: bool) -> tuple[CopyContents, Path | None]:
    database = Path(connection.settings_dict["NAME"])
    with files.scratch_file(database) as new:
        contents = sqlite.unpack_copy(copy, new)
        require_known_form(contents)
        if database.exists() and not yes and _has_data():
            raise DataInTheWay
        _use(new)
        try:
            _bring_up()
        finally:
            _use(database)
            for ending in (*sqlite.SIDE_FILES, "-queue", "-start"):
                Path(f"{new}{ending}").unlink(missing_ok=True)
        aside = _name_aside(database)
        sqlite.put_in_place(new, database, aside)
    return contents, aside if aside.exists() else None


def _use(database: Path) -> None:
    """Let this process work on this file."""
    connection.close()
    connection.settings_dict["NAME"] = str(database)


def _put_postgres_back(copy: Path, *, yes: bool) -> tuple[CopyContents, Path | None]:
    contents = postgres.read_contents(copy)
    require_known_form(contents)
    aside = None
    if _has_data():
        if not yes:
            raise DataInTheWay
        aside = _name_aside(settings.DATA / "database")
        backup.write_copy(aside)
    postgres.put_in_place(copy)
    _bring_up()
    postgres.finish_restore()
    return contents, aside


def _has_data() -> bool:
    """Whether anybody works in the database that is here; one that cannot be read is taken for such."""
    try:
        return Workspace.objects.exists()
    except DatabaseError:
        # An empty database has no table of ours; a damaged file has none that can be read.
        return not _is_empty()
    finally:
        connection.close()


def _is_empty() -> bool:
    try:
        connection.close()
        return not any(name.startswith("bookonce_") for name in connection.introspection.table_names())
    except DatabaseError:
        return False


def _bring_up() -> None:
    """Bring a restored database to today's form, and pause its links."""
    call_command("migrate", verbosity=0, interactive=False)
    # A copy may be as old as it likes: what other machines knew of their clocks then measures nothing now.
    clock_readings.forget_other_machines()
    clock_readings.resume_clock(latest_instant)
    with allow_doubted_clock():
        begin_epoch(by="cli", now=clock.now())


def _name_aside(database: Path) -> Path:
    return database.with_name(f"{database.name}.before-restore-{clock.now():%Y%m%dT%H%M%SZ}")


def _list_held() -> None:
    held = list_paused(None, now=clock.now())
    print(f"{held.count()} links are on hold until their owners release them, at the desk or by the API:")
    sys.stdout.writelines(f"  {_line_of(link)}\n" for link in held.iterator(chunk_size=500))


def _line_of(link: Link) -> str:
    who = link.recipient_name or link.recipient_email or link.label or "for whoever books first"
    return f"{tokens.public_id('lnk', link.pk)}  {link.calendar.name}: {who}"
