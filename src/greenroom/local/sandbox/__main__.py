"""The sandbox as a child process: ``python -m greenroom.local.sandbox``. See the package."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from greenroom.local.sandbox.server import Sandbox
from greenroom.local.service import add_keys, keys_of, parsed, run_service, until_stopped


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m greenroom.local.sandbox")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7880, help="0 takes a free one")
    add_keys(parser)
    parser.add_argument("--webhook", action="append", default=[], metavar="URL")
    parser.add_argument("--state", type=Path, help="keep rooms and people in this file")
    parser.add_argument("--no-remote-unmute", action="store_true")
    parser.add_argument("--no-egress", action="store_true", help="as a server without Redis")
    return parsed(parser, given)


async def run(read: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT."""
    await until_stopped(
        Sandbox.start(
            read.host,
            read.port,
            keys=keys_of(read),
            webhook_urls=read.webhook,
            state_file=read.state,
            remote_unmute=not read.no_remote_unmute,
            egress=not read.no_egress,
        )
    )


def main() -> int:
    """The exit code: 0 after a signal, 1 when it could not start."""
    return run_service("sandbox", run(arguments()))


if __name__ == "__main__":
    sys.exit(main())
