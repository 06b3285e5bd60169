"""A process that stops closes connections on which nobody is being answered, and no others."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

import pytest

from bookonce.interfaces.http_server import open_connections
from bookonce.interfaces.http_server.open_connections import OpenConnections

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@contextlib.contextmanager
def connected(server: socket.socket) -> Iterator[Pair]:
    """(the server's end, the client's end)"""
    with socket.create_connection(server.getsockname()) as client:
        accepted, _ = server.accept()
        with accepted:
            yield accepted, client


def is_open(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return bool(client.recv(1))
    except BlockingIOError:
        return True


def test_only_idle_connections_to_its_own_port_are_closed(listening: socket.socket) -> None:
    connections = OpenConnections(listening.getsockname()[1])
    with (
        connected(listening) as (_, idle),
        connected(listening) as (_, busy),
        socket.create_server(("127.0.0.1", 0)) as of_others,
        connected(of_others) as (_, elsewhere),
    ):
        connections.begin(f"127.0.0.1:{busy.getsockname()[1]}")
        connections.close_idle_now()
        assert [is_open(each) for each in (idle, busy, elsewhere)] == [False, True, True]


def test_an_answer_on_its_way_is_not_cut_off(
    listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections = OpenConnections(listening.getsockname()[1])
    with connected(listening) as (_, client):
        name = f"127.0.0.1:{client.getsockname()[1]}"
        connections.begin(name)
        connections.end(name)
        connections.close_idle_now()
        assert is_open(client), "it was answered just now, and the system may not have the answer yet"
        monkeypatch.setattr(open_connections, "LEAVES_WITHIN", 0)
        connections.close_idle_now()
        assert not is_open(client)


def test_who_has_not_taken_all_of_an_answer_stays_connected(listening: socket.socket) -> None:
    connections = OpenConnections(listening.getsockname()[1])
    with connected(listening) as (accepted, client):
        accepted.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                accepted.send(b"x" * 65536)
        connections.close_idle_now()
        assert is_open(client)
