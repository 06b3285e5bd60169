"""The server's own settings: one socket for all processes, and limits on what a connection may do.

granian reads heads and writes answers outside Python. ``request_body.py`` has the limits of bodies, and
``open_connections.py`` those of answers.
"""

from __future__ import annotations

import socket
from typing import Any

from granian import loops
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.net import SocketSpec  # type: ignore[attr-defined]
from granian.server.mp import MPServer

from bookonce.foundation.environment import Environment
from bookonce.interfaces.http_server.request_loop import build_request_loop

# A thousand guests may connect at one moment; those beyond the backlog come late or never (promise 3).
CONNECTIONS = 2048
"""The most open connections of one process; silent ones are closed before that (open_connections.py)."""

BACKLOG = 2048
"""The most connections that wait in the system's queue to be accepted by any process."""

QUIET = 10
"""Seconds after which a connection is closed on which no head arrives."""

LARGEST_HEAD = 64 * 1024


# The name that granian asks for in each process unless it is told another.
loops.register("auto")(build_request_loop)


class SharedSocketServer(MPServer):
    """granian with one listening socket for all processes.

    With a socket of its own, as granian has it on Linux, a process that is stopped or busy keeps those
    connections that the system has given to it; with a shared one the others take them.
    """

    def _init_shared_socket(self) -> None:
        shared = SocketSpec(self.bind_addr, self.bind_port, self.backlog).build()
        self._shd = shared  # type: ignore[assignment]
        self._sso = socket.socket(fileno=shared.get_fd())
        self._sso.set_inheritable(True)


def build_server(here: Environment, *, logging: dict[str, Any], grace: float) -> MPServer:
    """A server for the application in `interfaces.http_server.server`, not yet started."""
    return SharedSocketServer(
        "bookonce.wsgi:application",
        address=here.host,
        port=here.port,
        interface=Interfaces.RSGI,
        workers=here.workers,
        # HTTP/2 without TLS is spoken by no browser, and a proxy needs none of it.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=QUIET * 1000, max_buffer_size=LARGEST_HEAD),
        backlog=BACKLOG,
        backpressure=CONNECTIONS,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=logging,
        # Its lines would contain every path, and so every token (promise 22).
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=int(grace),
    )
