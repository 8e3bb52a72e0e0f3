"""Commands about what runs on this machine: up, down, status, serve, server, sandbox, recorder, access, completion."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from greenroom.interfaces.cli.options import Settings, with_common_options

OWN_OPTIONS = (
    click.option("--host", default="127.0.0.1", help="Address to listen at; loopback by default."),
    click.option(
        "--port-base",
        type=click.IntRange(0, 65533),
        metavar="N",
        help="The lowest of the ports, 7880 by default; 0 takes free ones. Also GREENROOM_PORT_BASE.",
    ),
    click.option(
        "--port", type=click.IntRange(1, 65535), help="Where LiveKit answers, if not at the base."
    ),
    click.option(
        "--webhook",
        "webhooks",
        multiple=True,
        metavar="URL",
        help="Post events there; may be repeated.",
    ),
    click.option(
        "--remote-unmute/--no-remote-unmute",
        default=True,
        help="May an administrator unmute people? Yes by default.",
    ),
    click.option(
        "--control-port",
        type=click.IntRange(0, 65535),
        metavar="PORT",
        help="Control over HTTP on 127.0.0.1, with tokens of greenroom access.",
    ),
)


def with_server_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """How the server is to run."""
    for option in reversed(OWN_OPTIONS):
        function = option(function)
    return function


@click.command()
@click.option("--sandbox", is_flag=True, help="The sandbox, even where livekit-server is found.")
@with_server_options
@with_common_options
def up(settings: Settings, *, sandbox: bool, **given: Any) -> None:
    """Start a LiveKit server on this machine, in the background."""
    from greenroom.interfaces.cli.processes import run_up

    sys.exit(run_up(settings, "sandbox" if sandbox else "auto", given))


@click.command()
@with_common_options
def down(settings: Settings) -> None:
    """Stop the LiveKit server on this machine."""
    from greenroom.interfaces.cli.processes import run_down

    sys.exit(run_down(settings))


@click.command()
@with_common_options
def status(settings: Settings) -> None:
    """Show the server on this machine, and rooms and people at a glance."""
    from greenroom.interfaces.cli.processes import run_status

    sys.exit(run_status(settings))


@click.command()
@with_server_options
@with_common_options
def serve(settings: Settings, **given: Any) -> None:
    """Like up, in the foreground."""
    from greenroom.interfaces.cli.processes import run_foreground

    sys.exit(run_foreground(settings, "auto", given))


@click.command()
@with_server_options
@with_common_options
def sandbox(settings: Settings, **given: Any) -> None:
    """Run the sandbox in the foreground: a double of LiveKit's API, without media."""
    from greenroom.interfaces.cli.processes import run_foreground

    sys.exit(run_foreground(settings, "sandbox", given))


@click.command()
@click.option("--host", default="127.0.0.1", help="Address to listen at; loopback by default.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=7892,
    help="7892 by default; 0 takes a free one.",
)
@click.option(
    "--folder", metavar="FOLDER", help="Where files go; recordings in the home by default."
)
@with_common_options
def recorder(settings: Settings, *, host: str, port: int, folder: str | None) -> None:
    """Record rooms of a LiveKit server that runs elsewhere: its Egress API, in the foreground.

    The server is the one that every command uses: --url with its key and secret, LIVEKIT_*, or the configuration.
    """
    from greenroom.interfaces.cli.recorder import run_recorder

    sys.exit(run_recorder(settings, host, port, folder))


@click.group(invoke_without_command=True)
@with_server_options
@with_common_options
def server(settings: Settings, **given: Any) -> None:
    """Run livekit-server in the foreground; install it, print its URL and key."""
    from greenroom.interfaces.cli.processes import run_foreground

    if click.get_current_context().invoked_subcommand is None:
        sys.exit(run_foreground(settings, "livekit-server", given))


@server.command()
@with_common_options
def install(settings: Settings) -> None:
    """Build livekit-server with Go, once; it is kept outside every project."""
    from greenroom.interfaces.cli.processes import run_install

    sys.exit(run_install(settings))


@server.command("env")
@with_common_options
def environment(settings: Settings) -> None:
    """Print URL and key for other programs.

    \b
      eval "$(greenroom server env)"
    """  # noqa: D301 - click wants the character
    from greenroom.interfaces.cli.keys import run_environment

    sys.exit(run_environment(settings))


@click.group()
def access() -> None:
    """Tokens for the control over HTTP (--control-port)."""


@access.command("add")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(["read", "write", "destroy", "approve"]),
    help="What it may do; may be repeated. Read by default.",
)
@with_common_options
def access_add(settings: Settings, name: str, scopes: tuple[str, ...]) -> None:
    """Make a token and print it, this once."""
    from greenroom.interfaces.cli.keys import run_access_add

    sys.exit(run_access_add(settings, name, scopes or ("read",)))


@access.command("list")
@with_common_options
def access_list(settings: Settings) -> None:
    """Names and scopes."""
    from greenroom.interfaces.cli.keys import run_access_list

    sys.exit(run_access_list(settings))


@access.command("remove")
@click.argument("name")
@with_common_options
def access_remove(settings: Settings, name: str) -> None:
    """End a token."""
    from greenroom.interfaces.cli.keys import run_access_remove

    sys.exit(run_access_remove(settings, name))


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print completion for a shell.

    \b
      bash:  eval "$(greenroom completion bash)"        in ~/.bashrc
      zsh:   eval "$(greenroom completion zsh)"         in ~/.zshrc, after compinit
      fish:  greenroom completion fish > ~/.config/fish/completions/greenroom.fish
    """  # noqa: D301 - click wants the character
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    root = click.get_current_context().find_root().command
    if made is None:
        raise click.ClickException(f"there is no completion for {shell}")
    click.echo(made(root, {}, "greenroom", "_GREENROOM_COMPLETE").source())


COMMANDS = (up, down, status, serve, server, sandbox, recorder, access, completion)
