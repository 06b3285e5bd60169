"""Clients that send or read slowly, or not at all, hold up nobody else: threads get whole requests alone."""

from __future__ import annotations

import re
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import psutil
import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.attacks import hurried
from tests.attacks.conftest import IN_FULL, Target

THREADS = 2 * 4
"""Requests that the program answers at a time: processes times threads, as they are by default."""
EACH = THREADS + 1 if IN_FULL else 1
"""Unfinished requests on each address."""
SILENT = 700 if IN_FULL else 100
"""Connections of each silent kind."""
PROBE, PAGE = (1.0, 2.0) if IN_FULL else (8.0, 8.0)
"""Seconds within which a probe and a guest's page are answered; a held thread would make it ten or more."""
QUIET = 10.0 if IN_FULL else float(hurried.QUIET)
"""Seconds after which a client that does nothing is closed (listener.py)."""
TOLERANCE = 5.0 if IN_FULL else 20.0
IDLE = {
    "nothing": b"",
    "half a head": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: ",
    "kept alive": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
}

# What a connection costs before a request is whole is the same on every database.
pytestmark = pytest.mark.one_database


def addresses(patterns: Any = None, before: str = "/") -> Iterator[str]:
    """Every address of the URL map, with x for each name."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        route = before + re.sub(
            r"\(\?P<\w+>[^)]*\)|<[^>]+>", "x", str(one.pattern).strip("^$").replace("\\Z", "")
        )
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, route)
        elif isinstance(one, URLPattern):
            yield route.replace("\\", "")


def connect(target: Target, sent: bytes) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", target.port), timeout=30)
    client.sendall(sent)
    return client


def half_a_post(path: str) -> bytes:
    form = "Content-Type: application/x-www-form-urlencoded"
    return f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{form}\r\nContent-Length: 50\r\n\r\nab".encode()


def took(target: Target, path: str) -> float:
    """Seconds until this path was answered 200."""
    begun = time.monotonic()
    status, _ = target.shell.get(path, Host=f"localhost:{target.port}")
    assert status == 200
    return time.monotonic() - begun


def closed_after(client: socket.socket, begun: float) -> tuple[float, bytes]:
    """Seconds until the other side closed, and what it had said."""
    said = b""
    while some := client.recv(65536):
        said += some
    return time.monotonic() - begun, said


def still_open(client: socket.socket) -> bool:
    """Whether the other side has neither answered nor closed."""
    return not select.select([client], [], [], 0)[0]


def stands(target: Target, page: str) -> None:
    """Probes and a guest's page are answered."""
    assert took(target, "/healthz") < PROBE
    assert took(target, "/readyz") < PROBE
    assert took(target, page) < PAGE


def test_clients_that_do_not_go_on_hold_up_nobody_and_are_closed(target: Target) -> None:
    page = target.new_link()
    paths = sorted(set(addresses()))
    assert len(paths) > 90
    with ExitStack() as clients:

        def connected(sent: bytes, times: int) -> list[socket.socket]:
            return [clients.enter_context(connect(target, sent)) for _ in range(times)]

        begun = time.monotonic()
        paths += ["/o/unknown"] * (THREADS + 1)  # a form that anybody may send
        posting = [(path, one) for path in paths for one in connected(half_a_post(path), EACH)]
        idle = {kind: connected(sent, SILENT) for kind, sent in IDLE.items()}
        assert len(posting) > THREADS
        stands(target, page)
        # Whatever is answered when they are over has waited for them.
        assert still_open(posting[0][1])
        for path, client in [*posting[: -THREADS : len(posting) // 10], posting[-1]]:
            seconds, said = closed_after(client, begun)
            assert said.startswith(b"HTTP/1.1 408 "), (path, seconds)
            assert QUIET - 1 < seconds < QUIET + TOLERANCE, path
        for kind, held in idle.items():
            for client in held[:: SILENT // 10]:
                assert closed_after(client, begun)[0] < QUIET + TOLERANCE, kind
        stands(target, page)


def test_a_head_that_grows_and_grows_is_cut_off(target: Target) -> None:
    page = target.new_link()
    with connect(target, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n") as client:
        assert sent_until_closed(client, f"X-Long: {'a' * 4000}\r\n".encode(), most=100) < 100
    stands(target, page)


def test_a_content_type_without_end_is_refused_unread(target: Target) -> None:
    long = f"Content-Type: {'a=b; ' * 10_000}\r\nContent-Length: 50\r\n"
    with connect(target, f"POST /o/x HTTP/1.1\r\nHost: localhost\r\n{long}\r\n".encode()) as client:
        _, said = closed_after(client, time.monotonic())
    assert said.startswith(b"HTTP/1.1 431 ")
    assert b"Shorten the Content-Type of the request." in said


def sent_until_closed(client: socket.socket, piece: bytes, *, most: int) -> int:
    """How many of these pieces the other side took."""
    for number in range(most):
        try:
            client.sendall(piece)
        except OSError:
            return number
        time.sleep(0.002)
    return most


def test_who_reads_nothing_holds_no_thread(target: Target) -> None:
    """Three times as many readers as threads, each of whom asks for much and takes none of it."""
    page = target.new_link()
    target.shell.says("mint", "intro-call", "--count", "400")
    asked = (
        "GET /api/v1/links?limit=200 HTTP/1.1\r\n"
        f"Host: localhost\r\nAuthorization: Bearer {target.key}\r\n\r\n"
    )
    with ExitStack() as clients:
        for _ in range(3 * THREADS):
            client = clients.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", target.port))
            client.sendall(asked.encode() * 20)
        stands(target, page)
        if IN_FULL:  # the system notices within two of its own pauses
            time.sleep(QUIET + TOLERANCE)
            with pytest.raises(ConnectionResetError):
                closed_after(client, time.monotonic())


def test_who_reads_slowly_and_steadily_has_the_whole_answer(target: Target) -> None:
    """A kilobyte at a time, for longer than anybody may take nothing; then the rest at once."""
    page = target.new_link()
    target.shell.says("mint", "intro-call", "--count", "400")
    asked = (
        "GET /api/v1/links?limit=200 HTTP/1.1\r\nConnection: close\r\n"
        f"Host: localhost\r\nAuthorization: Bearer {target.key}\r\n\r\n"
    )
    with socket.socket() as client:
        # As over a network, where windows open by little.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400)
        client.connect(("127.0.0.1", target.port))
        client.sendall(asked.encode())
        said, begun = b"", time.monotonic()
        while time.monotonic() - begun < 3 * QUIET:
            said += client.recv(1000)
            time.sleep(0.5)
        assert took(target, page) < PAGE
        _, rest = closed_after(client, begun)
    head, _, body = (said + rest).partition(b"\r\n\r\n")
    [length] = re.findall(rb"content-length: (\d+)", head.lower())
    assert len(said) < len(body) == int(length)


def test_it_stops_without_waiting_for_unfinished_requests(target: Target) -> None:
    web = psutil.Process().children()
    with ExitStack() as clients:
        for sent in (half_a_post("/o/x"), *IDLE.values()):
            for _ in range(THREADS + 1):
                clients.enter_context(connect(target, sent))
        serve = next(child for child in web if "serve" in child.cmdline())
        begun = time.monotonic()
        serve.terminate()
        serve.wait(30)
        assert time.monotonic() - begun < (6 if IN_FULL else 9), "it waited for a client"
