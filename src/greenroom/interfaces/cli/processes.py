"""What the commands about the server on this machine do."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import click

from greenroom import __version__
from greenroom.config.places import home_folder
from greenroom.config.target import VARIABLES
from greenroom.domain.errors import ConfigurationError, GreenroomError
from greenroom.domain.outcome import Outcome
from greenroom.interfaces.cli.nearby import port_base
from greenroom.interfaces.cli.options import Settings
from greenroom.interfaces.cli.render import note, show
from greenroom.interfaces.errors import exit_code
from greenroom.local.supervisor import background
from greenroom.local.supervisor.options import Backend, Options

Told = tuple[str, Mapping[str, Any] | None]
"""A sentence, and how the local server stands."""


def home_of(settings: Settings) -> Path:
    """The home of an invocation, without a way through the current folder: a daemon has another one."""
    return Path(os.path.abspath(home_folder(os.environ, settings.home)))


def told(settings: Settings, work: Callable[[], Told]) -> int:
    """Do it and say how it went. Returns the exit code."""
    try:
        message, local = work()
    except GreenroomError as error:
        return failed(settings, error)
    outcome = Outcome(id="", status="done", message=message)
    if local is not None:
        outcome.warnings = tuple(local.get("warnings", ()))
        outcome.target = str(local.get("url", ""))
    show(outcome, as_json=settings.json, as_lines=settings.jsonl, local=local)
    return 0


def failed(settings: Settings, error: GreenroomError) -> int:
    """Say what went wrong. Returns the exit code."""
    outcome = Outcome(id="", status="failed", message=error.message, error=error)
    show(outcome, as_json=settings.json, as_lines=settings.jsonl)
    return exit_code("failed", error.code)


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

    def work() -> Told:
        nonlocal new
        running, new = background.start(options_for(settings, backend, given))
        verb = "is up" if new else "was up already"
        return f"{line_about(running.shape, verb)}.", running.shape

    code = told(settings, work)
    if code == 0 and not (settings.json or settings.jsonl):
        say_how_to_use(settings)
    return code


def run_down(settings: Settings) -> int:
    """Stop. Returns the exit code."""

    def work() -> Told:
        stopped = background.stop(home_of(settings))
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
            say_how_to_use(settings, stop="Stop it: Ctrl-C, or greenroom down")

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


def run_environment(settings: Settings) -> int:
    """``export`` lines on stdout. Returns the exit code."""
    try:
        running = required(settings)
    except GreenroomError as error:
        return failed(settings, error)
    values = {"url": running.url, "api_key": running.key.key, "api_secret": running.key.secret}
    for name, variable in VARIABLES.items():
        click.echo(f"export {variable}={values[name]}")
    return 0


def run_rotate(settings: Settings, *, finish: bool) -> int:
    """Rotate, after a yes where people are inside. Returns the exit code."""
    from greenroom.interfaces.cli.run import interactive

    home = home_of(settings)
    try:
        inside: Mapping[str, Sequence[str]] = {}
        if background.find(home) is not None:
            inside = background.ask(home, "GET", "/people")["rooms"]
    except GreenroomError as error:
        return failed(settings, error)
    if inside and not settings.yes:
        question = f"The server restarts. That disconnects {people(inside)}."
        if not interactive(settings):
            outcome = Outcome(id="", status="needs_approval", message=question)
            show(outcome, as_json=settings.json, as_lines=settings.jsonl)
            note("  Say yes with --yes.")
            return exit_code("needs_approval", None)
        if not click.confirm(f"{question} Do it?", err=True):
            return exit_code("needs_approval", None)
    return told(settings, lambda: rotated(background.rotate(home, finish=finish), finish=finish))


def rotated(done: Mapping[str, Any], *, finish: bool) -> Told:
    """What to tell about a rotation."""
    keys = done["keys"]
    text = f"The key is {keys[0]}"
    if finish:
        text += "; tokens of the old one are not accepted any more."
    else:
        text += f"; {keys[1]} is still valid. Make new tokens, then: greenroom server rotate-key --finish."
    if done["restarted"]:
        gone = people(done["disconnected"]) if done["disconnected"] else "nobody"
        text += f" The server was restarted, which disconnected {gone}, and its rooms are empty."
    return text, done


def run_access_add(settings: Settings, name: str, scopes: Sequence[str]) -> int:
    """A token on stdout, alone. Returns the exit code."""
    from greenroom.local.supervisor.access import Tokens

    try:
        token = Tokens(home_of(settings)).add(name, scopes)
    except GreenroomError as error:
        return failed(settings, error)
    note(f"Token {name} may {', '.join(scopes)}. It is shown this once:")
    click.echo(token)
    return 0


def run_access_list(settings: Settings) -> int:
    """Names and scopes. Returns the exit code."""
    from greenroom.local.supervisor.access import Tokens

    def work() -> Told:
        known = Tokens(home_of(settings)).all()
        lines = [f"  {name}: {', '.join(scopes)}" for name, scopes in sorted(known.items())]
        count = "1 token" if len(known) == 1 else f"{len(known)} tokens"
        return "\n".join([f"{count}.", *lines]), {"tokens": known}

    return told(settings, work)


def run_access_remove(settings: Settings, name: str) -> int:
    """End a token. Returns the exit code."""
    from greenroom.local.supervisor.access import Tokens

    def work() -> Told:
        Tokens(home_of(settings)).remove(name)
        return f"Token {name} is not accepted any more.", None

    return told(settings, work)


def required(settings: Settings) -> background.Running:
    """The local server. Raises ConfigurationError (daemon-not-running)."""
    running = background.find(home_of(settings))
    if running is None:
        msg = "No local server is up."
        raise ConfigurationError(msg, code="daemon-not-running", hint="Start it: greenroom up")
    return running


def line_about(shape: Mapping[str, Any], verb: str) -> str:
    """Which server, where, which process."""
    media = " (media is simulated)" if shape.get("server") == "sandbox" else ""
    return f"{shape.get('server')}{media} {verb} at {shape.get('url')}, process {shape.get('pid')}"


def people(inside: Mapping[str, Sequence[str]]) -> str:
    """``anna and ben in standup, cleo in lobby``; names are others' text."""
    from greenroom.interfaces.cli.render import printable

    parts = []
    for room, identities in inside.items():
        *most, last = identities[:10]
        more = f" and {len(identities) - 10} more" if len(identities) > 10 else ""
        names = f"{', '.join(most)} and {last}" if most and not more else ", ".join([*most, last])
        parts.append(f"{names}{more} in {room}")
    return printable(", ".join(parts))


