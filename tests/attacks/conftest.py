"""The running program, to be attacked from outside."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.interfaces.commands.shell import INIT, Shell, free_port
from tests.provision import databases

IN_FULL = bool(os.environ.get("ATTACKS"))
"""Set by ``make attacks``, which runs nothing beside it; in ``make test`` each attack is smaller and may take
longer."""


@dataclass(frozen=True)
class Target:
    """A workspace that is served."""

    shell: Shell
    calendar: str
    key: str

    @property
    def port(self) -> int:
        return int(self.shell.settings["BOOKONCE_PORT"])

    def new_link(self) -> str:
        """The path of the page of a one-time link that nobody has used."""
        return "/o/" + self.shell.says("mint", self.calendar).strip().rpartition("/o/")[2]


@pytest.fixture(scope="module")
def own_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One for each file of attacks: to make one and to start on it takes longer than most of them."""
    with databases.own_database(tmp_path_factory.mktemp("database")) as url:
        yield url


@pytest.fixture(scope="module")
def shell(own_database: str, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    settings = {"BOOKONCE_DATA": str(tmp_path_factory.mktemp("data")), "BOOKONCE_PORT": str(free_port())}
    settings |= {"BOOKONCE_DATABASE_URL": own_database, "BOOKONCE_WORKERS": "2"}
    return Shell(settings) if IN_FULL else Shell(settings, program="tests.attacks.hurried")


@pytest.fixture(scope="module")
def target(shell: Shell) -> Iterator[Target]:
    told: dict[str, Any] = json.loads(shell.says(*INIT))
    with shell.running():
        yield Target(shell, told["calendar"]["id"], told["api_key"])
