"""The connections of a web process that is to stop: those on which nobody is being answered are closed.

granian waits for every connection that has begun a head, however long it takes, until it is killed.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import stat
import struct
import termios
import time
from collections import deque
from pathlib import Path

FILES = Path("/dev/fd")
"""This process's open files, by number (Linux, macOS and the BSDs)."""

LOOKS = 0.25
"""Seconds between two looks, from when the process is told to stop."""

LEAVES_WITHIN = 1.0
"""Seconds within which an answer that was handed over has come to the system, which then knows of it."""

Peer = tuple[str, int]


class OpenConnections:
    """Whom this process is answering, and who else is connected to its port."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._answering: set[str] = set()
        # As many as can be connected: of those that were answered earlier, the system knows.
        self._answered: deque[tuple[str, float]] = deque(maxlen=4096)

    def begin(self, client: str) -> None:
        """Note that a request of this client is being answered; ``client`` is its address with its port."""
        self._answering.add(client)

    def end(self, client: str) -> None:
        """Note that the answer was handed over."""
        self._answering.discard(client)
        self._answered.append((client, time.monotonic()))

    def close_idle_ones(self) -> None:
        """Go on closing connections on which nothing is answered, until the process ends."""
        while True:
            self.close_idle_now()
            time.sleep(LOOKS)

    def close_idle_now(self) -> None:
        """Close every connection on which no request is answered and no answer is on its way."""
        since = time.monotonic() - LEAVES_WITHIN
        busy = {*self._answering, *(client for client, at in tuple(self._answered) if at > since)}
        peers = {_peer_of(client) for client in busy}
        for file in FILES.iterdir():
            # A file may be gone, or no connection.
            with contextlib.suppress(OSError):
                if stat.S_ISSOCK(os.fstat(int(file.name)).st_mode):
                    self._close_if_idle(int(file.name), peers)

    def _close_if_idle(self, number: int, busy: set[Peer]) -> None:
        # A number of our own, for granian goes on using its.
        with socket.socket(fileno=os.dup(number)) as connection:
            if connection.family not in (socket.AF_INET, socket.AF_INET6):
                return
            if connection.getsockname()[1] != self._port or connection.getpeername()[:2] in busy:
                return
            if not _unsent_bytes(connection):
                connection.shutdown(socket.SHUT_RDWR)


def _peer_of(client: str) -> Peer:
    host, _, port = client.rpartition(":")
    return host.strip("[]"), int(port)


def _unsent_bytes(connection: socket.socket) -> int:
    """Bytes that the system has not sent, or of which it does not know that they have arrived."""
    answer = fcntl.ioctl(connection, termios.TIOCOUTQ, struct.pack("i", 0))
    return int(struct.unpack("i", answer)[0])
