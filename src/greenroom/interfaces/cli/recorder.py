"""The recorder in the foreground, for a LiveKit server that runs elsewhere."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

from greenroom.config.target import Credentials
from greenroom.crew import NO_SERVER, NO_SERVER_HINT
from greenroom.domain.errors import ConfigurationError, GreenroomError
from greenroom.interfaces.cli.local_view import failed, home_of, told
from greenroom.interfaces.cli.options import Settings
from greenroom.interfaces.cli.render import note
from greenroom.interfaces.cli.run import crew_for
from greenroom.local.ports import require_free
from greenroom.local.recorder.needs import require_media
from greenroom.local.service import stop_signal
from greenroom.local.supervisor.recorder_url import recorder_of


def run_recorder(settings: Settings, host: str, port: int, folder: str | None) -> int:
    """Record until Ctrl-C; what is recorded then is finished. Returns the exit code."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    settings.autostart = False
    try:
        require_media()
        used = crew_for(settings).credentials
        if used is None:
            raise ConfigurationError(NO_SERVER, code="no-server", hint=NO_SERVER_HINT)
        if url := recorder_of(home_of(settings), used.url):
            msg = f"The local server at {used.url} has its recorder already: {url}."
            raise ConfigurationError(msg, code="already-running", hint="Use that one.")
        require_port(host, port)
        kept = Path(folder).absolute() if folder else home_of(settings) / "recordings"
        asyncio.run(record(settings, used, host, port, kept))
    except GreenroomError as error:
        return failed(settings, error)
    return 0


def require_port(host: str, port: int) -> None:
    """It can be had. Raises ConfigurationError (port-taken, address-unusable)."""
    try:
        require_free(host, [(port, "tcp")])
    except ConfigurationError as error:
        hint = "Choose another --host, or another --port; 0 takes a free one."
        raise ConfigurationError(error.message, code=error.code, hint=hint) from error


async def record(settings: Settings, used: Credentials, host: str, port: int, folder: Path) -> None:
    """Serve until SIGINT or SIGTERM. Raises ConfigurationError."""
    from greenroom.local.recorder.server import Recorder

    stop = stop_signal()
    async with Recorder.start(
        host,
        port,
        url=used.url,
        keys={used.api_key: used.api_secret},
        folder=folder,
        state=home_of(settings) / "recorder",
    ) as recorder:
        shape = {"url": recorder.url, "records": used.url, "folder": str(folder)}
        words = f"The recorder of {used.url} is up at {recorder.url}, files in {folder}."
        told(settings, lambda: (words, shape))
        sys.stdout.flush()
        note("  Use it: greenroom config set egress.service greenroom")
        note(f"          greenroom config set egress.url {recorder.url}")
        note("  Stop it: Ctrl-C, which finishes what is recorded")
        await stop.wait()
        if count := recorder.egresses.running:
            note(f"  Finishing {count} {'recording' if count == 1 else 'recordings'}.")
