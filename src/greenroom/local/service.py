"""What a service that runs as a child process is given and says: keys, where it listens, and when it stops."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol

from greenroom.domain.errors import GreenroomError


class Listens(Protocol):
    """A service that is up."""

    @property
    def url(self) -> str:
        """Where it is reached."""
        ...

    @property
    def port(self) -> int:
        """The port of that, chosen or found free."""
        ...


def add_keys(parser: argparse.ArgumentParser) -> None:
    """``--key`` and ``--secret-file``, once a pair: a secret is no argument, which everybody can read."""
    parser.add_argument("--key", action="append", required=True, help="an API key")
    parser.add_argument(
        "--secret-file", action="append", required=True, type=Path, help="its secret, one a key"
    )


def parsed(parser: argparse.ArgumentParser, given: list[str] | None) -> argparse.Namespace:
    """The command line; one secret for each key."""
    read = parser.parse_args(given)
    if len(read.key) != len(read.secret_file):
        parser.error("give one --secret-file for each --key")
    return read


def keys_of(read: argparse.Namespace) -> Mapping[str, str]:
    """API key → secret. Raises OSError."""
    files = zip(read.key, read.secret_file, strict=True)
    return {key: file.read_text("utf-8").strip() for key, file in files}


def stop_signal() -> asyncio.Event:
    """Set by SIGTERM or SIGINT, from now on."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    return stop


async def until_stopped(service: AbstractAsyncContextManager[Listens]) -> None:
    """Say where it listens, as one line of JSON, then serve until SIGTERM or SIGINT."""
    stop = stop_signal()
    async with service as up:
        told = {"url": up.url, "port": up.port, "pid": os.getpid()}
        sys.stdout.write(f"{json.dumps(told)}\n")
        sys.stdout.flush()
        await stop.wait()


def run_service(name: str, serving: Coroutine[Any, Any, None]) -> int:
    """0 after a signal, 1 when it could not start; why is said on stderr."""
    try:
        asyncio.run(serving)
    except (OSError, GreenroomError) as error:
        sys.stderr.write(f"{name}: {error}\n")
        return 1
    return 0
