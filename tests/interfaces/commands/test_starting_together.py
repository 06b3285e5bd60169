"""Commands that start at one time, on a database that is not there yet: one migrates, the others wait."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.interfaces.commands.shell import INIT, Shell
from tests.provision.databases import empty_database


@pytest.fixture
def fresh(tmp_path: Path) -> object:
    with empty_database(tmp_path) as url:
        yield Shell({"BOOKONCE_DATABASE_URL": url, "BOOKONCE_DATA": str(tmp_path / "data")})


@pytest.mark.django_db
def test_many_first_starts_at_once(fresh: Shell) -> None:
    words = [[*INIT[:-1], f"hana{number}@example.org", "--another"] for number in range(4)]
    started = [
        subprocess.Popen(
            fresh.command(*each),
            env=fresh.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for each in words
    ]
    done = [process.communicate(timeout=100) for process in started]
    assert [process.returncode for process in started] == [0] * 4, done
    slugs = {json.loads(out)["workspace"]["slug"] for out, _ in done}
    assert slugs == {"acme", "acme-2", "acme-3", "acme-4"}


@pytest.mark.django_db
def test_of_many_first_workspaces_one_is_founded(fresh: Shell) -> None:
    started = [
        subprocess.Popen(
            fresh.command(*INIT),
            env=fresh.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = [process.communicate(timeout=100)[1] for process in started]
    assert sorted(process.returncode for process in started) == [0, 1, 1], said
