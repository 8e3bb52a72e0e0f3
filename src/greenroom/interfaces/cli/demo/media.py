"""The steps with people in them: they are recorded, muted, paused, seen in the file, and streamed."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from greenroom.interfaces.cli.demo.ground import Ground
from greenroom.interfaces.cli.demo.people import people
from greenroom.interfaces.cli.demo.pictures import footage
from greenroom.interfaces.cli.demo.rtmp import NoPlatform, Platform, platform
from greenroom.interfaces.cli.demo.tour import Tour

NAMES = ("ana", "ben", "cleo")
RECORD_SECONDS = 12.0
"""Of the recording: long enough for everybody's turn, short enough to watch. Slow commands make it longer."""
PAUSE_SECONDS = 2.0
STREAM_SECONDS = 4.0


def show_media(tour: Tour, ground: Ground, room: str) -> None:
    """People join the room, are recorded and streamed, and leave. The recording is kept, in a folder that is named."""
    tour.step(f"{', '.join(NAMES[:-1])} and {NAMES[-1]} join, with camera and tone.")
    sentence = f"tokens for {', '.join(NAMES[:-1])} and {NAMES[-1]} in room {room}"
    tokens = tour.run("ask", sentence, quiet=True).split()
    if len(tokens) != len(NAMES):
        tour.unexpected.append(f"{len(tokens)} tokens were made, not {len(NAMES)}")
        return
    asyncio.run(with_people(tour, ground, room, dict(zip(NAMES, tokens, strict=True))))


async def with_people(tour: Tour, ground: Ground, room: str, tokens: dict[str, str]) -> None:
    """While they are inside."""
    async with people(ground.url, tokens):
        await asyncio.to_thread(tour.run, "ask", f"list the tracks of {room}")
        await record(tour, room)
        await asyncio.to_thread(keep, tour, room)
        try:
            await stream(tour, room)
        except NoPlatform as why:
            tour.skipped.append(f"a stream: {why}")


async def record(tour: Tour, room: str) -> None:
    """Record, mute somebody, pause, go on, stop."""
    tour.step(f"Record them, for about {RECORD_SECONDS:.0f} seconds. Who speaks is shown large.")
    begun = time.monotonic()
    await asyncio.to_thread(tour.run, "ask", f"record {room} in the speaker layout")
    await until(begun + RECORD_SECONDS / 3)
    tour.step(f"Mute {NAMES[0]}: the others go on speaking in turns.")
    await asyncio.to_thread(tour.run, "ask", f"mute {NAMES[0]} in room {room}")
    await until(begun + RECORD_SECONDS * 2 / 3)
    tour.step("Pause the recording, and go on in the same file.")
    await asyncio.to_thread(tour.run, "ask", f"pause the recording of {room}")
    paused = time.monotonic()
    await asyncio.sleep(PAUSE_SECONDS)
    await asyncio.to_thread(tour.run, "ask", f"resume the recording of {room}")
    await until(begun + RECORD_SECONDS + time.monotonic() - paused)
    tour.step("Stop the recording. It cannot be taken back, so it waits for a yes.")
    await asyncio.to_thread(tour.ask_and_approve, f"stop the recording of {room}")


async def until(moment: float) -> None:
    """Of ``time.monotonic``. What commands took before counts."""
    await asyncio.sleep(max(0.0, moment - time.monotonic()))


def keep(tour: Tour, room: str) -> None:
    """Copy the recording to where it stays, decode it there, and draw pictures of it."""
    folder = Path(tempfile.mkdtemp(prefix="greenroom-demo-"))
    tour.step("Keep the file: the server's own folder goes with the tour.")
    tour.run("recording", "download", room, str(folder))
    videos = list(folder.glob("*.mp4"))
    if len(videos) != 1:
        folder.rmdir()
        tour.unexpected.append(f"{len(videos)} recordings came, not 1")
        return
    strip = videos[0].with_suffix(".png")
    seen = footage(videos[0], strip)
    tour.say(
        f"Decoded: {seen.seconds:.1f} s, {seen.width}x{seen.height}, {seen.pictures} pictures."
    )
    tour.say(f"A strip of them: {strip}")
    tour.expect(
        seen.seconds > RECORD_SECONDS * 3 / 4, f"only {seen.seconds:.1f} s were recorded of {room}"
    )
    tour.kept.append(f"Yours to open and to delete: {videos[0]} and the pictures beside it.")


async def stream(tour: Tour, room: str) -> None:
    """To a server of this machine alone. Raises NoPlatform."""
    with (
        tempfile.TemporaryDirectory(prefix="greenroom-") as folder,
        platform(Path(folder), "demo-key") as place,
    ):
        tour.step("Stream the room: here to an nginx of this machine, else to YouTube and others.")
        await asyncio.to_thread(tour.run, "ask", f"stream {room} to {place.url}")
        await asyncio.sleep(STREAM_SECONDS)
        await asyncio.to_thread(tour.ask_and_approve, f"stop the stream of {room}")
        arrived(tour, place)


def arrived(tour: Tour, place: Platform) -> None:
    """What nginx has of it."""
    there = place.received.exists()
    tour.expect(there, "nothing of the stream arrived")
    if there:
        tour.say(f"nginx received {place.received.stat().st_size:,} bytes of it.")
