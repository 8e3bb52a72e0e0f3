"""LiveKit's presets and advanced options as an Encoding."""

from __future__ import annotations

from typing import Any

from livekit.protocol import egress

from greenroom.local.egress.plan import Encoding
from greenroom.local.twirp.refusals import Refusal

PRESETS = {
    egress.H264_720P_30: (1280, 720, 30, 3000),
    egress.H264_720P_60: (1280, 720, 60, 4500),
    egress.H264_1080P_30: (1920, 1080, 30, 4500),
    egress.H264_1080P_60: (1920, 1080, 60, 6000),
    egress.PORTRAIT_H264_720P_30: (720, 1280, 30, 3000),
    egress.PORTRAIT_H264_720P_60: (720, 1280, 60, 4500),
    egress.PORTRAIT_H264_1080P_30: (1080, 1920, 30, 4500),
    egress.PORTRAIT_H264_1080P_60: (1080, 1920, 60, 6000),
}
PROFILES = {0: "high", 1: "baseline", 2: "main", 3: "high"}
"""livekit.VideoCodec but VP8, whose profile is not used."""
VP8 = 4
SIDE = (64, 3840)
FPS = (1, 60)
RATES = frozenset({44_100, 48_000})
KEYS = (0.5, 10.0)


def encoding_of(request: Any, oneof: str) -> Encoding:
    """``oneof``: the name of the choice between preset and advanced options. Raises Refusal (invalid_argument)."""
    if request.WhichOneof(oneof) == "advanced":
        return _advanced(request.advanced)
    preset = request.preset
    if preset not in PRESETS:
        name = egress.EncodingOptionsPreset.Name(preset) if preset == egress.PASSTHROUGH else preset
        words = f"The preset {name} is not there: media comes decoded, so it is encoded anew."
        raise Refusal("invalid_argument", words)
    width, height, fps, kbps = PRESETS[preset]
    return Encoding(width=width, height=height, fps=fps, video_kbps=kbps)


def _advanced(given: Any) -> Encoding:
    width, height = given.width or 1920, given.height or 1080
    fps = given.framerate or 30
    for name, value, (least, most) in (
        ("width", width, SIDE),
        ("height", height, SIDE),
        ("framerate", fps, FPS),
        ("key_frame_interval", given.key_frame_interval or 2.0, KEYS),
        ("audio_bitrate", given.audio_bitrate or 128, (16, 512)),
        ("video_bitrate", given.video_bitrate or 4500, (50, 50_000)),
    ):
        if not least <= value <= most:
            words = f"{name} must be from {least} to {most}, and is {value:g}."
            raise Refusal("invalid_argument", words)
    if width % 2 or height % 2:
        words = f"Width and height must be even, and are {width} and {height}."
        raise Refusal("invalid_argument", words)
    rate = given.audio_frequency or 48_000
    if rate not in RATES:
        raise Refusal("invalid_argument", f"audio_frequency must be 44100 or 48000, and is {rate}.")
    return Encoding(
        width=width,
        height=height,
        fps=fps,
        video_codec="vp8" if given.video_codec == VP8 else "h264",
        profile=PROFILES.get(given.video_codec, "high"),
        video_kbps=given.video_bitrate or 4500,
        constant=bool(given.video_bitrate),
        audio_kbps=given.audio_bitrate or 128,
        sample_rate=rate,
        key_seconds=given.key_frame_interval,
    )
