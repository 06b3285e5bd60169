"""Commands for what is there already make nothing new where nothing is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interfaces.commands.shell import INIT, Shell
from tests.provision.databases import execute

COMMANDS = [
    ("mint", "intro-call"),
    ("outbox",),
    ("resend", "--all-dead"),
    ("reset-sign-in", "hana@example.org"),
    ("doctor",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command[0]))
def test_no_folder_is_made_where_nothing_has_been_begun(tmp_path: Path, command: tuple[str, ...]) -> None:
    data = tmp_path / "data"
    said = Shell({"BOOKONCE_DATA": str(data), "BOOKONCE_DATABASE_URL": ""}).run(*command)
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.startswith(
        f"bookonce: There is no Bookonce here: {data}/bookonce.sqlite3 does not exist."
    )
    assert "BOOKONCE_DATA=/path/to/data" in said.stderr
    assert not data.exists()


def test_no_secret_is_made_for_a_server_that_knows_another(tmp_path: Path) -> None:
    """On another machine than the one that keeps the secret, links would be made that nobody can copy."""
    data = tmp_path / "data"
    settings = {"BOOKONCE_DATA": str(data), "BOOKONCE_DATABASE_URL": "postgres://127.0.0.1:1/bookonce"}
    said = Shell(settings | {"BOOKONCE_SECRET_KEY": ""}).run("mint", "intro-call")
    assert (said.returncode, f"{data}/secret_key does not exist" in said.stderr) == (1, True)
    assert not data.exists()


def test_no_table_is_made_in_an_empty_database(own_database: str, shell: Shell) -> None:
    if own_database.startswith("sqlite"):
        Path(own_database.removeprefix("sqlite:///")).write_bytes(b"")
    else:
        execute(own_database, "DROP SCHEMA public CASCADE")
        execute(own_database, "CREATE SCHEMA public")
    said = [shell.run("mint", "intro-call") for _ in range(2)]
    assert {(one.returncode, "the database has no tables" in one.stderr) for one in said} == {(1, True)}


@pytest.mark.one_database
def test_a_misspelt_setting_is_told_wherever_it_does_harm(shell: Shell) -> None:
    shell.says(*INIT)
    shell.settings["BOOKONCE_BASEURL"] = "https://book.example.org"
    sentence = "BOOKONCE_BASEURL is no setting and does nothing; BOOKONCE_BASE_URL may be meant"
    minted = shell.run("mint", "intro-call")
    assert minted.stdout.startswith("http://localhost:")
    assert sentence in minted.stderr
    assert f"warn  settings: {sentence}" in shell.says("doctor")
