"""How a supervisor is to run."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

Backend = Literal["auto", "livekit-server", "sandbox"]
BACKGROUND = "--background"
"""The first argument of a supervisor that goes on without whoever started it."""
PORT_BASE = 7880
IDLE_SECONDS = 1800.0
"""A server that a command started leaves after this long without a request and without people inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """``port_base`` 0 takes free ports; ``idle`` None stays; ``control_port`` None: no TCP, 0: a free one."""

    home: Path
    backend: Backend = "auto"
    host: str = "127.0.0.1"
    port_base: int = PORT_BASE
    port: int | None = None
    """Where LiveKit answers, if not at the base of the ports."""
    webhooks: tuple[str, ...] = ()
    remote_unmute: bool = True
    idle: float | None = None
    control_port: int | None = None
    version: str = "unknown"
    """Greenroom's, for whoever reads daemon.json: this package cannot know it."""

    def fingerprint(self) -> str:
        """Tells apart how servers are to run, without showing webhook URLs, which may hold a password."""
        how = [self.backend, self.host, self.port_base, self.port, self.webhooks]
        how += [self.remote_unmute, self.control_port]
        return hashlib.sha256(repr(how).encode("utf-8", "replace")).hexdigest()[:16]

    def as_arguments(self) -> list[str]:
        """For ``python -m greenroom.local.supervisor``."""
        given = ["--home", str(self.home), "--backend", self.backend, "--host", self.host]
        given += ["--port-base", str(self.port_base), "--greenroom-version", self.version]
        for name in ("port", "idle", "control_port"):
            if (value := getattr(self, name)) is not None:
                given += [f"--{name.replace('_', '-')}", str(value)]
        given += [part for url in self.webhooks for part in ("--webhook", url)]
        return given if self.remote_unmute else [*given, "--no-remote-unmute"]


def parse(arguments: Sequence[str] | None = None) -> Options:
    """The other way round."""
    parser = argparse.ArgumentParser(prog="python -m greenroom.local.supervisor")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--backend", choices=("auto", "livekit-server", "sandbox"), default="auto")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port-base", type=int, default=PORT_BASE, help="0 takes free ports")
    parser.add_argument("--port", type=int)
    parser.add_argument("--webhook", action="append", default=[], metavar="URL")
    parser.add_argument("--no-remote-unmute", action="store_true")
    parser.add_argument("--idle", type=float, metavar="SECONDS", help="leave when unused so long")
    parser.add_argument("--control-port", type=int, help="control over TCP, with tokens")
    parser.add_argument("--greenroom-version", default="unknown")
    read = parser.parse_args(arguments)
    return Options(
        home=read.home,
        backend=cast("Backend", read.backend),
        host=read.host,
        port_base=read.port_base,
        port=read.port,
        webhooks=tuple(read.webhook),
        remote_unmute=not read.no_remote_unmute,
        idle=read.idle,
        control_port=read.control_port,
        version=read.greenroom_version,
    )
