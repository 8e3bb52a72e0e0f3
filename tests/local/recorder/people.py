"""People with a camera and a microphone, through the real SDK: one shade of grey and one tone each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from livekit import api, rtc

from greenroom.local.livekit_server import LocalServer

SOURCES = {
    "camera": rtc.TrackSource.SOURCE_CAMERA,
    "screen": rtc.TrackSource.SOURCE_SCREENSHARE,
    "microphone": rtc.TrackSource.SOURCE_MICROPHONE,
}
RATE = 48_000
CLAP_FPS = 50
LATE = 0.03


def grey(width: int, height: int, shade: int) -> rtc.VideoFrame:
    """A picture of one shade, 16 to 235."""
    raw = np.full(width * height * 3 // 2, 128, np.uint8)
    raw[: width * height] = shade
    return rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, raw.tobytes())


@dataclass(slots=True)
class Person:
    """Somebody in a room. ``sids``: source → sid of what they publish."""

    room: rtc.Room
    identity: str
    sids: dict[str, str] = field(default_factory=dict)
    feeding: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    volume: float = 0.25
    shade: int = 128
    size: tuple[int, int] = (640, 360)

    async def show(
        self,
        shade: int | None = None,
        size: tuple[int, int] | None = None,
        *,
        source: str = "camera",
        codec: int | None = None,
        fps: int = 20,
        simulcast: bool = False,
    ) -> str:
        """Publish video; ``shade`` and ``size`` may be changed while it is seen. Gives the track's sid."""
        shade, size = shade or self.shade, size or self.size
        picture = rtc.VideoSource(*size, is_screencast=source == "screen")
        track = rtc.LocalVideoTrack.create_video_track(source, picture)
        options = rtc.TrackPublishOptions(source=SOURCES[source], simulcast=simulcast)
        if codec is not None:
            options.video_codec = codec
        self.sids[source] = (await self.room.local_participant.publish_track(track, options)).sid
        looks = {"shade": shade, "size": size}
        if source == "camera":
            self.shade, self.size = shade, size

        async def feed() -> None:
            while True:
                now = {"shade": self.shade, "size": self.size} if source == "camera" else looks
                picture.capture_frame(grey(*now["size"], now["shade"]))
                await asyncio.sleep(1 / fps)

        self.feeding[source] = asyncio.create_task(feed())
        return self.sids[source]

    async def speak(self, tone: int) -> str:
        """Publish a sine of so many hertz, as loud as ``volume`` says; the sid."""
        # Without a queue, which would make the sound late by what is in it.
        sound = rtc.AudioSource(RATE, 1, queue_size_ms=0)
        track = rtc.LocalAudioTrack.create_audio_track("microphone", sound)
        options = rtc.TrackPublishOptions(source=SOURCES["microphone"], dtx=False)
        published = await self.room.local_participant.publish_track(track, options)
        self.sids["microphone"] = published.sid

        async def feed() -> None:
            begun = time.monotonic()
            async for number in _beats(begun, 100):
                moments = (np.arange(480) + number * 480) / RATE
                wave = np.sin(2 * np.pi * tone * moments) * 32767 * self.volume
                await sound.capture_frame(
                    rtc.AudioFrame(wave.astype(np.int16).tobytes(), RATE, 1, 480)
                )

        self.feeding["microphone"] = asyncio.create_task(feed())
        return self.sids["microphone"]

    async def clap(self, every: float = 1.0, lasting: float = 0.1) -> None:
        """Publish a flash and a beep that begin together, over and over: what lip-sync is measured by."""
        width, height = self.size
        picture, sound = rtc.VideoSource(width, height), rtc.AudioSource(RATE, 1, queue_size_ms=0)
        for name, track in (
            ("camera", rtc.LocalVideoTrack.create_video_track("camera", picture)),
            ("microphone", rtc.LocalAudioTrack.create_audio_track("microphone", sound)),
        ):
            options = rtc.TrackPublishOptions(source=SOURCES[name], simulcast=False, dtx=False)
            published = await self.room.local_participant.publish_track(track, options)
            self.sids[name] = published.sid
        looks = {True: grey(width, height, 235), False: grey(width, height, 16)}
        wave = (np.sin(2 * np.pi * 1000 * np.arange(480) / RATE) * 16_000).astype(np.int16)
        frames = {True: wave.tobytes(), False: bytes(960)}
        begun = time.monotonic()

        async def flash() -> None:
            async for number in _beats(begun, CLAP_FPS):
                picture.capture_frame(looks[number / CLAP_FPS % every < lasting - 1e-6])

        async def beep() -> None:
            # As a microphone does: the frame is there when its last sample was heard.
            async for number in _beats(begun + 0.01, 100):
                loud = frames[number / 100 % every < lasting - 1e-6]
                await sound.capture_frame(rtc.AudioFrame(loud, RATE, 1, 480))

        self.feeding["camera"] = asyncio.create_task(flash())
        self.feeding["microphone"] = asyncio.create_task(beep())

    async def stop(self, source: str) -> None:
        """Publish it no more."""
        await self._end(self.feeding.pop(source))
        await self.room.local_participant.unpublish_track(self.sids.pop(source))

    async def leave(self) -> None:
        """Go."""
        for task in self.feeding.values():
            await self._end(task)
        self.feeding.clear()
        await self.room.disconnect()

    async def _end(self, task: asyncio.Task[None]) -> None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def enter(server: LocalServer, room: str, identity: str, **more: Any) -> Person:
    """Join."""
    token = api.AccessToken(server.api_key, server.api_secret).with_identity(identity)
    token = token.with_grants(api.VideoGrants(room_join=True, room=room))
    if name := more.get("name"):
        token = token.with_name(name)
    if kind := more.get("kind"):
        token = token.with_kind(kind)
    joined = rtc.Room()
    await joined.connect(server.url, token.to_jwt(), rtc.RoomOptions(auto_subscribe=False))
    return Person(joined, identity)


async def _beats(begun: float, rate: int) -> AsyncIterator[int]:
    """0, 1, 2 …, each at its time. Beats that are missed are left out: caught up, they would fill jitter buffers."""
    number = 0
    while True:
        late = time.monotonic() - begun - number / rate
        number += int(late * rate) if late > LATE else 0
        await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
        yield number
        number += 1
