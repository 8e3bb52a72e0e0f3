"""``make demo``: a guided tour that really does things, on a LiveKit server of this machine or the one you name."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from greenroom.config.target import VARIABLES
from greenroom.domain.errors import GreenroomError

WISH_FOR_DANA = "token for dana in room green-demo, valid for one hour"


class Tour:
    """Runs ``greenroom`` as a person would, and shows the command before its output."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = dict(environ)
        self.unexpected: list[str] = []

    def say(self, text: str) -> None:
        """What comes next, in a line."""
        click.echo()
        click.secho(text, bold=True)

    def run(self, *arguments: str, expect: int = 0, quiet: bool = False) -> str:
        """One command. Returns its stdout; an exit code other than expected is remembered."""
        click.secho(f"$ greenroom {shlex.join(arguments)}", fg="cyan")
        command = [sys.executable, "-m", "greenroom.interfaces.cli.main", *arguments]
        done = subprocess.run(
            command, env=self.environ, capture_output=True, text=True, check=False
        )
        if not quiet:
            click.echo(done.stdout + done.stderr, nl=False)
        if done.returncode != expect:
            self.unexpected.append(
                f"{shlex.join(arguments)} exited with {done.returncode}, not {expect}"
            )
            click.echo(done.stderr, nl=False, err=True)
        return done.stdout


@contextmanager
def server(say: Callable[[str], None]) -> Iterator[dict[str, str]]:
    """``LIVEKIT_*`` of the server that the environment names, else of one started here."""
    named = {
        variable: os.environ[variable]
        for variable in VARIABLES.values()
        if os.environ.get(variable)
    }
    if named:
        say(f"Using the LiveKit server at {named.get('LIVEKIT_URL', '(no LIVEKIT_URL)')}.")
        yield named
        return
    from greenroom.local.livekit_server import LocalServer

    with (
        tempfile.TemporaryDirectory() as home,
        LocalServer.start(home=Path(home), say=say) as local,
    ):
        say(f"livekit-server runs at {local.url}; it stops with the tour.")
        yield {
            "LIVEKIT_URL": local.url,
            "LIVEKIT_API_KEY": local.api_key,
            "LIVEKIT_API_SECRET": local.api_secret,
        }


async def join(url: str, token: str, tour: Tour) -> None:
    """Join with the LiveKit SDK, look around while inside, leave."""
    from livekit import rtc

    room = rtc.Room()
    await room.connect(url, token)
    try:
        click.echo(
            f"  {room.local_participant.identity} joined {room.name} with the LiveKit SDK and that token."
        )
        await asyncio.to_thread(tour.run, "ask", "who is in room green-demo?")
        tour.say("7. Deleting a room disconnects people, so it waits for a yes.")
        await asyncio.to_thread(delete_and_approve, tour)
    finally:
        await room.disconnect()


def delete_and_approve(tour: Tour) -> None:
    """Ask for a deletion, read the approval's id from the JSON, approve."""
    outcome = json.loads(tour.run("ask", "delete room green-demo", "--json", expect=3, quiet=True))
    click.echo(f"  {outcome['message']}")
    tour.run("approve", outcome["approval"]["id"])


def tour_of(environ: Mapping[str, str]) -> list[str]:
    """The tour itself. Returns what went otherwise than expected."""
    tour = Tour(environ)
    tour.say("1. Is everything in order?")
    tour.run("ask", "please verify my LiveKit configuration")
    tour.say("2. A room, from a sentence. A second look at the server proves that it is there.")
    tour.run("ask", "create a room called green-demo for ten people")
    tour.say("3. The same as a command, for scripts: an existing room is left as it is.")
    tour.run("room", "create", "green-demo")
    tour.say("4. A token names no room: it asks rather than guess.")
    tour.run(
        "ask",
        'generate a JWT token for user "alice" with permissions to publish and subscribe',
        expect=4,
    )
    tour.say("5. An unsafe wish is refused, with the reason.")
    tour.run("ask", "token for bob in room green-demo valid for 30 days", expect=6)
    tour.say("6. A token that works: somebody joins with it.")
    token = tour.run("ask", WISH_FOR_DANA, quiet=True).strip()
    click.echo(f"  {token[:24]}… ({len(token)} characters; shown to the caller only)")
    asyncio.run(join(environ["LIVEKIT_URL"], token, tour))
    tour.say(
        "8. What was deleted can be made again, with its settings; the people have to come back themselves."
    )
    tour.run("undo")
    tour.run("ask", "list all rooms")
    tour.say("9. And this is what was done.")
    tour.run("journal")
    tour.run("room", "delete", "green-demo", "--yes")
    return tour.unexpected


def main() -> None:
    """Run the tour in a home of its own; exit with 1 when a step went otherwise than expected."""
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory())
        try:
            environ = stack.enter_context(server(click.echo))
        except GreenroomError as error:
            click.secho(f"✗ {error.message} {error.hint}", fg="red", err=True)
            sys.exit(5)
        unexpected = tour_of({**os.environ, **environ, "GREENROOM_HOME": home})
    click.echo()
    for line in unexpected:
        click.secho(f"✗ {line}", fg="red", err=True)
    if not unexpected:
        click.secho(
            '✓ That was the tour. Yours now: greenroom ask "…", or greenroom --help',
            fg="green",
            bold=True,
        )
    sys.exit(1 if unexpected else 0)


if __name__ == "__main__":
    main()
