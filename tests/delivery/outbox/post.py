"""Mail servers to test against: a real one that remembers, and some that misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


@cache
def authority() -> trustme.CA:
    """An authority that lives as long as this run."""
    return trustme.CA()


def as_server() -> ssl.SSLContext:
    """What a server named localhost proves its name with, before this authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


def as_client() -> ssl.SSLContext:
    """What a program believes that trusts this authority."""
    context = ssl.create_default_context()
    authority().configure_trust(context)
    return context


class Post:
    """What an SMTP server got, and what it answers to RCPT and DATA."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.recipients: list[str] = []
        self.signed_in: list[bool] = []
        self.rcpt = "250 OK"
        self.data = "250 taken"
        self.url = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.rcpt.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.received.append(envelope.original_content)
        self.recipients += envelope.rcpt_tos
        self.signed_in.append(session.authenticated)
        return self.data

    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.received]


class Line(SMTP):
    """One client's connection, noted where the server that ends can find it."""

    def __init__(self, *args: Any, noted: list[asyncio.WriteTransport], **more: Any) -> None:
        self.noted = noted
        super().__init__(*args, **more)

    def connection_made(self, transport: Any) -> None:
        self.noted.append(transport)
        super().connection_made(transport)


class Exchange(Controller):
    """A mail server that hangs up on whoever is still there when it ends.

    The library leaves those connections to the garbage collector, which warns of them in the midst of
    some later test: that one fails, and says nothing of its own.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        self.lines: list[asyncio.WriteTransport] = []
        super().__init__(*args, **more)

    def factory(self) -> Line:
        return Line(self.handler, noted=self.lines, **self.SMTP_kwargs)

    def stop(self, no_assert: bool = False) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result(timeout=10)
        super().stop(no_assert)

    async def _hang_up(self) -> None:
        for line in self.lines:
            # One with TLS that has ended by itself has nothing to give up: Python 3.11 raises here.
            with contextlib.suppress(AttributeError):
                line.abort()
        for _ in range(3):  # turns of the loop: those given up are closed in the next one
            await asyncio.sleep(0)


@contextmanager
def post_office(**more: Any) -> Iterator[Post]:
    """A real SMTP server on this machine; ``tls`` offers STARTTLS, ``password`` asks for ana's."""
    post = Post()
    if more.pop("tls", False):
        more["tls_context"] = as_server()
    password = more.pop("password", None)
    if password is not None:

        def check(server: Any, session: Any, envelope: Any, mechanism: Any, data: Any) -> AuthResult:
            right = (data.login, data.password) == (b"ana", password.encode())
            return AuthResult(success=right, handled=False)

        more |= {"authenticator": check, "auth_require_tls": False}
    controller = Exchange(post, hostname="127.0.0.1", port=free_port(), **more)
    controller.start()
    post.url = f"smtp://localhost:{controller.port}"
    try:
        yield post
    finally:
        controller.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as place:
        return int(place.getsockname()[1])


@contextmanager
def rude_server(behave: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that treats every line it gets like this; the address of it."""
    lines: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as place:

        def serve() -> None:
            while True:
                try:
                    line, _ = place.accept()
                except OSError:
                    return
                lines.append(line)
                threading.Thread(target=_quietly, args=(behave, line), daemon=True).start()

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        try:
            yield f"smtp://localhost:{place.getsockname()[1]}"
        finally:
            place.shutdown(socket.SHUT_RDWR)
            serving.join()
            for line in lines:
                line.close()


def _quietly(behave: Callable[[socket.socket], None], line: socket.socket) -> None:
    try:
        behave(line)
    except OSError:
        return


def converse(line: socket.socket, *, until: bytes) -> list[bytes]:
    """Be a polite SMTP server until the client says this; the lines of what it gave us to deliver."""
    taken: list[bytes] = []
    line.sendall(b"220 here\r\n")
    heard, reading = line.makefile("rb"), False
    while words := heard.readline():
        if words.upper().startswith(until):
            break
        if reading:
            taken.append(words)
        if not reading or words == b".\r\n":
            reading = words.upper().startswith(b"DATA")
            line.sendall(b"354 go on\r\n" if reading else b"250 OK\r\n")
    return taken
