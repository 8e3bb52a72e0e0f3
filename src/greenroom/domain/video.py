"""Sizes of pictures and the bitrates that they need, from LiveKit's own presets.

Source: livekit-client, ``VideoPresets`` and ``ScreenSharePresets``.
"""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import Literal, NamedTuple

Quality = Literal["low", "standard", "high"]


class Encoding(NamedTuple):
    """A size and what LiveKit sends it with: frames per second, bits per second."""

    width: int
    height: int
    frame_rate: float
    bitrate: float

    @property
    def pixels(self) -> int:
        """In one picture."""
        return self.width * self.height


CAMERA = (
    Encoding(160, 90, 20, 90_000),
    Encoding(320, 180, 20, 160_000),
    Encoding(384, 216, 20, 180_000),
    Encoding(640, 360, 20, 450_000),
    Encoding(960, 540, 25, 800_000),
    Encoding(1280, 720, 30, 1_700_000),
    Encoding(1920, 1080, 30, 3_000_000),
    Encoding(2560, 1440, 30, 5_000_000),
    Encoding(3840, 2160, 30, 8_000_000),
)
"""LiveKit's presets for cameras, smallest first. The packaged presets h90 … h2160 say the same."""
FACTORS: dict[Quality, float] = {"low": 3 / 5, "standard": 1, "high": 5 / 3}
"""Bitrate by quality, as part of what LiveKit sends. 5/3 is what its 1080p of a screen at 30 frames takes beside that of a camera."""
SIZES: dict[Quality, Encoding] = {"low": CAMERA[3], "standard": CAMERA[5], "high": CAMERA[6]}
"""What somebody wants who names a quality and no size: 360p, 720p (LiveKit's own default), 1080p."""
HEIGHTS = {
    "hd": 720, "fullhd": 1080, "fhd": 1080, "qhd": 1440, "4k": 2160, "uhd": 2160, "ultrahd": 2160, "8k": 4320,
}  # fmt: skip
"""What people call sizes of 16 to 9, without spaces and hyphens."""
STEP = 10_000
"""Bits per second that bitrates are rounded to."""


def written_size(said: str) -> str:
    """``720p``, ``Full HD`` and ``1280 X 720`` as ``1280x720``, widths even; what is no size stays as it is."""
    plain = re.sub(r"[\s-]", "", said.lower())
    sides = re.fullmatch(r"(\d+)[x×](\d+)", plain)
    if sides:
        return f"{int(sides[1])}x{int(sides[2])}"
    lines = re.fullmatch(r"(\d{3,4})p", plain)
    height = int(lines[1]) if lines else HEIGHTS.get(plain)
    return f"{2 * round(height * 8 / 9)}x{height}" if height else said


def pixel_size(resolution: str) -> tuple[int, int]:
    """``1280x720`` as width and height."""
    width, _, height = resolution.partition("x")
    return int(width), int(height)


def encoding_for(width: int, height: int) -> Encoding:
    """What LiveKit would send this size with: between its presets in proportion to the pixels, beyond them likewise."""
    pixels = width * height
    nearest = next((pair for pair in pairwise(CAMERA) if pixels <= pair[1].pixels), CAMERA[-2:])
    below, above = nearest
    if not below.pixels <= pixels <= above.pixels:
        end = below if pixels < below.pixels else above
        return Encoding(width, height, end.frame_rate, end.bitrate * pixels / end.pixels)
    part = (pixels - below.pixels) / (above.pixels - below.pixels)
    frame_rate = below.frame_rate + part * (above.frame_rate - below.frame_rate)
    bitrate = below.bitrate + part * (above.bitrate - below.bitrate)
    return Encoding(width, height, frame_rate, bitrate)


def bitrate_for(width: int, height: int, frame_rate: float, quality: Quality = "standard") -> int:
    """Bits per second for a size, a frame rate and a quality.

    It grows with the square root of the frame rate: LiveKit's presets for screens, which come in several, take between
    1.3 and 2 times as much for twice the frames.
    """
    usual = encoding_for(width, height)
    exact = usual.bitrate * math.sqrt(frame_rate / usual.frame_rate) * FACTORS[quality]
    return max(STEP, round(exact / STEP) * STEP)


def size_for(bitrate: int) -> Encoding:
    """LiveKit's preset that a bitrate fits best."""
    return min(CAMERA, key=lambda each: abs(math.log(each.bitrate / bitrate)))
