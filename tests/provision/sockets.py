"""Tests talk to this machine only: what would reach further fails at once and says where it wanted to go."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any


class NetworkShut(RuntimeError):
    """A test tried to reach another machine."""


def shut() -> None:
    """From now on, connect, send and look up names on this machine only."""
    for verb in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, verb, _guarded(getattr(socket.socket, verb)))
    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        _insist(host)
        return look_up(host, *args, **kwargs)

    socket.getaddrinfo = getaddrinfo


def _guarded(reach: Any) -> Any:
    def guarded(self: socket.socket, *args: Any) -> Any:
        address = args[-1]  # sendto may have flags before it
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _insist(address[0])
        return reach(self, *args)

    return guarded


def _insist(host: Any) -> None:
    if isinstance(host, bytes):
        host = host.decode()
    if host in (None, "", "localhost") or _is_loopback(host):
        return
    raise NetworkShut(f"a test tried to reach {host}; give it a stand-in on 127.0.0.1")


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
