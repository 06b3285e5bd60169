"""``bookonce doctor``: checks everything that the promises depend on, a line for each."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator

from django.db import DatabaseError

from bookonce.foundation import clock
from bookonce.interfaces.commands import checks, clock_check, new_key
from bookonce.interfaces.commands.checks import FAIL, OK, CheckResult

ABOUT_THE_PROGRAM: tuple[Callable[[], Iterator[CheckResult]], ...] = (
    checks.check_secret,
    checks.check_base_url,
    checks.check_settings,
    checks.check_data_folder,
    checks.check_mail,
    checks.check_kept_mails,
    checks.check_zone_data,
)


def run(args: argparse.Namespace) -> int:
    """Print the result of every check; 1 where one fails."""
    if args.accept_new_key:
        return new_key.accept_new_key(yes=args.yes)
    lines = list(run_checks())
    failed = any(line.level == FAIL for line in lines)
    if args.json:
        told = [{"level": line.level, "about": line.about, "detail": line.detail} for line in lines]
        print(json.dumps({"ok": not failed, "checks": told}, indent=2, ensure_ascii=False))
    else:
        sys.stdout.writelines(f"{line.level:<5} {line.about}: {line.detail}\n" for line in lines)
        bad = sum(line.level == FAIL for line in lines)
        print(f"\n{bad} of {len(lines)} fail." if bad else f"\nAll {len(lines)} are in order or bearable.")
    return 1 if failed else 0


def run_checks() -> Iterator[CheckResult]:
    """All checks: of the program first, then of the database as far as it can be reached."""
    for check in ABOUT_THE_PROGRAM:
        yield from check()
    try:
        yield from checks.check_database()
        migrated = checks.check_migrations()
        yield migrated
        # An older database may lack tables that the other checks read.
        if migrated.level == OK:
            # First: the others need the time.
            yield from clock_check.check_clock()
            now = clock.now()
            yield from checks.check_guards()
            yield from new_key.check_key(now=now)
            yield from checks.check_worker()
            yield from checks.check_outbox(now=now)
            yield from checks.check_held_links(now=now)
            yield from checks.check_agreed_times(now=now)
            yield from checks.check_promises()
    except DatabaseError as refused:
        yield CheckResult(FAIL, "database", f"it cannot be asked: {str(refused).strip()}")
