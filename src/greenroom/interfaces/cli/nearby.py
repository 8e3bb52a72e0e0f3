"""The server on this machine as the last resort of a command: found, else started, and said so."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from greenroom import __version__
from greenroom.config.places import home_folder
from greenroom.config.target import VARIABLES, Credentials, choose_credentials
from greenroom.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from greenroom.interfaces.cli.options import Settings
    from greenroom.local.supervisor import background

AUTOSTART = "GREENROOM_AUTOSTART"
"""``0``, ``no``, ``off`` or ``false``: a command starts no server by itself."""
PORT_BASE = "GREENROOM_PORT_BASE"
SAID = {"arguments": "--url", "environment": "LIVEKIT_*"}
"""Sources of a server, as people gave them."""


def local_credentials(home: str | None, *, start: bool) -> Credentials | None:
    """URL and key of the local server; None when there is none and none may be started. Raises ConfigurationError."""
    from greenroom.local.supervisor import background

    folder = Path(home_folder(os.environ, home))
    running = background.find(folder)
    if running is None and start and autostart_wanted():
        running = started(folder)
    if running is None:
        return None
    background.touch(folder)
    return Credentials(
        url=running.url,
        api_key=running.key.key,
        api_secret=running.key.secret,
        source="local server",
    )


def named_elsewhere(settings: Settings, url: str) -> str:
    """Why commands do not use the server that is up here at ``url``, as a sentence; "" where they use it."""
    from greenroom.config.store import FileConfiguration

    given = {"url": settings.url, "api_key": settings.api_key, "api_secret": settings.api_secret}
    configuration = FileConfiguration(os.environ, os.path.abspath(os.curdir), settings.env)
    try:
        found = choose_credentials(given, os.environ, configuration)
    except ConfigurationError as error:
        return f"No command can use this server: {error.message}"
    if found is None or found.url == url:
        return ""
    return f"Commands use {found.url} ({SAID.get(found.source, found.source)}), not this server."


def autostart_wanted() -> bool:
    """Whether a command may start a server."""
    return os.environ.get(AUTOSTART, "").strip().lower() not in {"0", "no", "off", "false"}


def port_base() -> int:
    """``GREENROOM_PORT_BASE``, else 7880. Raises click.BadParameter."""
    from greenroom.local.supervisor.options import PORT_BASE as DEFAULT

    given = os.environ.get(PORT_BASE, "").strip()
    if given and not given.isdecimal():
        raise click.BadParameter("it is a number, the lowest of the ports", param_hint=PORT_BASE)
    return int(given) if given else DEFAULT


def started(home: Path) -> background.Running:
    """Start one that leaves by itself, and say so on stderr. Raises ConfigurationError."""
    from greenroom.local.supervisor import background
    from greenroom.local.supervisor.options import IDLE_SECONDS, Options

    click.echo("No LiveKit server is configured: starting one on this machine.", err=True)
    options = Options(home=home, port_base=port_base(), idle=IDLE_SECONDS, version=__version__)
    running, _ = background.start(options)
    what = "The sandbox (media is simulated)" if running.is_sandbox else "livekit-server"
    click.echo(
        f"{what} is up at {running.url}. It leaves after {IDLE_SECONDS / 60:.0f} idle minutes; "
        "greenroom down stops it.",
        err=True,
    )
    return running


def local_room_names() -> list[str]:
    """For completion: rooms of the server that is up, within a tenth of a second; none where another one is named."""
    from greenroom.domain.errors import GreenroomError
    from greenroom.local.supervisor import background
    from greenroom.local.supervisor.people import room_names

    if any(os.environ.get(variable) for variable in VARIABLES.values()):
        return []
    try:
        running = background.find(Path(home_folder(os.environ)), wait=0)
        names = room_names(running.url, running.key, timeout=0.1) if running else []
    except (GreenroomError, OSError, ValueError):
        return []
    # Others would have to be quoted, and shells differ in how.
    return [name for name in names if all(c.isalnum() or c in "-_.@+" for c in name)]
