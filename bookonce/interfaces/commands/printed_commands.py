"""Commands as they are printed: pasted into another terminal they use the same database."""

from __future__ import annotations

import os
import shlex
import sys

CARRIED = ("BOOKONCE_DATA", "BOOKONCE_DATABASE_URL", "BOOKONCE_BASE_URL", "BOOKONCE_PORT")


def restart_command(**settings: str) -> str:
    """This very command, with these settings in place of its own."""
    if "MAKELEVEL" in os.environ and sys.argv[1:2] == ["serve"]:
        arguments = {"ARGS": shlex.join(sys.argv[2:])} if sys.argv[2:] else {}
        return " ".join(filter(None, (_carried(settings), "make run", _assignments(arguments))))
    return printed_command(shlex.join(sys.argv[1:]), **settings)


def printed_command(words: str, **settings: str) -> str:
    """``bookonce`` with these words, after these settings and those that are not the default."""
    return " ".join(filter(None, (_carried(settings), ".venv/bin/bookonce", words)))


def _carried(settings: dict[str, str]) -> str:
    given = {name: os.environ.get(name, "") for name in CARRIED} | settings
    # A server's address may hold a password, which must not be printed.
    return _assignments(
        {name: value for name, value in given.items() if value and not value.startswith("postgres")}
    )


def _assignments(settings: dict[str, str]) -> str:
    return " ".join(f"{name}={shlex.quote(value)}" for name, value in settings.items())
