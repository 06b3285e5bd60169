"""Which network a request comes from, for rates: addresses that one person can choose among count as one."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from django.conf import settings

from bookonce.foundation.environment import trusted_networks


# Bounded, so that invented headers cannot fill the memory.
@lru_cache(maxsize=4096)
def client_network(peer: str, forwarded: str) -> str:
    """The client for rates: the network of its address (IPv4 /32, IPv6 /64).

    Of ``X-Forwarded-For`` the right-most address that is not a trusted proxy counts, and only where the
    peer itself is one.
    """
    address = _address(peer)
    # From the right, because everything further left comes from the client and can be anything.
    for hop in reversed(forwarded.split(",")) if forwarded else ():
        if address is None or not _trusted(address):
            break
        # An unreadable hop (some proxies write “unknown”) counts as the proxy that sent it.
        address = _address(hop.strip()) or address
    if address is None:
        return "unknown"
    # Providers give each customer a /64 at least: one person could use a new address for every try.
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        # fe80::1%eth0: the part after % names an interface of this machine (RFC 4007), not a client.
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    # ::ffff:192.0.2.1 is that IPv4 address, and is counted as one.
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _trusted(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(address in network for network in trusted_networks(settings.ENVIRONMENT.trusted_proxies))
