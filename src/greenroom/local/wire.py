"""One small HTTP request over TCP or a Unix socket.

http.client and urllib do the same at ten times the start-up cost, which completion and the idle supervisor
would pay. HTTP/1.0, so that the answer ends with the connection and is never in chunks (RFC 1945).
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from typing import Any

LARGEST = 16 * 2**20
"""Bytes of an answer that are read."""


def call(
    address: str | tuple[str, int],
    method: str,
    path: str,
    *,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 5.0,
) -> tuple[int, Any]:
    """Status and body of the answer: its JSON where it is JSON, else its text.

    ``address``: the path of a Unix socket, or host and port. Raises OSError (TimeoutError among it) when nothing
    answers, and ValueError when what answers is not HTTP.
    """
    payload = b"" if body is None else json.dumps(body).encode()
    host = "localhost" if isinstance(address, str) else f"{address[0]}:{address[1]}"
    lines = [f"{method} {path} HTTP/1.0", f"Host: {host}", f"Content-Length: {len(payload)}"]
    lines += ["Content-Type: application/json"] if body is not None else []
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    raw = _exchange(address, "\r\n".join([*lines, "", ""]).encode("latin-1") + payload, timeout)
    head, _, text = raw.partition(b"\r\n\r\n")
    words = head.split(b"\r\n")[0].split(b" ")
    if len(words) < 2 or not words[0].startswith(b"HTTP/") or not words[1].isdigit():
        msg = "what answered is not HTTP"
        raise ValueError(msg)
    told = text.decode("utf-8", "replace")
    if b"application/json" in head.lower():
        return int(words[1]), json.loads(told)
    return int(words[1]), told


def _exchange(address: str | tuple[str, int], request: bytes, timeout: float) -> bytes:
    if isinstance(address, str):
        family = socket.AF_UNIX
    else:
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as link:
        link.settimeout(timeout)
        link.connect(address)
        link.sendall(request)
        parts, size = [], 0
        while size <= LARGEST and (part := link.recv(65_536)):
            parts.append(part)
            size += len(part)
        return b"".join(parts)
