"""Pictures as three planes of bytes, I420: what WebRTC decodes to and what encoders want, so nothing is converted."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import VideoReformatter

from greenroom.local.recorder.layouts import Box

Plane = npt.NDArray[np.uint8]
Planes = tuple[Plane, Plane, Plane]
Colour = tuple[int, int, int]
"""Y, U and V of limited range."""
SPARE = 0.95
BLACK: Colour = (16, 128, 128)
SMALLEST = 16
"""An 8×8 frame comes around a publisher's leaving: it is no picture."""
MOST_BEHIND = 0.5
"""Seconds that pictures wait at most for sound that is late."""
WAITING = 60
"""Pictures of one track that wait: those of sound.DELAY, clock.LATE and MOST_BEHIND at 60 a second and a few more."""


@dataclass(slots=True)
class Picture:
    """One decoded frame and when it arrived, by the monotonic clock."""

    arrived: float
    planes: Planes

    @property
    def width(self) -> int:
        """In pixels."""
        return int(self.planes[0].shape[1])

    @property
    def height(self) -> int:
        """In pixels."""
        return int(self.planes[0].shape[0])


def picture_of(frame: Any, turns: int, arrived: float) -> Picture | None:
    """An ``rtc.VideoFrame`` in I420, turned by quarters clockwise; None for what is too small to be one."""
    width, height = frame.width // 2 * 2, frame.height // 2 * 2
    if min(width, height) < SMALLEST:
        return None
    planes = split(np.frombuffer(frame.data, np.uint8), frame.width, frame.height)
    planes = crop(planes, width, height)
    if turns:
        first, second, third = (np.rot90(plane, -turns) for plane in planes)
        planes = (first, second, third)
    return Picture(arrived, planes)


def split(raw: Plane, width: int, height: int) -> Planes:
    """The planes of a frame whose rows have no padding."""
    half_width, half_height = (width + 1) // 2, (height + 1) // 2
    luma, chroma = width * height, half_width * half_height
    return (
        raw[:luma].reshape(height, width),
        raw[luma : luma + chroma].reshape(half_height, half_width),
        raw[luma + chroma : luma + 2 * chroma].reshape(half_height, half_width),
    )


def crop(planes: Planes, width: int, height: int, left: int = 0, top: int = 0) -> Planes:
    """A part of a picture; all numbers even."""
    y, u, v = planes
    half = np.s_[top // 2 : (top + height) // 2, left // 2 : (left + width) // 2]
    return y[top : top + height, left : left + width], u[half], v[half]


class Feed:
    """The last pictures of a track. Written by one thread, read by another: deque's ends are safe for that."""

    def __init__(self) -> None:
        self._waiting: deque[Picture] = deque(maxlen=WAITING)
        self._shown: Picture | None = None
        self._behind = 0.0

    @property
    def seen(self) -> bool:
        """Whether anything has come."""
        return self._shown is not None or bool(self._waiting)

    def put(self, picture: Picture) -> None:
        """A new one."""
        self._waiting.append(picture)

    def stay_behind(self, seconds: float) -> None:
        """Show all so much later than it arrived, from now on."""
        self._behind = min(max(0.0, seconds), MOST_BEHIND)

    def at(self, moment: float) -> Picture | None:
        """The newest that had arrived by then, or is shown then."""
        moment -= self._behind
        while self._waiting and self._waiting[0].arrived <= moment:
            self._shown = self._waiting.popleft()
        return self._shown


class Scaler:
    """Scales pictures of one tile. Tables and memory are kept as long as the sizes stay."""

    def __init__(self) -> None:
        self._scaler = VideoReformatter()
        self._given: av.VideoFrame | None = None

    def scale(self, planes: Planes, width: int, height: int) -> Planes:
        """To exactly this size."""
        rows, columns = planes[0].shape
        if (columns, rows) == (width, height):
            return planes
        frame = self._given
        if frame is None or (frame.width, frame.height) != (columns, rows):
            frame = self._given = av.VideoFrame(columns, rows, "yuv420p")
        for plane, source in zip(frame.planes, planes, strict=True):
            into(plane)[:, : source.shape[1]] = source
        made = self._scaler.reformat(frame, width, height, interpolation="FAST_BILINEAR")
        first, second, third = (into(plane) for plane in made.planes)
        return first[:, :width], second[:, : width // 2], third[:, : width // 2]


def into(plane: Any) -> Plane:
    """The memory of a plane of an ``av.VideoFrame``, with its padding."""
    return np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)


class Canvas:
    """What is encoded. ``frame`` gives a copy, so that painting can go on while it is encoded."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.planes: Planes = split(np.empty(width * height * 3 // 2, np.uint8), width, height)

    def fill(self, box: Box, colour: Colour) -> None:
        """One colour."""
        planes = crop(self.planes, box.width, box.height, box.x, box.y)
        for plane, value in zip(planes, colour, strict=True):
            plane[:] = value

    def paint(self, box: Box, planes: Planes) -> None:
        """A picture of exactly the box's size."""
        target = crop(self.planes, box.width, box.height, box.x, box.y)
        for plane, source in zip(target, planes, strict=True):
            plane[:] = source

    def frame(self) -> av.VideoFrame:
        """A copy, for the encoder."""
        frame = av.VideoFrame(self.width, self.height, "yuv420p")
        for plane, source in zip(frame.planes, self.planes, strict=True):
            into(plane)[:, : source.shape[1]] = source
        return frame


def fit(width: int, height: int, box: Box, *, whole: bool) -> tuple[int, int]:
    """The size to scale a picture to: inside of the box, or covering it. Even, and never less than two.

    A picture that covers the box with a little to spare stays as it is, and is cut.
    """
    factors = box.width / width, box.height / height
    factor = min(factors) if whole else max(factors)
    if not whole and SPARE <= factor <= 1:
        return width, height
    wide, tall = round(width * factor / 2) * 2, round(height * factor / 2) * 2
    if whole:
        return min(max(2, wide), box.width), min(max(2, tall), box.height)
    return max(wide, box.width), max(tall, box.height)
