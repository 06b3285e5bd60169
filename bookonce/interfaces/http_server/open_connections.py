"""Which connections of a web process are closed before their time: those on which nobody is being answered.

All of them once the process is to stop, for granian waits for every connection that has begun a head, until
it is killed. Those that are silent longest where so many are open that granian would soon accept no more:
whoever comes next, a probe too, would wait until one of them reaches its limit. And those whose client takes
nothing of its answer. The system's own limit for these (TCP_USER_TIMEOUT) also cuts off who reads steadily,
but more slowly than is sent: its clock goes on while the client's window opens again and again.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import itertools
import os
import socket
import stat
import struct
import sys
import termios
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

FILES = Path("/dev/fd")
"""This process's open files, by number (Linux, macOS and the BSDs)."""

LOOKS = 0.25
"""Seconds between two looks."""

CROWDED = 1536
"""Connections of one process above which silent ones are closed; fewer than granian accepts (listener.py)."""

SILENT = 1000
"""Milliseconds without a byte after which a client is silent; the head of a new one is on its way."""

LEAVES_WITHIN = 1.0
"""Seconds within which an answer that was handed over has come to the system, which then knows of it."""

STUCK = 10.0
"""Seconds after which a connection is closed whose client has taken no byte of its answer."""

LOOKS_FOR_STUCK = 8
"""One of so many looks is for them too."""

SENT, RECEIVED, ACKNOWLEDGED = ("I", 44), ("I", 52), ("Q", 120)
"""Where Linux tells (linux/tcp.h, struct tcp_info): milliseconds since data were last sent, and received;
how many bytes have arrived at the other side."""

Peer = tuple[str, int]


class Silence(NamedTuple):
    """How long a client has done nothing; the greatest is closed first."""

    may_go: bool
    """Nothing of an answer is on its way to it."""
    milliseconds: int
    """0 while its request is being answered."""
    number: int
    peer: Peer


class OpenConnections:
    """Whom this process is answering, and who else is connected to its port."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._answering: set[str] = set()
        self._sending: set[str] = set()
        self._taken: dict[Peer, tuple[int, float]] = {}
        """Of whom an answer is on its way to: how many bytes it has taken, and since when no more."""
        # As many as can be connected: of those that were answered earlier, the system knows.
        self._answered: deque[tuple[str, float]] = deque(maxlen=4096)

    def begin(self, client: str) -> None:
        """Note that a request of this client is being answered; ``client`` is its address with its port."""
        self._answering.add(client)

    def end(self, client: str) -> None:
        """Note that the answer was handed over."""
        self._answering.discard(client)
        self._answered.append((client, time.monotonic()))

    @contextmanager
    def sending(self, client: str) -> Iterator[None]:
        """While this client, whose request has begun, still has to send the rest of it."""
        self._sending.add(client)
        try:
            yield
        finally:
            self._sending.discard(client)

    def close_silent_ones(self) -> None:
        """Go on making room for new connections, and closing stuck ones, until the process ends."""
        for look in itertools.count():
            time.sleep(LOOKS)
            self.make_room_now()
            if look % LOOKS_FOR_STUCK == 0:
                self.close_stuck_now(time.monotonic())

    def close_stuck_now(self, now: float) -> None:
        """Close every connection whose client has taken nothing of its answer for ``STUCK`` seconds."""
        if sys.platform != "linux":
            return
        before, self._taken = self._taken, {}
        for number in _open_files():
            # It may be gone, or no connection.
            with contextlib.suppress(OSError), self._connection(number) as connection:
                if _unsent_bytes(connection):
                    peer, taken = connection.getpeername()[:2], _told(connection, ACKNOWLEDGED)
                    known, since = before.get(peer, (taken, now))
                    self._taken[peer] = (taken, since if taken == known else now)
                    if taken == known and now - since > STUCK:
                        _cut(connection)

    def make_room_now(self) -> None:
        """Where more than ``CROWDED`` connections are open, close as many of those that are silent longest.

        Idle ones and unfinished requests go first, then those that take nothing of their answer.
        """
        # Counting files costs next to nothing, and nearly all of a crowded process are connections.
        if len(_open_files()) <= CROWDED:
            return
        known = list(self._silences())
        silent = sorted((one for one in known if one.milliseconds >= SILENT), reverse=True)
        for one in silent[: max(len(known) - CROWDED, 0)]:
            # It may have gone on by now; or gone, and another have its number.
            with contextlib.suppress(OSError), self._connection(one.number) as connection:
                if _told(connection, RECEIVED) >= SILENT and connection.getpeername()[:2] == one.peer:
                    _cut(connection)

    def _silences(self) -> Iterator[Silence]:
        busy = self._busy_peers() - {_peer_of(client) for client in tuple(self._sending)}
        for number in _open_files():
            # It may be gone, or no connection.
            with contextlib.suppress(OSError), self._connection(number) as connection:
                peer = connection.getpeername()[:2]
                owed = _unsent_bytes(connection) > 0
                quiet = 0 if peer in busy else _told(connection, SENT if owed else RECEIVED)
                yield Silence(not owed, quiet, number, peer)

    def close_idle_ones(self) -> None:
        """Go on closing connections on which nothing is answered, until the process ends."""
        while True:
            self.close_idle_now()
            time.sleep(LOOKS)

    def close_idle_now(self) -> None:
        """Close every connection on which no request is answered and no answer is on its way."""
        busy = self._busy_peers()
        for number in _open_files():
            # It may be gone, or no connection.
            with contextlib.suppress(OSError), self._connection(number) as connection:
                if connection.getpeername()[:2] not in busy and not _unsent_bytes(connection):
                    _cut(connection)

    def _busy_peers(self) -> set[Peer]:
        """Those whose request is being answered, or was so just now."""
        since = time.monotonic() - LEAVES_WITHIN
        just_now = (client for client, at in tuple(self._answered) if at > since)
        return {_peer_of(client) for client in (*tuple(self._answering), *just_now)}

    @contextmanager
    def _connection(self, number: int) -> Iterator[socket.socket]:
        """The connection to the port that has this number; ``OSError`` where there is none."""
        if not stat.S_ISSOCK(os.fstat(number).st_mode):
            raise OSError(errno.ENOTSOCK, "")
        # A number of our own, for granian goes on using its.
        with socket.socket(fileno=os.dup(number)) as connection:
            if connection.family not in (socket.AF_INET, socket.AF_INET6):
                raise OSError(errno.EAFNOSUPPORT, "")
            if connection.getsockname()[1] != self._port:
                raise OSError(errno.EADDRNOTAVAIL, "")
            yield connection


def _open_files() -> list[int]:
    return [int(file.name) for file in FILES.iterdir()]


def _peer_of(client: str) -> Peer:
    host, _, port = client.rpartition(":")
    return host.strip("[]"), int(port)


def _unsent_bytes(connection: socket.socket) -> int:
    """Bytes that the system has not sent, or of which it does not know that they have arrived."""
    answer = fcntl.ioctl(connection, termios.TIOCOUTQ, struct.pack("i", 0))
    return int(struct.unpack("i", answer)[0])


def _told(connection: socket.socket, what: tuple[str, int]) -> int:
    """What Linux knows of a connection; 0 where another system does not tell."""
    if sys.platform != "linux":
        return 0
    form, place = what
    return int(
        struct.unpack_from(form, connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192), place)[0]
    )


def _cut(connection: socket.socket) -> None:
    if _unsent_bytes(connection):
        # Nor shall the system keep for minutes what nobody takes.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RDWR)