def say_how_to_use(settings: Settings, stop: str = "Stop it: greenroom down") -> None:
    """What a person does next, on stderr."""
    named = settings.url or os.environ.get(VARIABLES["url"])
    if named:
        note(f"! {VARIABLES['url']} or --url names {named}: commands use that server.", "yellow")
    else:
        note('  Use it: greenroom ask "create a room called standup"')
    note('  Elsewhere: eval "$(greenroom server env)"')
    note(f"  {stop}")


def show_local(local: Mapping[str, Any]) -> None:
    """The processes, in lines."""
    if local["state"] == "down":
        click.echo("○ No local server is up. Start one: greenroom up")
        return
    if error := local.get("error"):
        note(f"! {error['message']} {error['hint']}", "yellow")
        return
    ends = local.get("idle_after")
    leaves = f", leaves after {ends / 60:.0f} idle minutes" if ends else ""
    click.echo(f"● {line_about(local, 'is ' + local['state'])}, for {age(local['since'])}{leaves}")
    for child in local.get("children", ()):
        again = f", restarted {child['restarts']} times" if child["restarts"] else ""
        number = f"process {child['pid']}" if child.get("pid") else "no process"
        click.echo(f"  {child['name']}: {child['state']}, {number}{again}")
    if local.get("control_url"):
        click.echo(f"  control: {local['control_url']}, with tokens of greenroom access")


def age(since: float) -> str:
    """How long ago, roughly."""
    seconds = max(0, int(time.time() - since))
    for size, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
