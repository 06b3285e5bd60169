"""A port that is taken: which, by whom it would be shadowed, and the exact command for another."""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bookonce.foundation.setting_values import BadSetting
from bookonce.interfaces.commands import web
from bookonce.interfaces.commands.web import PortTaken, require_free_port


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "PATIENCE", 0.0)
    monkeypatch.setattr(sys, "argv", ["bookonce", "serve"])
    for name in ("MAKELEVEL", "BOOKONCE_DATA"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=["127.0.0.1", "::1"])
def taken(request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    """An address at which another program listens."""
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    with socket.create_server((request.param, 0), family=family) as other:
        yield request.param, other.getsockname()[1]


def listens(settings: Any, host: str, port: int, base: str = "https://book.example.org") -> None:
    settings.ENVIRONMENT, settings.BASE_URL = replace(settings.ENVIRONMENT, host=host, port=port), base


def test_the_port_and_the_command_for_another_are_told(settings: Any, taken: tuple[str, int]) -> None:
    host, port = taken
    listens(settings, host, port)
    with pytest.raises(PortTaken, match=f"the port {port} is taken by another program") as refused:
        require_free_port()
    [command] = [line for line in str(refused.value).split(": ") if "BOOKONCE_PORT=" in line]
    assert command.endswith(".venv/bin/bookonce serve")
    other = int(command.partition("BOOKONCE_PORT=")[2].split()[0])
    listens(settings, host, other)
    require_free_port()


def test_for_make_the_command_is_that_of_make(
    settings: Any, taken: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAKELEVEL", "1")
    monkeypatch.setenv("BOOKONCE_DATABASE_URL", "postgres://hana:secret@127.0.0.1/bookonce")
    listens(settings, *taken)
    with pytest.raises(PortTaken, match=r"choose another port: BOOKONCE_PORT=\d+ make run$"):
        require_free_port()
    # Pasted, it must not begin on another folder than the one that was refused.
    monkeypatch.setenv("BOOKONCE_DATA", "/srv/my data")
    monkeypatch.setattr(sys, "argv", ["bookonce", "serve", "--restored"])
    command = r"BOOKONCE_DATA='/srv/my data' BOOKONCE_PORT=\d+ make run ARGS=--restored$"
    with pytest.raises(PortTaken, match=f"choose another port: {command}"):
        require_free_port()


def test_localhost_is_not_shared_with_another_program(settings: Any, taken: tuple[str, int]) -> None:
    """Browsers go to ::1 first: whoever opens our address would see the other program."""
    host, port = taken
    listens(settings, web.LOOPBACKS[host], port, f"http://localhost:{port}")
    with pytest.raises(PortTaken, match=f"Cannot listen on \\[?{host}\\]?:{port}"):
        require_free_port()
    listens(settings, web.LOOPBACKS[host], port)
    require_free_port()


def test_a_port_of_the_system_is_said_so(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(host: str, port: int) -> OSError | None:
        return OSError(errno.EACCES, "Permission denied") if port < 1024 else None

    monkeypatch.setattr(web, "_refused", closed)
    listens(settings, "127.0.0.1", 80)
    with pytest.raises(PortTaken, match=r"Choose a port from 1024 on: .*BOOKONCE_PORT=8000 "):
        require_free_port()


def test_a_machine_without_ipv6_is_served(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = OSError(errno.EADDRNOTAVAIL, "")
    monkeypatch.setattr(web, "_refused", lambda host, port: missing if ":" in host else None)
    listens(settings, "127.0.0.1", 8000, "http://localhost:8000")
    require_free_port()
    listens(settings, "::1", 8000)
    with pytest.raises(BadSetting, match="BOOKONCE_HOST: ::1 is no address of this machine"):
        require_free_port()
