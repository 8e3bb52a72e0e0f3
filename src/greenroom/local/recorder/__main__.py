"""The recorder as a child process: ``python -m greenroom.local.recorder``. See the package."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
from pathlib import Path

from greenroom.domain.errors import GreenroomError
from greenroom.local.recorder.needs import require_media
from greenroom.local.recorder.server import Recorder


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m greenroom.local.recorder")
    parser.add_argument("--url", required=True, help="the LiveKit server: ws://127.0.0.1:7880")
    parser.add_argument("--key", action="append", required=True, help="an API key")
    parser.add_argument(
        "--secret-file", action="append", required=True, type=Path, help="its secret, one a key"
    )
    parser.add_argument("--folder", required=True, type=Path, help="where recordings are written")
    parser.add_argument("--state", required=True, type=Path, help="what is known of recordings")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7892, help="0 takes a free one")
    parser.add_argument("--webhook", action="append", default=[], metavar="URL")
    read = parser.parse_args(given)
    if len(read.key) != len(read.secret_file):
        parser.error("give one --secret-file for each --key")
    return read


async def run(read: argparse.Namespace) -> None:
    """Say where it listens, then serve until SIGTERM or SIGINT."""
    require_media()
    keys = {
        key: file.read_text("utf-8").strip()
        for key, file in zip(read.key, read.secret_file, strict=True)
    }
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with Recorder.start(
        read.host,
        read.port,
        url=read.url,
        keys=keys,
        folder=read.folder,
        state=read.state,
        webhook_urls=read.webhook,
    ) as recorder:
        told = {"url": recorder.url, "port": recorder.port, "pid": os.getpid()}
        sys.stdout.write(f"{json.dumps(told)}\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> int:
    """The exit code: 0 after a signal, 1 when it could not start."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    try:
        asyncio.run(run(arguments()))
    except (OSError, GreenroomError) as error:
        sys.stderr.write(f"recorder: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
