"""The server on this machine: started, stopped, shown, installed."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

import click

from greenroom import __version__
from greenroom.domain.errors import GreenroomError
from greenroom.domain.outcome import Outcome
from greenroom.interfaces.cli.local_view import (
    Told,
    failed,
    home_of,
    line_about,
    say_how_to_use,
    show_local,
    told,
)
from greenroom.interfaces.cli.nearby import port_base
from greenroom.interfaces.cli.options import Settings
from greenroom.interfaces.cli.render import note, printable, show
from greenroom.interfaces.errors import exit_code
from greenroom.local.supervisor import background
from greenroom.local.supervisor.options import Backend, Options


def options_for(settings: Settings, backend: str, given: Mapping[str, Any]) -> Options:
    """The command line's options as the supervisor's."""
    base = given["port_base"]
    return Options(
        home=home_of(settings),
        backend=cast("Backend", backend),
        host=given["host"],
        port_base=port_base() if base is None else base,
        port=given["port"],
        webhooks=tuple(given["webhooks"]),
        remote_unmute=given["remote_unmute"],
        control_port=given["control_port"],
        version=__version__,
    )


def run_up(settings: Settings, backend: str, given: Mapping[str, Any]) -> int:
    """Start in the background. Returns the exit code."""
    new = False
    shape: Mapping[str, Any] = {}

    def work() -> Told:
        nonlocal new, shape
        options = options_for(settings, backend, given)
        running, new = background.start(options)
        verb = "is up" if new else "was up already"
        shape = (
            running.shape if new else {**running.shape, "warnings": kept(running.shape, options)}
        )
        return f"{line_about(shape, verb)}.", shape

    code = told(settings, work)
    if code == 0 and not (settings.json or settings.jsonl):
        say_how_to_use(settings, shape)
    return code


def kept(shape: Mapping[str, Any], options: Options) -> list[str]:
    """What a second ``up`` does not change about the server that was up already, with its own warnings."""
    warnings = list(shape.get("warnings", ()))
    again = "To change that: greenroom down, then greenroom up."
    plain = Options(home=options.home, port_base=port_base())
    if shape.get("settings") not in {options.fingerprint(), None} and (
        options.fingerprint() != plain.fingerprint()
    ):
        warnings.append(f"It keeps the options that it was started with. {again}")
    if (idle := shape.get("idle_after")) is not None:
        warnings.append(
            f"A command started it: it leaves after {idle / 60:.0f} idle minutes. {again}"
        )
    return warnings


def run_down(settings: Settings) -> int:
    """Stop. Returns the exit code."""
    home = home_of(settings)

    def work() -> Told:
        # Whoever does not answer is stopped all the same.
        with suppress(GreenroomError):
            if rooms := background.ask(home, "GET", "/recordings")["rooms"]:
                note(f"  Recordings are finished first: {printable(', '.join(rooms))}.")
        stopped = background.stop(home)
        return ("The local server is stopped." if stopped else "No local server was up."), None

    return told(settings, work)


def run_foreground(settings: Settings, backend: str, given: Mapping[str, Any]) -> int:
    """Run until Ctrl-C. Returns the exit code."""
    from greenroom.local.supervisor.daemon import Supervisor

    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)

    def ready(shape: Mapping[str, Any]) -> None:
        told(settings, lambda: (f"{line_about(shape, 'is up')}.", shape))
        sys.stdout.flush()
        if not (settings.json or settings.jsonl):
            say_how_to_use(settings, shape, stop="Stop it: Ctrl-C, or greenroom down")

    async def supervise() -> None:
        await Supervisor(options_for(settings, backend, given)).run(ready)

    try:
        asyncio.run(supervise())
    except GreenroomError as error:
        return failed(settings, error)
    return 0


def run_status(settings: Settings) -> int:
    """Processes, then rooms and people. Starts nothing. Returns the exit code."""
    from greenroom.interfaces.cli.run import crew_for, flags

    try:
        running = background.find(home_of(settings))
        local: dict[str, Any] = {"state": "down"} if running is None else dict(running.shape)
        if running is not None:
            local = dict(background.ask(home_of(settings), "GET", "/status"))
    except GreenroomError as error:
        local = {"state": "unknown", "error": error.as_dict()}

    settings.autostart = False

    async def once() -> Outcome:
        async with crew_for(settings) as crew:
            return await crew.call("coordinator.status", **flags(settings))

    outcome = asyncio.run(once())
    if not (settings.json or settings.jsonl):
        show_local(local)
    show(outcome, as_json=settings.json, as_lines=settings.jsonl, local=local)
    return exit_code(outcome.status, outcome.error.code if outcome.error else None)


def run_install(settings: Settings) -> int:
    """Find or build livekit-server. Returns the exit code."""
    from greenroom.local.livekit_server import default_cache, find_or_build

    def work() -> Told:
        program = find_or_build(default_cache(), lambda text: click.echo(text, err=True))
        return f"livekit-server is installed: {program}. Start it with greenroom up.", None

    return told(settings, work)
