"""``bookonce init`` prints one JSON object, and refuses in one sentence."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.interfaces.commands.shell import INIT, Shell, free_port


def test_the_answer_is_one_json_object(shell: Shell) -> None:
    told = json.loads(shell.says(*INIT, "--zone", "Europe/Berlin"))
    assert told["workspace"]["slug"] == "acme"
    assert told["owner"]["email"] == "hana@example.org"
    assert told["api_key"].startswith("bko_")
    assert told["calendar"]["id"].startswith("cal_")
    assert told["calendar"]["zone"] == "Europe/Berlin"
    assert told["setup_url"].startswith(f"http://localhost:{shell.settings['BOOKONCE_PORT']}/setup/")


@pytest.mark.one_database
def test_it_begins_in_the_language_that_is_named(shell: Shell) -> None:
    german = json.loads(shell.says(*INIT, "--language", "de"))
    assert (german["calendar"]["name"], german["calendar"]["slug"]) == ("Erstgespräch", "erstgesprach")
    refused = shell.run(*INIT, "--another", "--language", "Klingon")
    assert refused.stderr == "bookonce: --language: Name a language that there is: en or de.\n"
    other = ("--owner-email", "other@example.org", "--another")
    assert json.loads(shell.says(*INIT, *other))["calendar"]["name"] == "Intro call"


@pytest.mark.one_database
def test_with_a_password_there_is_no_address_to_set_one(shell: Shell) -> None:
    assert "setup_url" not in json.loads(shell.says(*INIT, "--password-stdin", given="correct horse\n"))


@pytest.mark.one_database
def test_an_owner_without_a_real_password_is_not_founded(shell: Shell) -> None:
    for given in ("", "\n", "x", "sevenis\n", "x" * 1001):
        refused = shell.run(*INIT, "--password-stdin", given=given)
        assert (refused.returncode, refused.stdout) == (1, ""), given
        assert refused.stderr == (
            "bookonce: --password-stdin: Give one line with a password of 8 to 1000 characters.\n"
        ), given
    assert "setup_url" not in json.loads(shell.says(*INIT, "--password-stdin", given="eight888\n"))


@pytest.mark.one_database
def test_a_password_is_read_as_utf_8(shell: Shell) -> None:
    """Also where the machine's own language is none; and nothing else is a traceback."""
    shell.settings |= {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = shell.command(*INIT, "--password-stdin")

    def init(password: bytes) -> tuple[int, bytes]:
        done = subprocess.run(command, env=shell.environment, input=password, capture_output=True)
        return done.returncode, done.stderr

    assert init("größer\n".encode("latin-1") * 2) == (
        1,
        b"bookonce: --password-stdin: Give the password in UTF-8.\n",
    )
    code, said = init("größer als acht\n".encode())
    assert code == 0, said


@pytest.mark.one_database
def test_nobody_else_reads_what_it_makes(tmp_path: Path) -> None:
    data = tmp_path / "made"
    shell = Shell(
        {"BOOKONCE_DATABASE_URL": "", "BOOKONCE_DATA": str(data), "BOOKONCE_PORT": str(free_port())}
    )
    before = os.umask(0o022)
    try:
        with shell.running():
            made = {path: path.stat().st_mode & 0o777 for path in [data, *data.rglob("*")]}
            shell.get("/o/nothing")
            made |= {path: path.stat().st_mode & 0o777 for path in data.rglob("rates*")}
    finally:
        os.umask(before)
    log = data / "log"  # the test's own
    assert len([path for path in made if path.suffix.startswith(".sqlite3")]) >= 4
    assert {
        path.name: oct(mode) for path, mode in made.items() if mode & 0o077 and path not in (data, log)
    } == {}
    fresh = tmp_path / "fresh"
    Shell(shell.settings | {"BOOKONCE_DATA": str(fresh)}).says(*INIT)
    assert fresh.stat().st_mode & 0o777 == 0o700


def test_a_second_workspace_must_be_asked_for(shell: Shell) -> None:
    shell.says(*INIT)
    refused = shell.run(*INIT)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        "bookonce: There is a workspace here already. To add one more, say --another.\n"
    )
    other = [*INIT[:-1], "other@example.org", "--another"]
    assert json.loads(shell.says(*other))["workspace"]["slug"] == "acme-2"


@pytest.mark.one_database
def test_wrong_words_name_the_option_and_the_mend(shell: Shell) -> None:
    refused = shell.run(*INIT, "--zone", "Mars/Olympus")
    assert refused.returncode == 1
    assert refused.stderr == "bookonce: --zone: Name a time zone like Europe/Berlin.\n"


@pytest.mark.one_database
def test_a_setting_that_cannot_be_used_is_one_sentence(shell: Shell) -> None:
    shell.settings["BOOKONCE_PORT"] = "many"
    refused = shell.run(*INIT)
    assert refused.returncode == 2
    assert refused.stderr == ("bookonce: BOOKONCE_PORT must be a whole number from 1 to 65535, not 'many'\n")
