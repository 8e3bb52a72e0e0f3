"""Reads one track of the room: pictures into a feed, sound into a line."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from livekit import rtc

from greenroom.local.recorder.worker.picture import Feed, picture_of
from greenroom.local.recorder.worker.sound import CHANNELS, RATE, Line, samples_of

SOUND_MS, LONE_SOUND_MS = 100, 400
"""Length of the frames that sound comes in, beside pictures and alone: the longer, the fewer times this process wakes."""
WAIT_SECONDS = 1.0
"""How often it is asked how long sound has waited."""
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


async def listen(track: rtc.Track, line: Line, *, alone: bool) -> None:
    """Until it is cancelled or the track ends; ``alone``: there are no pictures that it must go with."""
    length = LONE_SOUND_MS if alone else SOUND_MS
    stream = rtc.AudioStream(
        track, sample_rate=RATE, num_channels=CHANNELS, capacity=20, frame_size_ms=length
    )
    try:
        async for event in stream:
            line.write(time.monotonic(), samples_of(event.frame))
    finally:
        await _close(stream)


async def follow_waits(track: rtc.Track, waited: Callable[[float], None]) -> None:
    """Tell over and over how long a track's sound has waited in its jitter buffer, in seconds. Until it is cancelled.

    Source: webrtc-stats, RTCInboundRtpStreamStats, jitterBufferDelay and jitterBufferEmittedCount, which only grow.
    """
    total, count = 0.0, 0
    while True:
        await asyncio.sleep(WAIT_SECONDS)
        # The SDK raises nothing narrower, and without an answer the last one stays good.
        with suppress(Exception):
            for each in await track.get_stats():
                found = each.inbound_rtp.inbound
                before, so_many = total, found.jitter_buffer_emitted_count - count
                if so_many > 0:
                    total, count = found.jitter_buffer_delay, found.jitter_buffer_emitted_count
                    waited((total - before) / so_many)


async def _close(stream: Any) -> None:
    with suppress(Exception):
        await stream.aclose()
