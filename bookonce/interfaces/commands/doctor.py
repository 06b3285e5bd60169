"""``bookonce doctor``: whether everything stands that the promises lean on, in plain lines."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator

from django.db import DatabaseError

from bookonce.foundation import clock
from bookonce.interfaces.commands import checks
from bookonce.interfaces.commands.checks import FAIL, OK, Line

ABOUT_THE_PROGRAM: tuple[Callable[[], Iterator[Line]], ...] = (
    checks.secret,
    checks.base_url,
    checks.folder,
    checks.mail,
    checks.kept_letters,
    checks.zones,
)


def run(args: argparse.Namespace) -> int:
    """Print a line for everything that was looked at; 1 where something fails."""
    lines = list(look())
    failed = any(line.level == FAIL for line in lines)
    if args.json:
        told = [{"level": line.level, "about": line.about, "detail": line.detail} for line in lines]
        print(json.dumps({"ok": not failed, "checks": told}, indent=2, ensure_ascii=False))
    else:
        sys.stdout.writelines(f"{line.level:<5} {line.about}: {line.detail}\n" for line in lines)
        bad = sum(line.level == FAIL for line in lines)
        print(f"\n{bad} of {len(lines)} fail." if bad else f"\nAll {len(lines)} are in order or bearable.")
    return 1 if failed else 0


def look() -> Iterator[Line]:
    """Everything, the program first, then the database as far as it can be asked."""
    for check in ABOUT_THE_PROGRAM:
        yield from check()
    now = clock.now()
    try:
        yield from checks.database()
        migrated = checks.migrated()
        yield migrated
        if migrated.level == OK:
            yield from checks.guarded()
            yield from checks.worker(now=now)
            yield from checks.letters(now=now)
            yield from checks.ahead(now=now)
            yield from checks.agreed_times(now=now)
            yield from checks.promises()
    except DatabaseError as refused:
        yield Line(FAIL, "database", f"it cannot be asked: {str(refused).strip()}")
