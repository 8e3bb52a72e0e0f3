"""Who may use the server on this machine: its API key, and tokens for its control over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from greenroom.config.target import VARIABLES
from greenroom.domain.errors import ConfigurationError, GreenroomError
from greenroom.interfaces.cli.local_view import Told, failed, home_of, told
from greenroom.interfaces.cli.options import Settings
from greenroom.interfaces.cli.render import note
from greenroom.local.supervisor import background


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


def required(settings: Settings) -> background.Running:
    """The local server. Raises ConfigurationError (daemon-not-running)."""
    running = background.find(home_of(settings))
    if running is None:
        msg = "No local server is up."
        raise ConfigurationError(msg, code="daemon-not-running", hint="Start it: greenroom up")
    return running


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

    known: Mapping[str, Sequence[str]] = {}

    def work() -> Told:
        nonlocal known
        known = Tokens(home_of(settings)).all()
        return f"{'1 token' if len(known) == 1 else f'{len(known)} tokens'}.", {"tokens": known}

    code = told(settings, work)
    if not (settings.json or settings.jsonl):
        for name, scopes in sorted(known.items()):
            click.echo(f"  {name}: {', '.join(scopes)}")
    return code


def run_access_remove(settings: Settings, name: str) -> int:
    """End a token. Returns the exit code."""
    from greenroom.local.supervisor.access import Tokens

    def work() -> Told:
        Tokens(home_of(settings)).remove(name)
        return f"Token {name} is not accepted any more.", None

    return told(settings, work)
