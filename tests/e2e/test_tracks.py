"""Two real people on a real livekit-server: what one publishes, the other hears, hears no more, and hears again."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from livekit import api, rtc

from greenroom import Greenroom
from greenroom.local.livekit_server import LocalServer


@asynccontextmanager
async def person(server: LocalServer, room: str, identity: str) -> AsyncIterator[rtc.Room]:
    """Somebody in the room until the block ends."""
    grants = api.VideoGrants(room_join=True, room=room)
    token = api.AccessToken(server.api_key, server.api_secret).with_identity(identity)
    joined = rtc.Room()
    await joined.connect(server.url, token.with_grants(grants).to_jwt())
    try:
        yield joined
    finally:
        await joined.disconnect()


async def speak(room: rtc.Room) -> asyncio.Task[None]:
    """Publish a microphone that goes on until the task is cancelled."""
    sound = rtc.AudioSource(48_000, 1)
    track = rtc.LocalAudioTrack.create_audio_track("voice", sound)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    await room.local_participant.publish_track(track, options)

    async def go_on() -> None:
        while True:
            await sound.capture_frame(rtc.AudioFrame.create(48_000, 1, 480))

    return asyncio.create_task(go_on())


async def seen(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while True:
            if what():
                return
            await asyncio.sleep(0.02)


async def test_a_listener_sees_the_mute_the_unmute_and_both_changes_of_the_subscription(
    livekit_server: LocalServer, tmp_path: Path
) -> None:
    name = f"tracks-{uuid.uuid4().hex[:8]}"
    server = livekit_server
    keys = {"url": server.url, "api_key": server.api_key, "api_secret": server.api_secret}
    events: list[str] = []

    def note(event: str) -> Callable[..., None]:
        return lambda *_what: events.append(event)

    async with (
        person(server, name, "ben") as ben,
        person(server, name, "dana") as dana,
        Greenroom(**keys, home=tmp_path) as crew,
    ):
        watched: list[Any] = [
            "track_muted",
            "track_unmuted",
            "track_subscribed",
            "track_unsubscribed",
        ]
        for event in watched:
            ben.on(event, note(event))
        speaking = await speak(dana)
        try:
            await seen(lambda: "track_subscribed" in events)
            for sentence, event in (
                (f"mute dana in {name}", "track_muted"),
                (f"unmute dana in {name}", "track_unmuted"),
            ):
                outcome = await crew.ask(sentence)
                assert outcome.status == "done", outcome.message
                await seen(lambda event=event: event in events)
            who = {"room": name, "identity": "ben", "publisher": "dana"}
            for capability in ("unsubscribe", "subscribe"):
                events.clear()
                outcome = await crew.call(f"track.{capability}", **who)
                assert outcome.status == "done", outcome.message
                await seen(lambda event=f"track_{capability}d": event in events)
        finally:
            speaking.cancel()
            await asyncio.gather(speaking, return_exceptions=True)
