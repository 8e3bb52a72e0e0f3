"""The recorder as a child process: ``python -m greenroom.local.recorder``. See the package."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from greenroom.local.recorder.needs import require_media
from greenroom.local.recorder.server import Recorder
from greenroom.local.service import add_keys, keys_of, parsed, run_service, until_stopped


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m greenroom.local.recorder")
    parser.add_argument("--url", required=True, help="the LiveKit server: ws://127.0.0.1:7880")
    add_keys(parser)
    parser.add_argument("--folder", required=True, type=Path, help="where recordings are written")
    parser.add_argument("--state", required=True, type=Path, help="what is known of recordings")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7892, help="0 takes a free one")
    parser.add_argument("--webhook", action="append", default=[], metavar="URL")
    return parsed(parser, given)


async def run(read: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT."""
    require_media()
    await until_stopped(
        Recorder.start(
            read.host,
            read.port,
            url=read.url,
            keys=keys_of(read),
            folder=read.folder,
            state=read.state,
            webhook_urls=read.webhook,
        )
    )


def main() -> int:
    """The exit code: 0 after a signal, 1 when it could not start."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    return run_service("recorder", run(arguments()))


if __name__ == "__main__":
    sys.exit(main())
