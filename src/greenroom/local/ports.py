"""Ports of this machine: free ones, and who has one that is taken."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable

from greenroom.domain.errors import ConfigurationError
from greenroom.local.processes import command_of, who_listens

KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
HIGHEST = 65_535


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that no TCP server listens on just now; the UDP port of the same number is taken on trust."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


def require_free(host: str, wanted: Iterable[tuple[int, str]]) -> None:
    """Each ``(port, "tcp" or "udp")`` can be had. Raises ConfigurationError (port-taken, address-unusable)."""
    for port, kind in wanted:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, KINDS[kind]) as probe:
            if kind == "tcp":
                # As servers do: connections that are only dying out are no obstacle.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except (OSError, OverflowError) as error:
                raise _refusal(host, port, kind, error) from error


def _refusal(host: str, port: int, kind: str, error: Exception) -> ConfigurationError:
    code = error.errno if isinstance(error, OSError) else None
    if code == errno.EADDRINUSE:
        msg = f"Port {port} ({kind.upper()}) is taken by {owner(port, kind)}."
        hint = "End that program, or choose other ports: --port-base 17880."
        return ConfigurationError(msg, code="port-taken", hint=hint)
    why = error.strerror if isinstance(error, OSError) else "there is no such port"
    msg = f"Nothing can listen at {host}, port {port}: {why}."
    hint = "Choose another --host, or ports above 1023 and below 65536 with --port-base."
    return ConfigurationError(msg, code="address-unusable", hint=hint)


def owner(port: int, kind: str = "tcp") -> str:
    """Who has a port, as far as may be seen: ``process 4711 (livekit-server --dev)``."""
    pids = who_listens(port, kind)
    if not pids:
        return "a program that this account may not look into"
    named = [f"process {pid} ({command_of(pid) or 'unknown'})" for pid in pids]
    return " and ".join(named)
