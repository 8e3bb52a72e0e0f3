"""The steps of the tour, in their order."""

from __future__ import annotations

import asyncio

import click

from greenroom.interfaces.cli.demo.ground import Ground
from greenroom.interfaces.cli.demo.tour import Tour
from greenroom.local.wire import call

ROOM = "green-demo"
WISH_FOR_DANA = f"token for dana in room {ROOM}, valid for one hour"


def take(tour: Tour, ground: Ground) -> None:
    """The whole tour. What went otherwise than expected, and what was skipped, is in ``tour`` afterwards."""
    words(tour)
    token_that_works(tour, ground)
    tour.step(
        "What was deleted can be made again, with its settings; the people have to come back themselves."
    )
    tour.run("undo")
    tour.run("ask", "list all rooms")
    if why := ground.no_recorder():
        tour.skipped.append(f"people with cameras, a recording and a stream: {why}")
    else:
        from greenroom.interfaces.cli.demo.media import show_media

        show_media(tour, ground, ROOM)
    tour.step("And this is what was done.")
    tour.run("journal")
    tour.run("room", "delete", ROOM, "--yes")


def words(tour: Tour) -> None:
    """Sentences and commands: done, asked back, refused."""
    tour.step("Is everything in order?")
    tour.run("ask", "please verify my LiveKit configuration")
    tour.step("A room, from a sentence. A second look at the server proves that it is there.")
    tour.run("ask", f"create a room called {ROOM} for ten people")
    tour.step("The same as a command, for scripts: an existing room is left as it is.")
    tour.run("room", "create", ROOM)
    tour.step("A token names no room: it asks rather than guess.")
    tour.run(
        "ask",
        'generate a JWT token for user "alice" with permissions to publish and subscribe',
        expect=4,
    )
    tour.step("An unsafe wish is refused, with the reason.")
    tour.run("ask", f"token for bob in room {ROOM} valid for 30 days", expect=6)


def token_that_works(tour: Tour, ground: Ground) -> None:
    """A token, and somebody who joins with it."""
    tour.step("A token that works: somebody joins with it.")
    token = tour.run("ask", WISH_FOR_DANA, quiet=True).strip()
    click.echo(f"  {token[:24]}… ({len(token)} characters; shown to the caller only)")
    if ground.server == "sandbox":
        join_sandbox(ground.url, token, tour)
    elif why := ground.no_media():
        tour.skipped.append(f"joining with that token: {why}")
        while_inside(tour)
    else:
        asyncio.run(join(ground.url, token, tour))


def join_sandbox(url: str, token: str, tour: Tour) -> None:
    """Let a participant of the sandbox in with the token, checked as a real join is; then go on inside."""
    host, _, port = url.removeprefix("ws://").rpartition(":")
    body = {"token": token}
    headers = {"Authorization": f"Bearer {token}"}
    status, person = call((host, int(port)), "POST", "/sandbox/join", body=body, headers=headers)
    if status != 200:
        tour.unexpected.append(f"the sandbox refused the token: {person}")
        return
    tour.say(f"{person['identity']} joined with that token. Simulated: no media flows.")
    while_inside(tour)


async def join(url: str, token: str, tour: Tour) -> None:
    """Join with the LiveKit SDK, look around while inside, leave."""
    from livekit import rtc

    room = rtc.Room()
    await room.connect(url, token)
    try:
        tour.say(
            f"{room.local_participant.identity} joined {room.name} with the LiveKit SDK and that token."
        )
        await asyncio.to_thread(while_inside, tour)
    finally:
        await room.disconnect()


def while_inside(tour: Tour) -> None:
    """Look who is there, and delete the room."""
    tour.run("ask", f"who is in room {ROOM}?")
    tour.step("Deleting a room disconnects people, so it waits for a yes.")
    tour.ask_and_approve(f"delete room {ROOM}")
