"""Two real people on a real livekit-server: one speaks, the other hears it, hears it no more, and hears it again."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

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


class Listener:
    """What somebody notices of the others: muted and unmuted tracks, and frames of sound."""

    def __init__(self, room: rtc.Room) -> None:
        self.events: list[str] = []
        self.frames = 0
        self.hearing: list[asyncio.Task[None]] = []
        room.on("track_muted", lambda *_what: self.events.append("muted"))
        room.on("track_unmuted", lambda *_what: self.events.append("unmuted"))
        room.on("track_subscribed", self._subscribed)

    def _subscribed(self, track: rtc.Track, *_what: object) -> None:
        self.hearing.append(asyncio.create_task(self._hear(track)))

    async def _hear(self, track: rtc.Track) -> None:
        async for _ in rtc.AudioStream(track):
            self.frames += 1

    async def hears(self) -> bool:
        """Whether sound arrives just now."""
        before = self.frames
        await asyncio.sleep(0.3)
        return self.frames > before

    async def noticed(self, event: str) -> bool:
        await asyncio.sleep(0.02)
        return event in self.events


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await true():
            pass


async def test_a_listener_notices_the_mute_and_the_unmute_and_hears_what_they_are_subscribed_to(
    livekit_server: LocalServer, tmp_path: Path
) -> None:
    name = f"tracks-{uuid.uuid4().hex[:8]}"
    server = livekit_server
    keys = {"url": server.url, "api_key": server.api_key, "api_secret": server.api_secret}
    async with (
        person(server, name, "ben") as ben,
        person(server, name, "dana") as dana,
        Greenroom(**keys, home=tmp_path) as crew,
    ):
        listener = Listener(ben)
        speaking = await speak(dana)
        try:
            await until(listener.hears)
            for word in ("mute", "unmute"):
                said = await crew.ask(f"{word} dana in {name}")
                assert said.status == "done", said.message
                await until(partial(listener.noticed, f"{word}d"))
            who = {"room": name, "identity": "ben", "publisher": "dana"}
            for capability, hears in (("unsubscribe", False), ("subscribe", True)):
                done = await crew.call(f"track.{capability}", **who)
                assert done.status == "done", done.message

                async def as_asked(hears: bool = hears) -> bool:
                    return await listener.hears() is hears

                await until(as_asked)
        finally:
            tasks = [speaking, *listener.hearing]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
