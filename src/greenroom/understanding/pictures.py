"""Sizes, frame rates and bitrates as people write them, in the units of LiveKit's settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

HEIGHTS = {
    "fullhd": 1080, "fhd": 1080, "ultrahd": 2160, "uhd": 2160, "qhd": 1440, "4k": 2160, "8k": 4320,
}  # fmt: skip
WIDTHS = {480: 854}
"""Widths of pictures of 16 to 9 that are no whole number of pixels."""


def size_of(said: str) -> str:
    """``1920x1080`` of "1080p", "full hd", "1920 × 1080"."""
    sides = re.fullmatch(r"(\d+)\s?[x×]\s?(\d+)", said)
    if sides:
        return f"{int(sides[1])}x{int(sides[2])}"
    height = HEIGHTS.get(re.sub(r"[\s-]", "", said)) or int(said.rstrip("p"))
    return f"{WIDTHS.get(height, round(height * 16 / 9))}x{height}"


def bits_of(said: str) -> int:
    """Bits per second of "2 Mbps" or "64 kbit/s"."""
    found = re.match(r"(\d+(?:[.,]\d+)?)\s?([kmg]?)", said)
    size = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}
    return round(float(found[1].replace(",", ".")) * size[found[2]]) if found else 0


def rate_of(said: str) -> int:
    """Frames per second of "30fps" or "24 frames per second"."""
    found = re.match(r"\d+(?:[.,]\d+)?", said)
    return round(float(found[0].replace(",", "."))) if found else 0


UNITS: Mapping[str, Callable[[str], Any]] = {
    "resolution": size_of,
    "framerate": rate_of,
    "bitrate": bits_of,
}
"""Kind of a mention → what it means in the units of LiveKit's settings."""
HEIGHTS = {
    "fullhd": 1080,
    "fhd": 1080,
    "ultrahd": 2160,
    "uhd": 2160,
    "qhd": 1440,
    "4k": 2160,
    "8k": 4320,
}
WIDTHS = {480: 854}
"""Widths of pictures of 16 to 9 that are no whole number of pixels."""
