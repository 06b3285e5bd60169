"""The address at which the world reaches the program, as browsers write it."""

from __future__ import annotations

import ipaddress
import re

from bookonce.foundation import email_addresses
from bookonce.foundation.setting_values import BadSetting, url_parts

DEFAULT_PORTS = {"http": 80, "https": 443}


NAME, LIKE = "BOOKONCE_BASE_URL", "https://book.example.org or https://example.org/termine"
_NAMES = (
    "accent api asks b bookings c email favicon.ico healthz links metrics o outbox p password readyz "
    "settings setup sign-in sign-out static style"
)
OWN_NAMES = frozenset(_NAMES.split())
"""What our own addresses begin with. No path begins so: where a proxy has cut it off already, it could not be
told from a page of that name."""

_HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?)*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# What neither browsers nor proxies write in another way, and cookies take as their path.
_PATH = re.compile(r"(?=.{0,100}$)(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]+)*")


def read_base_url(given: str) -> str:
    """The address as browsers write an origin (lower case, punycode, no default port), and the path below it.

    They compare it with the Origin of every form and passkey character by character (WHATWG URL, origin). The
    path, where there is one, ends without a slash.
    """
    parts = url_parts(NAME, given, LIKE)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or "?" in given or "#" in given:
        raise BadSetting(f"{NAME} must read like {LIKE}, not {given!r}")
    if parts.username is not None:
        raise BadSetting(f"{NAME} must name no user, like {LIKE}")
    try:
        host = _host_in_ascii(parts.hostname)
    except email_addresses.NotMailable:
        raise BadSetting(
            f"{NAME}: {parts.hostname!r} is no host; give a name in ASCII or a full address"
        ) from None
    if host in ("0.0.0.0", "[::]") or parts.port == 0:  # noqa: S104 - compared
        raise BadSetting(
            f"{NAME} must be an address that others can open, not {given!r}; "
            "what to listen on is BOOKONCE_HOST"
        )
    port = "" if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}{_path(parts.path)}"


def _path(given: str) -> str:
    path = given.removesuffix("/")
    if not _PATH.fullmatch(path):
        raise BadSetting(
            f"{NAME}: the path {given!r} must read like /termine: parts of letters, digits, - . _ or ~, "
            "with one slash before each"
        )
    if path.split("/")[1:2] and path.split("/")[1].lower() in OWN_NAMES:
        raise BadSetting(
            f"{NAME}: the path {given!r} begins like a page of Bookonce's own; choose another, like /termine"
        )
    return path


def _host_in_ascii(host: str) -> str:
    """The host of an address, which may be a name of one word or a number too, or ``NotMailable``."""
    if ":" in host:
        return f"[{_ipv6_as_browsers_write_it(host)}]"
    # Browsers read 127.1, 0x7f000001 and 2130706433 as 127.0.0.1 (WHATWG URL, "ends in a number").
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise email_addresses.NotMailable(email_addresses.DOMAIN) from None
    if _HOST.fullmatch(host):
        return host
    return email_addresses.domain_in_ascii(host)


def _ipv6_as_browsers_write_it(host: str) -> str:
    # A zone (fe80::1%eth0) names an interface of one machine, and browsers know none.
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError:
        address = None
    if address is None or address.scope_id:
        raise email_addresses.NotMailable(email_addresses.DOMAIN)
    mapped = int(address) & 0xFFFFFFFF
    # Newer Pythons write ::ffff:127.0.0.1, browsers ::ffff:7f00:1.
    return f"::ffff:{mapped >> 16:x}:{mapped & 0xFFFF:x}" if address.ipv4_mapped else str(address)
