"""``bookonce serve`` whose web or worker does not come up: one sentence, and nothing is left running."""

from __future__ import annotations

import socket
from pathlib import Path

import psutil
import pytest

from tests.interfaces.commands.bad_starts import HOW
from tests.interfaces.commands.shell import Shell

FAILED = "bookonce: The start failed; the lines above say why."
SILENT = "bookonce: The web process did not answer within 2 seconds."


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("how", "sentence"),
    [("web dies", FAILED), ("worker dies", FAILED), ("web is silent", SILENT)],
)
def test_a_start_that_fails_ends_in_one_sentence(shell: Shell, how: str, sentence: str) -> None:
    shell.program = "tests.interfaces.commands.bad_starts"
    shell.settings[HOW] = how
    ended = shell.run("serve")
    assert ended.stderr.splitlines()[-1] == sentence
    assert "Traceback" not in ended.stderr
    assert "Bookonce is at" not in ended.stdout
    assert ended.returncode == 1
    left = {name: int((folder_of(shell) / f"{name}.pid").read_text()) for name in ("web", "worker")}
    assert not [name for name, pid in left.items() if psutil.pid_exists(pid)]


def test_the_probe_of_the_start_asks_no_proxy(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        shell.settings |= {"http_proxy": address, "no_proxy": ""}
        with shell.running():
            pass
        proxy.setblocking(False)
        with pytest.raises(BlockingIOError):
            proxy.accept()


def folder_of(shell: Shell) -> Path:
    return Path(shell.settings["BOOKONCE_DATA"])
