"""What is in a recording: its length, its size, and a strip of pictures from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av
from PIL import Image

SHOTS = 6
SHOT_WIDTH, GAP = 320, 4
"""Pixels."""


@dataclass(frozen=True, slots=True)
class Footage:
    """As decoded, not as the file says."""

    seconds: float
    width: int
    height: int
    pictures: int


def footage(path: Path, strip: Path) -> Footage:
    """Decode it, and write ``strip``: pictures of it at even distances, side by side."""
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        length = float((container.duration or 0) / av.time_base)
        wanted = [length * (number + 0.5) / SHOTS for number in range(SHOTS)]
        shots: list[Image.Image] = []
        count, last = 0, 0.0
        for frame in container.decode(video):
            count, last = count + 1, float(frame.time or 0)
            if len(shots) < SHOTS and last >= wanted[len(shots)]:
                shots.append(small(frame))
        seconds = last + 1 / float(video.average_rate or 30)
        side_by_side(shots).save(strip)
        return Footage(seconds, video.width, video.height, count)


def small(frame: av.VideoFrame) -> Image.Image:
    """As wide as a picture of the strip is."""
    height = SHOT_WIDTH * frame.height // frame.width
    return Image.fromarray(frame.reformat(SHOT_WIDTH, height, "rgb24").to_ndarray())


def side_by_side(shots: list[Image.Image]) -> Image.Image:
    """One picture of all, from left to right."""
    size = (sum(each.width + GAP for each in shots) - GAP, max(each.height for each in shots))
    strip = Image.new("RGB", size, "white")
    for number, shot in enumerate(shots):
        strip.paste(shot, (number * (SHOT_WIDTH + GAP), 0))
    return strip
