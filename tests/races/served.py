"""The running program on the run's own database, for races from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.interfaces.commands.shell import Shell, free_port


@contextmanager
def running(
    folders: pytest.TempPathFactory, *, program: str = "bookonce.cli", **settings: str
) -> Iterator[Shell]:
    """``bookonce serve``, as it is by default, with two web processes; these settings come on top."""
    here = {"BOOKONCE_DATA": str(folders.mktemp("data")), "BOOKONCE_PORT": str(free_port())}
    shell = Shell(here | {"BOOKONCE_WORKERS": "2"} | settings, program)
    with shell.running():
        yield shell


def forget_marks(shell: Shell) -> None:
    """Let the program think that it begins: it would take an emptied database for a restored one."""
    for mark in (Path(shell.settings["BOOKONCE_DATA"]) / "marks").glob("*.json"):
        mark.unlink()


def port_of(shell: Shell) -> int:
    return int(shell.settings["BOOKONCE_PORT"])
