"""Time that has really passed: it goes on with the machine's clock, and not with its jumps.

What is deleted by age must not go because a clock was set. So the clock is compared with one that nobody sets, and what
it jumped by is taken off again. While the recorder is away nothing can be compared: ``away`` says how long that was.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from greenroom.domain.ports import Clock
from greenroom.local.files import replace_private

JUMP = 60.0
"""Seconds between two looks that a clock may be set by unnoticed: time servers correct by less."""
log = logging.getLogger("greenroom.recorder")


def steady() -> float:
    """Seconds since some moment, those of a machine that sleeps among them, where the system counts these."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class PassedTime:
    """Lives in a file: ``jumps`` seconds are taken off the clock, and ``seen`` was the last moment."""

    def __init__(self, path: Path, clock: Clock, steady: Callable[[], float] = steady) -> None:
        self._path, self._clock, self._steady = path, clock, steady
        self._jumps, seen = 0.0, 0.0
        with suppress(OSError, ValueError, KeyError, TypeError):
            shape = json.loads(path.read_text("utf-8"))
            self._jumps, seen = float(shape["jumps"]), float(shape["seen"])
        self._wall, self._ticks = clock.now(), steady()
        self.away = self._wall - self._jumps - seen if seen else 0.0
        """Seconds since the last moment that an earlier recorder saw, by the clock alone."""
        if seen and self.away < 0:
            # It never goes back: what was young before is not younger now.
            self._jumps = self._wall - seen
        self.keep()

    def now(self) -> float:
        """Seconds since the epoch, had nobody set the clock."""
        wall, ticks = self._clock.now(), self._steady()
        jump = (wall - self._wall) - (ticks - self._ticks)
        self._wall, self._ticks = wall, ticks
        if abs(jump) > JUMP:
            log.warning(
                "the clock was set by %+.0f s; no recording is older or younger for it", jump
            )
            self._jumps += jump
            self.keep()
        return wall - self._jumps

    def clock_at(self, moment: float) -> float:
        """What the machine's clock shows at a moment of this time."""
        return moment + self._jumps

    def keep(self) -> None:
        """Write it down; what cannot be written is said."""
        shape = {"jumps": self._jumps, "seen": self._wall - self._jumps}
        try:
            replace_private(self._path, json.dumps(shape))
        except OSError as error:
            log.warning("%s cannot be written: %s", self._path, error)
