"""The pace of a recording: which picture and which sound belong to which moment.

Time of the recording is the monotonic clock less its start and less all pauses. What is late is caught up
by leaving out pictures, which is counted; sound is never left out.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

import av

from greenroom.local.egress.plan import Encoding
from greenroom.local.recorder.worker.compositor import Compositor
from greenroom.local.recorder.worker.scene import Scene
from greenroom.local.recorder.worker.sound import DELAY, LONE_DELAY, RATE, Line, Samples, mix

LATE = 0.3
"""Seconds of pictures that may wait to be caught up, and as many for the encoder; more of them are left out."""
SOUND_TICK = 0.1
"""Seconds of sound that are mixed at once."""


class Work(Protocol):
    """Takes what is to be encoded."""

    def waiting(self) -> int:
        """Pictures that are not encoded yet."""
        ...

    def video(self, frame: av.VideoFrame, number: int, *, key: bool) -> None:
        """A picture."""
        ...

    def audio(self, samples: Samples, start: int) -> None:
        """Sound from that sample on."""
        ...


@dataclass(slots=True)
class Figures:
    """How the clock has kept its pace."""

    frames: int = 0
    dropped: int = 0
    late: float = 0.0
    """The most that a picture was late, in seconds."""
    seconds: float = 0.0
    """Time of the recording."""
    paused: float = 0.0
    pauses: int = 0


@dataclass(slots=True, kw_only=True)
class Clock:
    """A thread of its own. ``scene`` and ``lines`` are asked for at each tick."""

    encoding: Encoding
    scene: Callable[[], Scene]
    lines: Callable[[], Iterable[Line]]
    work: Work
    video: bool
    audio: bool
    failed: Callable[[Exception], None]
    figures: Figures = field(default_factory=Figures)
    step: int = 1
    """Every how-many-th picture is made: more than one where the machine cannot hold all of them."""
    origin: float = 0.0
    """Where the recording's zero lies on the monotonic clock, pauses taken out."""
    _pause_at: float | None = None
    _resume_at: float | None = None
    _stop_at: float | None = None
    """Moments of the recording, and of the monotonic clock: work is DELAY behind, and ends where they say."""
    _wake: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Time begins."""
        self.origin = time.monotonic()
        self._thread = threading.Thread(target=self._guarded, name="clock", daemon=True)
        self._thread.start()

    def pause(self) -> None:
        """Time stands still; pausing twice is pausing once."""
        if self._pause_at is None:
            self._pause_at = time.monotonic() - self.origin
        self._resume_at = None

    def resume(self) -> None:
        """It goes on, with a key frame."""
        if self._pause_at is not None:
            self._resume_at = time.monotonic()
            self._wake.set()

    @property
    def paused(self) -> bool:
        """Whether it stands still."""
        return self._pause_at is not None and self._resume_at is None

    def stop(self) -> None:
        """Return when the last picture and sound of this moment have been handed over."""
        here = time.monotonic() - self.origin
        self._stop_at = here if self._pause_at is None else self._pause_at
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _guarded(self) -> None:
        try:
            self._run()
        except Exception as error:  # noqa: BLE001 - whoever runs the recording must hear of it
            self.failed(error)

    def _run(self) -> None:
        compositor = Compositor(self.encoding.width, self.encoding.height) if self.video else None
        tick = 1 / self.encoding.fps if self.video else SOUND_TICK
        delay = DELAY if self.video else LONE_DELAY
        number = sample = 0
        key = False
        while True:
            limit = self._stop_at if self._stop_at is not None else self._pause_at
            now = time.monotonic() - self.origin - delay
            is_there = limit is not None and now >= limit
            if limit is not None and is_there:
                now = limit
            self.figures.seconds = now
            if self.audio and (is_there or now * RATE - sample >= SOUND_TICK * RATE):
                sample = self._sound(now, sample)
            if compositor is not None and now > number * tick:
                number, made = self._picture(compositor, now, number, key=key)
                key = key and not made
                if is_there:
                    # What is late still belongs to it.
                    continue
            if is_there:
                if self._stop_at is not None:
                    return
                self._stand_still()
                key = True
            else:
                due = number * tick if self.video else now + tick
                time.sleep(max(0.0, self.origin + delay + due - time.monotonic()))

    def _stand_still(self) -> None:
        while self._resume_at is None and self._stop_at is None:
            self._wake.wait()
            self._wake.clear()
        if self._resume_at is None or self._pause_at is None:
            return
        away = self._resume_at - self.origin - self._pause_at
        self.origin += away
        self.figures.paused += away
        self.figures.pauses += 1
        self._pause_at = self._resume_at = None

    def _sound(self, now: float, sample: int) -> int:
        count = int(now * RATE) - sample
        if count > 0:
            start = int(self.origin * RATE) + sample
            self.work.audio(mix(self.lines(), start, count), sample)
        return sample + max(0, count)

    def _picture(
        self, compositor: Compositor, now: float, number: int, *, key: bool
    ) -> tuple[int, bool]:
        """The number of the next picture, and whether this one was made."""
        most = max(2, int(LATE * self.encoding.fps / self.step))
        excess = int(now * self.encoding.fps - number) // self.step - most
        figures = self.figures
        if excess > 0:
            figures.dropped += excess
            number += excess * self.step
        if self.work.waiting() >= most:
            figures.dropped += 1
            return number + self.step, False
        # Pictures come at any time: one is nearest to the middle of what it is shown for.
        moment = self.origin + (number + self.step / 2) / self.encoding.fps
        frame = compositor.compose(self.scene(), moment)
        self.work.video(frame, number, key=key)
        figures.frames += 1
        figures.late = max(figures.late, now - number / self.encoding.fps)
        return number + self.step, True
