"""Counting what a request says to PostgreSQL, on the wire itself.

A go-between counts statements (each Query and each Execute, BEGIN and COMMIT among them) and round trips
(each time the program waits for the server), whatever library or framework sends them.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from statistics import median
from urllib.parse import urlsplit

from bench.http_load import Request, send
from bench.installations import Installation
from bench.servers import running

QUERY, EXECUTE, SYNC = b"Q", b"E", b"S"
PLAIN_START = 196608
"""The code of a start-up message; others ask for encryption first, and are answered with a byte."""


class Counter:
    """The go-between: what passed since it was last asked."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.behind = (parts.hostname or "", parts.port or 5432)
        self.socket = socket.create_server(("127.0.0.1", 0))
        port = self.socket.getsockname()[1]
        self.url = parts._replace(netloc=f"{parts.username}@127.0.0.1:{port}").geturl()
        self.statements = self.trips = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def take(self) -> tuple[int, int]:
        """Statements and round trips since the last time."""
        counted, self.statements, self.trips = (self.statements, self.trips), 0, 0
        return counted

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.socket.accept()
                server = socket.create_connection(self.behind)
                threading.Thread(target=self._upstream, args=(client, server), daemon=True).start()
                threading.Thread(target=_pass_on, args=(server, client), daemon=True).start()

    def _upstream(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError), client.makefile("rb") as stream:
            while length := stream.read(4):
                message = stream.read(int.from_bytes(length, "big") - 4)
                server.sendall(length + message)
                if int.from_bytes(message[:4], "big") == PLAIN_START:
                    break
            while kind := stream.read(1):
                length = stream.read(4)
                server.sendall(kind + length + stream.read(int.from_bytes(length, "big") - 4))
                self.statements += kind in (QUERY, EXECUTE)
                self.trips += kind in (QUERY, SYNC)
        _shut(server)

    def close(self) -> None:
        self.socket.close()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    _shut(target)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def counting(installation: Installation) -> Iterator[tuple[Counter, Installation]]:
    """This installation, reached through the go-between."""
    counter = Counter(installation.url)
    try:
        yield counter, replace(installation, url=counter.url, server="")
    finally:
        counter.close()


def of_requests(installation: Installation, requests: Sequence[Request], status: int) -> tuple[float, float]:
    """Statements and round trips of a request: the median of these, after the first two have warmed up."""
    counts = []
    with (
        counting(installation) as (counter, here),
        running(here, BOOKONCE_WORKERS="1", BOOKONCE_THREADS="1") as program,
    ):
        for one in requests:
            counter.take()
            send(program.port, [one], connections=1).require_statuses(status)
            counts.append(counter.take())
    warm = counts[2:] or counts
    return median(count for count, _ in warm), median(trips for _, trips in warm)
