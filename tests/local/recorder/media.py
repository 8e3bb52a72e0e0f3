"""What is in a file: decoded, never guessed from its size."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

RATE = 48_000
WINDOW = RATE // 20


@dataclass(frozen=True, slots=True)
class Shot:
    """A decoded picture: when it is shown, and its brightness."""

    at: float
    luma: npt.NDArray[np.uint8]

    def shade(self, x: float, y: float) -> int:
        """The brightness at a place, from 0 to 1 across and down."""
        height, width = self.luma.shape
        row, column = int(y * height), int(x * width)
        return int(np.median(self.luma[row - 2 : row + 3, column - 2 : column + 3]))


def shots(path: Path) -> list[Shot]:
    """Every picture, in order."""
    with av.open(str(path)) as container:
        return [Shot(float(frame.time or 0), luma(frame)) for frame in container.decode(video=0)]


def luma(frame: av.VideoFrame) -> npt.NDArray[np.uint8]:
    """The plane as it was encoded, 16 to 235: not stretched to 0 to 255."""
    plane = frame.planes[0]
    rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : frame.width].copy()


def shot_at(path: Path, second: float) -> Shot:
    """The picture that is shown then."""
    return [shot for shot in shots(path) if shot.at <= second + 1e-6][-1]


def sound(path: Path) -> npt.NDArray[np.float64]:
    """Shape (2, samples), -1 to 1, at 48 kHz."""
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
    with av.open(str(path)) as container:
        parts = [
            made.to_ndarray()
            for frame in container.decode(audio=0)
            for made in resampler.resample(frame)
        ]
    return np.concatenate(parts, axis=1).astype(np.float64)


def loudness(samples: npt.NDArray[np.float64]) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(samples**2))) if samples.size else 0.0


def strength(samples: npt.NDArray[np.float64], tone: int) -> float:
    """How much of one tone is in it: its amplitude, 0 to 1, by windows of 50 ms, for phases may wander."""
    mono = samples.mean(axis=0) if samples.ndim == 2 else samples
    windows = mono[: len(mono) // WINDOW * WINDOW].reshape(-1, WINDOW)
    wave = np.exp(-2j * np.pi * tone * np.arange(WINDOW) / RATE)
    return float(np.median(2 * np.abs((windows * wave).mean(axis=1))))


def facts(path: Path) -> dict[str, Any]:
    """Codecs, size and length of a file."""
    with av.open(str(path)) as container:
        found: dict[str, Any] = {"seconds": (container.duration or 0) / 1e6}
        for stream in container.streams:
            found[stream.type] = stream.codec_context.name
            if stream.type == "video":
                found["size"] = (stream.codec_context.width, stream.codec_context.height)
    return found


def is_fast_start(path: Path) -> bool:
    """The index stands before the media, and there are no fragments."""
    raw = path.read_bytes()
    order = [kind for kind, _ in boxes(raw)]
    return b"moof" not in order and order.index(b"moov") < order.index(b"mdat")


def boxes(raw: bytes) -> list[tuple[bytes, int]]:
    """Kinds and lengths of an MP4's top-level boxes."""
    at, found = 0, []
    while at + 8 <= len(raw):
        length = int.from_bytes(raw[at : at + 4])
        if length == 1:
            length = int.from_bytes(raw[at + 8 : at + 16])
        found.append((raw[at + 4 : at + 8], length))
        at += max(8, length)
    return found


def claps(path: Path) -> list[tuple[float, float]]:
    """When each flash is seen and its beep begins, in seconds."""
    bright = [(shot.at, shot.luma.mean() > 120) for shot in shots(path)]
    flashes = [at for (_, before), (at, now) in pairwise(bright) if now and not before]
    loud = np.abs(sound(path)[0]) > 0.1
    onsets = np.flatnonzero(loud) / RATE
    beeps = [at for before, at in pairwise([-1.0, *onsets]) if at - before > 0.3]
    near = [(flash, min(beeps, key=lambda beep: abs(beep - flash))) for flash in flashes]
    return [(flash, beep) for flash, beep in near if abs(beep - flash) < 0.4]
