"""What people and scripts are told about the server on this machine."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from greenroom.config.places import home_folder
from greenroom.domain.errors import GreenroomError
from greenroom.domain.outcome import Outcome
from greenroom.interfaces.cli.nearby import named_elsewhere
from greenroom.interfaces.cli.options import Settings
from greenroom.interfaces.cli.render import note, printable, show
from greenroom.interfaces.errors import exit_code

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


def line_about(shape: Mapping[str, Any], verb: str) -> str:
    """Which server, where, which process."""
    media = " (media is simulated)" if shape.get("server") == "sandbox" else ""
    return f"{shape.get('server')}{media} {verb} at {shape.get('url')}, process {shape.get('pid')}"


def line_about_recorder(shape: Mapping[str, Any]) -> str:
    """Where recordings are made, or why they are not; "" where the server itself answers for them."""
    recorder = shape.get("recorder")
    if not recorder:
        return ""
    if recorder["url"]:
        return f"recorder: {recorder['url']}, files in {recorder['folder']}"
    return f"no recorder: {recorder['reason']}"


def say_how_to_use(
    settings: Settings, shape: Mapping[str, Any], stop: str = "Stop it: greenroom down"
) -> None:
    """What is there beside the server, and what a person does next, on stderr."""
    if line := line_about_recorder(shape):
        note(f"  {line[0].upper()}{line[1:]}")
    if why_not := named_elsewhere(settings, str(shape.get("url"))):
        note(f"! {printable(why_not)}", "yellow")
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
        times = child["restarts"]
        again = f", restarted {'once' if times == 1 else f'{times} times'}" if times else ""
        number = f"process {child['pid']}" if child.get("pid") else "no process"
        click.echo(f"  {child['name']}: {child['state']}, {number}{again}")
    if line := line_about_recorder(local):
        click.echo(f"  {line}")
    if local.get("control_url"):
        click.echo(f"  control: {local['control_url']}, with tokens of greenroom access")


def age(since: float) -> str:
    """How long ago, roughly."""
    seconds = max(0, int(time.time() - since))
    for size, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
