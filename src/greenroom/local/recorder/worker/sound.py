"""Sound of many tracks on one line of time.

Frames of sound carry no time, so what arrived when is all there is to go by: each track writes where its
arrival puts it, and goes on from there without a seam. Clocks of publishers run a little fast or slow; a
track that drifts away from its arrivals is brought back by stretching it by two per cent, which nobody hears.

Before it arrives, sound waits in WebRTC's jitter buffer: 20 ms where all is well, 200 ms and more for half a minute
after the network or this machine has stumbled once. Pictures do not wait along, so they are shown so much later.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from greenroom.local.egress.plan import Channel

RATE = 48_000
CHANNELS = 2
DELAY = 0.2
"""Seconds that pictures and sound wait for what is still on its way: a frame of sound, and what is late."""
LONE_DELAY = 0.5
"""The same where there are no pictures to keep, and frames of sound are longer."""
BUFFERED = 0.02
"""Seconds that sound waits in the jitter buffer at least; it comes so much later than the picture of the same moment."""
PICTURE_BUFFERED = 0.015
"""Seconds that a picture waits in a buffer of its own, measured: its arrival is late by so much already."""
KEPT = 2 * RATE
"""Samples that a track holds."""
JUMP = RATE // 40
"""25 ms: a track this far away from its arrivals jumps to them."""
SLIP = RATE // 200
"""5 ms: from here on it is stretched until it is back."""
STRETCH = 0.02
BACK = RATE // 1000
SMOOTH = 0.04
"""Weight of one frame in the average by which a track is judged: arrivals come in bursts."""
Samples = npt.NDArray[np.int16]
"""Shape (samples, 2)."""


class Line:
    """The sound of one track, the last two seconds of it. Written by one thread, read by another."""

    def __init__(self, channel: Channel = "both") -> None:
        self.channel = channel
        self._ring = np.zeros((KEPT, CHANNELS), np.int16)
        self._from = self._to = 0
        """What is there: samples since the clock's zero."""
        self._read = 0
        self._lead = 0.0
        self._slipping = False
        self._lock = threading.Lock()

    @property
    def heard(self) -> bool:
        """Whether anything has come, silence included."""
        return self._to > 0

    def write(self, arrived: float, samples: Samples) -> None:
        """Samples whose last one arrived at that moment of the monotonic clock."""
        count = len(samples)
        wanted = int((arrived - BUFFERED) * RATE) - count
        with self._lock:
            lead = self._to - wanted
            if self._to < self._read or not self._to or abs(lead) > 4 * JUMP:
                self._jump(wanted)
            else:
                self._lead += (lead - self._lead) * SMOOTH
                if abs(self._lead) > JUMP:
                    self._jump(wanted)
                else:
                    samples = self._slip(samples)
            self._put(samples)

    def read(self, start: int, count: int) -> Samples | None:
        """So many samples from there on, silence where nothing came; None when all of it is silence."""
        with self._lock:
            self._read = start + count
            first, last = max(start, self._from), min(start + count, self._to)
            if first >= last:
                return None
            out = np.zeros((count, CHANNELS), np.int16)
            begin = first % KEPT
            head = min(last - first, KEPT - begin)
            out[first - start : first - start + head] = self._ring[begin : begin + head]
            out[first - start + head : last - start] = self._ring[: last - first - head]
        return out

    def _jump(self, wanted: int) -> None:
        # What was not read yet stays, unless it lies where the new samples go.
        if wanted > self._to and wanted - self._to < KEPT and self._to:
            self._put(np.zeros((wanted - self._to, CHANNELS), np.int16))
        else:
            self._from = min(self._from, wanted) if wanted < self._to else wanted
        self._to = wanted
        self._lead = 0.0
        self._slipping = False

    def _slip(self, samples: Samples) -> Samples:
        self._slipping = abs(self._lead) > (BACK if self._slipping else SLIP)
        if not self._slipping:
            return samples
        count = len(samples)
        by = max(1, int(min(count * STRETCH, abs(self._lead)))) * (-1 if self._lead > 0 else 1)
        at = np.linspace(0, count - 1, count + by)
        place = np.arange(count)
        self._lead += by
        stretched = [np.interp(at, place, samples[:, side]) for side in range(CHANNELS)]
        return np.stack(stretched, axis=1).astype(np.int16)

    def _put(self, samples: Samples) -> None:
        samples = samples[-KEPT:]
        begin = self._to % KEPT
        head = min(len(samples), KEPT - begin)
        self._ring[begin : begin + head] = samples[:head]
        self._ring[: len(samples) - head] = samples[head:]
        self._to += len(samples)
        self._from = max(self._from, self._to - KEPT)


def mix(lines: Iterable[Line], start: int, count: int) -> Samples:
    """The sum of all lines, clipped. ``start``: samples since the clock's zero."""
    total: npt.NDArray[np.int32] | None = None
    for line in lines:
        heard = line.read(start, count)
        if heard is None:
            continue
        if total is None:
            total = np.zeros((count, CHANNELS), np.int32)
        if line.channel == "both":
            total += heard
        else:
            side = 1 if line.channel == "right" else 0
            total[:, side] += heard.mean(axis=1).astype(np.int32)
    if total is None:
        return np.zeros((count, CHANNELS), np.int16)
    return np.clip(total, -32768, 32767).astype(np.int16)


def samples_of(frame: Any) -> Samples:
    """An ``rtc.AudioFrame`` as an array of two channels."""
    raw = np.frombuffer(frame.data, np.int16).reshape(-1, frame.num_channels)
    return raw if frame.num_channels == CHANNELS else np.repeat(raw[:, :1], CHANNELS, axis=1)
