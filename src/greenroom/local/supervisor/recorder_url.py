"""Where the recorder of the local server is, for whoever makes egress calls. Reads a file; loads nothing heavy."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from greenroom.local.supervisor.folder import RunFolder

START_SECONDS = 20.0
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
PORTS = {"ws": 80, "http": 80, "wss": 443, "https": 443}


def recorder_url(home: Path) -> str:
    """http://… of the recorder beside the local server of this home; "" when there is none.

    It starts after its server: while it does, it is waited for. Raises ConfigurationError for another account's home.
    """
    return str(_up(home).get("recorder", {}).get("url", ""))


def recorder_of(home: Path, livekit_url: str) -> str:
    """The same, "" when that recorder records another LiveKit server than the one at ``livekit_url``."""
    folder = RunFolder(home)
    if not folder.is_held() or not same_server(str(folder.read().get("url", "")), livekit_url):
        return ""
    return recorder_url(home)


def same_server(one: str, other: str) -> bool:
    """Whether two URLs lead to the same port of the same host: ws or http, localhost or 127.0.0.1."""
    try:
        return _address(urlsplit(one)) == _address(urlsplit(other))
    except ValueError:
        return False


def _address(parts: SplitResult) -> tuple[str, int]:
    host = (parts.hostname or "").lower()
    return "localhost" if host in LOOPBACK else host, parts.port or PORTS.get(parts.scheme, 0)


def _up(home: Path) -> Mapping[str, Any]:
    """daemon.json of a supervisor that lives and whose recorder, if it has one, does not start just now; else empty."""
    folder = RunFolder(home)
    deadline = time.monotonic() + START_SECONDS
    while folder.is_held():
        shape = folder.read()
        recorder = shape.get("recorder")
        if not isinstance(recorder, dict):
            break
        if recorder.get("state") != "starting":
            return shape
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return {}
