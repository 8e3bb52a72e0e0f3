"""Reads one track of the room: pictures into a feed, sound into a line."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from livekit import rtc

from greenroom.local.recorder.worker.picture import Feed, picture_of
from greenroom.local.recorder.worker.sound import CHANNELS, RATE, Line, samples_of

SOUND_MS = 100
"""Length of the frames that sound comes in: ten times the SDK's own, for a tenth of the work."""
TURNS: dict[Any, int] = {
    rtc.VideoRotation.VIDEO_ROTATION_0: 0,
    rtc.VideoRotation.VIDEO_ROTATION_90: 1,
    rtc.VideoRotation.VIDEO_ROTATION_180: 2,
    rtc.VideoRotation.VIDEO_ROTATION_270: 3,
}
"""Quarters, clockwise."""


async def watch(track: rtc.Track, feed: Feed) -> None:
    """Until it is cancelled: the SDK's stream does not end with its track."""
    stream = rtc.VideoStream(track, capacity=2, format=rtc.VideoBufferType.I420)
    try:
        async for event in stream:
            picture = picture_of(event.frame, TURNS.get(event.rotation, 0), time.monotonic())
            if picture is not None:
                feed.put(picture)
    finally:
        await _close(stream)


async def listen(track: rtc.Track, line: Line) -> None:
    """Until it is cancelled or the track ends."""
    stream = rtc.AudioStream(
        track, sample_rate=RATE, num_channels=CHANNELS, capacity=20, frame_size_ms=SOUND_MS
    )
    try:
        async for event in stream:
            line.write(time.monotonic(), samples_of(event.frame))
    finally:
        await _close(stream)


async def _close(stream: Any) -> None:
    with suppress(Exception):
        await stream.aclose()
