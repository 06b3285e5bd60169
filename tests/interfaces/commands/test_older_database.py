"""A server that starts on an older database than it has served before holds the links (promise 29)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from tests.interfaces.commands.shell import INIT, Shell
from tests.provision.postgres import create_database, drop_database


def states(shell: Shell) -> list[str]:
    """The states of all links, by the API of the server that runs."""
    key = Path(shell.settings["BOOKONCE_DATA"], "key").read_text()
    listed = json.loads(shell.get("/api/v1/links", Authorization=f"Bearer {key}")[1])["data"]
    return sorted(link["state"] for link in listed)


def found(shell: Shell) -> None:
    made = json.loads(shell.says(*INIT))
    Path(shell.settings["BOOKONCE_DATA"], "key").write_text(made["api_key"])
    shell.says("mint", made["calendar"]["slug"], "--count", "2")


def test_a_copy_that_was_put_back_holds_its_links(shell: Shell) -> None:
    url = shell.settings["BOOKONCE_DATABASE_URL"]
    is_file = url.startswith("sqlite:")
    found(shell)
    with shell.running():
        pass
    if is_file:
        older = f"{url}-older"
        shutil.copy(url.removeprefix("sqlite:///"), older.removeprefix("sqlite:///"))
    else:
        older = create_database(url, f"{urlsplit(url).path[1:]}_older", template=urlsplit(url).path[1:])
    try:
        with shell.running() as serve:
            assert states(shell) == ["active", "active"]
            family = psutil.Process(serve.pid).children(recursive=True)
            serve.kill()
            # Or what is left of it would answer in place of the next.
            assert not psutil.wait_procs(family, timeout=30)[1]
        shell.settings["BOOKONCE_DATABASE_URL"] = older
        with shell.running():
            assert states(shell) == ["paused", "paused"]
        assert "2 are on hold until their owners release them" in shell.log
    finally:
        if not is_file:
            drop_database(url, urlsplit(older).path[1:])


@pytest.mark.one_database
def test_an_operator_who_put_a_machine_back_says_so(shell: Shell) -> None:
    found(shell)
    with shell.running("serve", "--restored"):
        assert states(shell) == ["paused", "paused"]
