"""Which of a track's simulcast layers is enough for its tile: decoding a larger one costs four times as much.

Publishers tell the size of their largest layer only. The others are taken for no larger than LiveKit's SDKs make them:
180 and 360 lines, or a quarter and a half (client-sdk-js, publishUtils.ts, computeVideoEncodings).
"""

from __future__ import annotations

from livekit.rtc import VideoQuality

from greenroom.local.recorder.layouts import Place
from greenroom.local.recorder.worker.picture import fit

LOW, MEDIUM, HIGH = (
    VideoQuality.VIDEO_QUALITY_LOW,
    VideoQuality.VIDEO_QUALITY_MEDIUM,
    VideoQuality.VIDEO_QUALITY_HIGH,
)
LINES = ((LOW, 180, 4), (MEDIUM, 360, 2))
"""A layer, its lines at most, and what part of the largest layer it is at most."""
ENLARGED = 1.05
"""So much a layer may be enlarged."""


def enough(width: int, height: int, place: Place | None) -> VideoQuality.ValueType:
    """The smallest layer of a picture of that size which does for its place; None: it is not shown."""
    if place is None:
        return LOW
    if not width or not height:
        return HIGH
    shown = min(fit(width, height, place.box, whole=place.whole or width < height))
    shorter = min(width, height)
    for quality, lines, part in LINES:
        if shown <= min(lines, shorter / part) * ENLARGED:
            return quality
    return HIGH
