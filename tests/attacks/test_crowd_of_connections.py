"""Far more connections than there are places for, all silent: whoever comes next is answered all the same."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.attacks.conftest import IN_FULL, Target
from tests.attacks.crowded import PLACES
from tests.attacks.test_unfinished_requests import IDLE, half_a_post
from tests.interfaces.commands.shell import INIT, Shell

HOST = b"Host: localhost\r\n"
SILENT = IDLE | {
    "half a body": half_a_post("/o/unknown"),
    "takes nothing": b"GET /sign-in HTTP/1.1\r\n" + HOST + b"\r\n",
}
TIMES = 20 if IN_FULL else 4
"""So many connections for each place of both processes."""


@pytest.fixture(scope="module")
def crowded(shell: Shell) -> Shell:
    return Shell(shell.settings, program="tests.attacks.crowded")


@pytest.fixture(scope="module")
def target(crowded: Shell) -> Iterator[Target]:
    told = json.loads(crowded.says(*INIT))
    with crowded.running():
        yield Target(crowded, told["calendar"]["id"], told["api_key"])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how long a connection is silent")
@pytest.mark.parametrize("kind", SILENT)
def test_silent_connections_keep_nobody_out(target: Target, kind: str) -> None:
    """Without room for it, each of these requests would wait for minutes, longer than the test does."""
    page = target.new_link()
    with ExitStack() as clients:
        for _ in range(TIMES * 2 * PLACES):
            client = clients.enter_context(socket.socket())
            # Room for less than a page, so that the rest of it stays with the server.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2304)
            client.connect(("127.0.0.1", target.port))
            client.sendall(SILENT[kind])
        for path in ("/healthz", "/readyz", page):
            assert target.shell.get(path, Host=f"localhost:{target.port}")[0] == 200
