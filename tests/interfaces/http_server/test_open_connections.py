"""Closed are connections on which nobody is being answered, and no others: all at a stop, some in a crowd."""

from __future__ import annotations

import contextlib
import socket
import sys
import time
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


def is_open(end: socket.socket) -> bool:
    """Whether this end can still be read from."""
    end.setblocking(False)
    try:
        return bool(end.recv(1))
    except BlockingIOError:
        return True


def send_much(end: socket.socket) -> None:
    """Send more than the other end takes by itself."""
    end.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            end.send(b"x" * 65536)


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
        send_much(accepted)
        connections.close_idle_now()
        assert is_open(client)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a client has taken")
def test_whoever_takes_nothing_of_an_answer_is_cut_off_and_whoever_takes_some_is_not(
    listening: socket.socket,
) -> None:
    connections = OpenConnections(listening.getsockname()[1])
    with (
        connected(listening) as (stuck, _),
        connected(listening) as (slow, reads),
        connected(listening) as (idle, _),
    ):
        send_much(stuck)
        send_much(slow)
        for second in range(0, 60, 10):
            connections.close_stuck_now(float(second))
            reads.recv(200_000)
            time.sleep(0.03)  # until the system knows that more of it has arrived
            assert is_open(stuck) or second > open_connections.STUCK
        assert [is_open(end) for end in (stuck, slow, idle)] == [False, True, True]


class Crowd:
    """Five connections where only some may stay, each a little longer silent than the next."""

    def __init__(self, listening: socket.socket, stack: contextlib.ExitStack) -> None:
        self.connections = OpenConnections(listening.getsockname()[1])
        self.pairs: list[Pair] = []
        for _ in range(5):
            self.pairs.append(stack.enter_context(connected(listening)))
            time.sleep(0.03)  # the system counts in pieces of up to 10 ms

    def name(self, number: int) -> str:
        return f"127.0.0.1:{self.pairs[number][1].getsockname()[1]}"

    def left(self) -> list[int]:
        """The numbers of those that are open still, after room was made."""
        self.connections.make_room_now()
        still = [
            number
            for number, (accepted, _) in enumerate(self.pairs)
            if accepted.fileno() >= 0 and is_open(accepted)
        ]
        for number, (accepted, _) in enumerate(self.pairs):
            if number not in still:
                accepted.close()  # as granian does
        return still


@pytest.fixture
def crowd(listening: socket.socket, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crowd]:
    if sys.platform != "linux":
        pytest.skip("only Linux tells how long a connection is silent")
    monkeypatch.setattr(open_connections, "SILENT", 10)
    monkeypatch.setattr(open_connections, "CROWDED", 3)
    with contextlib.ExitStack() as stack:
        yield Crowd(listening, stack)


def test_in_a_crowd_those_that_are_silent_longest_make_room(crowd: Crowd) -> None:
    crowd.pairs[0][1].sendall(b"GET / HT")
    time.sleep(0.03)
    assert crowd.left() == [0, 3, 4]
    assert crowd.left() == [0, 3, 4]


def test_whoever_is_being_answered_stays_in_a_crowd(crowd: Crowd) -> None:
    crowd.connections.begin(crowd.name(0))
    crowd.connections.begin(crowd.name(1))
    crowd.connections.end(crowd.name(1))
    assert crowd.left() == [0, 1, 4]


def test_whoever_has_not_sent_the_whole_request_makes_room(crowd: Crowd) -> None:
    crowd.connections.begin(crowd.name(0))
    with crowd.connections.sending(crowd.name(0)):
        assert crowd.left() == [2, 3, 4]


def test_idle_ones_make_room_before_those_that_take_nothing_of_an_answer(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    for accepted, _ in crowd.pairs[:3]:
        send_much(accepted)
    time.sleep(0.03)
    assert crowd.left() == [0, 1, 2]
    monkeypatch.setattr(open_connections, "CROWDED", 2)
    assert len(crowd.left()) == 2


def test_those_that_came_just_now_stay(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_connections, "SILENT", 60_000)
    assert crowd.left() == [0, 1, 2, 3, 4]
