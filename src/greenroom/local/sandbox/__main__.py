"""The sandbox as a child process: ``python -m greenroom.local.sandbox``. See the package."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from greenroom.domain.errors import GreenroomError
from greenroom.local.sandbox.server import Sandbox


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m greenroom.local.sandbox")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7880, help="0 takes a free one")
    parser.add_argument("--key", action="append", required=True, help="an API key")
    parser.add_argument(
        "--secret-file", action="append", required=True, type=Path, help="its secret, one a key"
    )
    parser.add_argument("--webhook", action="append", default=[], metavar="URL")
    parser.add_argument("--state", type=Path, help="keep rooms and people in this file")
    parser.add_argument("--no-remote-unmute", action="store_true")
    read = parser.parse_args(given)
    if len(read.key) != len(read.secret_file):
        parser.error("give one --secret-file for each --key")
    return read


async def run(read: argparse.Namespace) -> None:
    """Say where it listens, then serve until SIGTERM or SIGINT."""
    keys = {
        key: file.read_text("utf-8").strip()
        for key, file in zip(read.key, read.secret_file, strict=True)
    }
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with Sandbox.start(
        read.host,
        read.port,
        keys=keys,
        webhook_urls=read.webhook,
        state_file=read.state,
        remote_unmute=not read.no_remote_unmute,
    ) as sandbox:
        told = {"url": sandbox.url, "port": sandbox.port, "pid": os.getpid()}
        sys.stdout.write(f"{json.dumps(told)}\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> int:
    """The exit code: 0 after a signal, 1 when it could not start."""
    try:
        asyncio.run(run(arguments()))
    except (OSError, GreenroomError) as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
