"""Which hosts are whose: this machine, a private network, a cloud's own services."""

from __future__ import annotations

import ipaddress

METADATA = frozenset({"metadata", "metadata.google.internal", "metadata.azure.com"})


def is_own_service(host: str) -> bool:
    """Whether it is a cloud's metadata service, or an address that no server has."""
    address = _address(host)
    if address is None:
        return host.lower().rstrip(".") in METADATA
    return address.is_link_local or address.is_multicast or address.is_unspecified


def is_this_machine(host: str) -> bool:
    """Whether what is sent there leaves no cable."""
    address = _address(host)
    return host.lower() == "localhost" if address is None else address.is_loopback


def is_private(host: str) -> bool:
    """Whether it is this machine, or in a network of one's own. RFC 1918, RFC 4193, RFC 6762."""
    address = _address(host)
    if address is None:
        return is_this_machine(host) or host.lower().endswith((".local", ".internal", ".lan"))
    return address.is_private


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
