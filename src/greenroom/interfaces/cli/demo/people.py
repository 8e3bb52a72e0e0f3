"""People of the tour: each has a camera in a colour of their own, and a tone in place of a voice; they speak in turns."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import numpy as np
import numpy.typing as npt
from livekit import rtc

WIDTH, HEIGHT, FPS = 640, 360, 15
RATE, BEAT = 48_000, 0.01
"""Samples a second; seconds of sound that are sent at a time."""
TURN_SECONDS = 2.5
"""Each speaks so long, then the next one."""
LOUD, HUM = 0.3, 0.003
"""Of full scale: while speaking, and else."""
LATE = 0.1
"""Seconds that sound may be late; what is later is left out, so that it does not pile up."""
LOOKS = ((220, 70, 60, 330), (60, 170, 90, 440), (70, 110, 220, 550))
"""Red, green, blue and the tone in hertz, of one after the other."""


@asynccontextmanager
async def people(url: str, tokens: Mapping[str, str]) -> AsyncIterator[None]:
    """Identity → token: they join, publish camera and microphone, and leave when the block ends."""
    rooms: list[rtc.Room] = []
    tasks: list[asyncio.Task[None]] = []
    try:
        for number, token in enumerate(tokens.values()):
            room = rtc.Room()
            await room.connect(url, token, rtc.RoomOptions(auto_subscribe=False))
            rooms.append(room)
            *colour, tone = LOOKS[number % len(LOOKS)]
            tasks.append(asyncio.create_task(show(await camera(room), colour)))
            turn = (number, len(tokens))
            tasks.append(asyncio.create_task(speak(await microphone(room), tone, turn)))
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for room in rooms:
            await room.disconnect()


async def camera(room: rtc.Room) -> rtc.VideoSource:
    """Published; frames can be given."""
    source = rtc.VideoSource(WIDTH, HEIGHT)
    track = rtc.LocalVideoTrack.create_video_track("camera", source)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA, simulcast=False)
    await room.local_participant.publish_track(track, options)
    return source


async def microphone(room: rtc.Room) -> rtc.AudioSource:
    """Published; samples can be given."""
    source = rtc.AudioSource(RATE, 1, queue_size_ms=0)
    track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    await room.local_participant.publish_track(track, options)
    return source


async def show(source: rtc.VideoSource, colour: list[int]) -> None:
    """The colour, with a light bar that wanders across once in four seconds."""
    while True:
        place = time.monotonic() % 4 / 4
        frame = rtc.VideoFrame(
            WIDTH, HEIGHT, rtc.VideoBufferType.RGBA, picture(colour, place).tobytes()
        )
        source.capture_frame(frame)
        await asyncio.sleep(1 / FPS)


def picture(colour: list[int], place: float) -> npt.NDArray[np.uint8]:
    """RGBA, rows first; ``place`` of the bar: 0, left, to 1."""
    pixels = np.full((HEIGHT, WIDTH, 4), [*colour, 255], np.uint8)
    left = int(place * (WIDTH - 60))
    pixels[HEIGHT // 3 : HEIGHT * 2 // 3, left : left + 60, :3] = 240
    return pixels


async def speak(source: rtc.AudioSource, tone: int, turn: tuple[int, int]) -> None:
    """A sine, loud in one's turn: ``(which, of how many)``."""
    which, count = turn
    samples = int(RATE * BEAT)
    begun, number = time.monotonic(), 0
    while True:
        behind = time.monotonic() - begun - number * BEAT
        number += int(behind / BEAT) if behind > LATE else 0
        await asyncio.sleep(max(0.0, begun + number * BEAT - time.monotonic()))
        moments = (np.arange(samples) + number * samples) / RATE
        volume = LOUD if int(time.monotonic() / TURN_SECONDS) % count == which else HUM
        wave = np.sin(2 * np.pi * tone * moments) * 32_767 * volume
        await source.capture_frame(
            rtc.AudioFrame(wave.astype(np.int16).tobytes(), RATE, 1, samples)
        )
        number += 1
