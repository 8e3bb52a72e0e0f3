"""``make demo``: a guided tour that really does things, on a LiveKit server of this machine or the one you name.

Without livekit-server and Go the tour runs on the sandbox, and says where that simulates.
"""

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
from typing import TYPE_CHECKING

import click

from greenroom import __version__
from greenroom.config.target import VARIABLES
from greenroom.domain.errors import GreenroomError
from greenroom.local.wire import call

if TYPE_CHECKING:
    from greenroom.local.supervisor.options import Backend

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
def server(say: Callable[[str], None]) -> Iterator[tuple[dict[str, str], bool]]:
    """``LIVEKIT_*`` of the server that the environment names, else of one started here; and whether it is the sandbox."""
    named = {
        variable: os.environ[variable]
        for variable in VARIABLES.values()
        if os.environ.get(variable)
    }
    if named:
        say(f"Using the LiveKit server at {named.get('LIVEKIT_URL', '(no LIVEKIT_URL)')}.")
        yield named, False
        return
    from greenroom.local.supervisor import background
    from greenroom.local.supervisor.options import Options

    with tempfile.TemporaryDirectory(prefix="greenroom-") as folder:
        home = Path(folder)
        options = Options(home=home, backend=best(say), port_base=0, version=__version__)
        try:
            local, _ = background.start(options)
            what = "The sandbox" if local.is_sandbox else "livekit-server"
            say(f"{what} runs at {local.url}; it stops with the tour.")
            values = (local.url, local.key.key, local.key.secret)
            yield dict(zip(VARIABLES.values(), values, strict=True)), local.is_sandbox
        finally:
            background.stop(home)


def best(say: Callable[[str], None]) -> Backend:
    """livekit-server, built if that can be; else the sandbox, and why."""
    from greenroom.local.livekit_server import default_cache, find_or_build

    try:
        find_or_build(default_cache(), say)
    except GreenroomError as error:
        say(f"{error.message} The tour runs on the sandbox: media is simulated.")
        return "sandbox"
    return "livekit-server"


def join_sandbox(url: str, token: str, tour: Tour) -> None:
    """Let a participant of the sandbox in with the token, checked as a real join is; then go on inside."""
    host, _, port = url.removeprefix("ws://").rpartition(":")
    body = {"token": token}
    headers = {"Authorization": f"Bearer {token}"}
    status, person = call((host, int(port)), "POST", "/sandbox/join", body=body, headers=headers)
    if status != 200:
        tour.unexpected.append(f"the sandbox refused the token: {person}")
        return
    click.echo(f"  {person['identity']} joined with that token. Simulated: no media flows.")
    while_inside(tour)


async def join(url: str, token: str, tour: Tour) -> None:
    """Join with the LiveKit SDK, look around while inside, leave."""
    from livekit import rtc

    room = rtc.Room()
    await room.connect(url, token)
    try:
        click.echo(
            f"  {room.local_participant.identity} joined {room.name} with the LiveKit SDK and that token."
        )
        await asyncio.to_thread(while_inside, tour)
    finally:
        await room.disconnect()


def while_inside(tour: Tour) -> None:
    """Look who is there, and delete the room."""
    tour.run("ask", "who is in room green-demo?")
    tour.say("7. Deleting a room disconnects people, so it waits for a yes.")
    delete_and_approve(tour)


def delete_and_approve(tour: Tour) -> None:
    """Ask for a deletion, read the approval's id from the JSON, approve."""
    outcome = json.loads(tour.run("ask", "delete room green-demo", "--json", expect=3, quiet=True))
    click.echo(f"  {outcome['message']}")
    tour.run("approve", outcome["approval"]["id"])


def tour_of(environ: Mapping[str, str], *, simulated: bool = False) -> list[str]:
    """The tour itself; ``simulated``: on the sandbox. Returns what went otherwise than expected."""
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
    if simulated:
        join_sandbox(environ["LIVEKIT_URL"], token, tour)
    else:
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
            environ, simulated = stack.enter_context(server(click.echo))
        except GreenroomError as error:
            click.secho(f"✗ {error.message} {error.hint}", fg="red", err=True)
            sys.exit(5)
        everything = {**os.environ, **environ, "GREENROOM_HOME": home}
        unexpected = tour_of(everything, simulated=simulated)
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
