"""Sizes, frame rates and bitrates as people write them, in the units of LiveKit's settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from greenroom.domain.video import written_size


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
    "resolution": written_size,
    "framerate": rate_of,
    "bitrate": bits_of,
}
"""Kind of a mention → what it means in the units of LiveKit's settings."""
