"""What this machine can hold, by a rule that anybody can follow. Pure functions.

A recording costs so much of a core: ``AROUND`` for joining, decoding and composing, and what x264 takes for its
pixels. All recordings together may have ``SHARE`` of the machine's cores. One that does not fit begins smaller, by
the steps of ``smaller``, and says so; one that does not fit at all is refused. While it runs, ``Pace`` halves the rate
of pictures when too many are left out, says so too, and goes back when it has been calm for a while: for twice as long
as the last time where that was in vain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from greenroom.local.egress.plan import Encoding, Plan

SHARE = 0.9
SOUND = 0.2
"""Cores for a recording of sound only."""
AROUND = 0.3
LIGHT, HEAVY = 0.4, 0.25
"""Cores for the pixels of 720p at 30 a second, up to that size and beyond: for larger ones x264 does not look ahead."""
UNIT = 1280 * 720 * 30
MANY = 0.05
"""Share of pictures left out of those of a look, which makes it a bad one."""
BAD = 2
"""Bad looks in a row, before which the rate is not halved: a stumble is none."""
WORTH = 0.3
"""Looks' worth of pictures that bad looks in a row must have cost, too: halving leaves out every other picture, so that
a loss of one in ten is borne for three looks, in case it passes."""
FEWEST = 7
"""Pictures a second that are made at least: few that come evenly are better than more that stumble."""
CALM = 10
"""Looks in a row without a bad one, after which the rate is doubled again."""
LONGEST_CALM = 16 * CALM


def pixels(encoding: Encoding) -> float:
    """Pixels a second, in units of 720p at 30."""
    return encoding.width * encoding.height * encoding.fps / UNIT


def is_heavy(encoding: Encoding) -> bool:
    """Whether x264 gets its faster settings."""
    return pixels(encoding) > 1


def cost(plan: Plan) -> float:
    """In cores."""
    if plan.video.of == "nothing":
        return SOUND
    return AROUND + pixels(plan.encoding) * (HEAVY if is_heavy(plan.encoding) else LIGHT)


def smaller(encoding: Encoding) -> Iterator[Encoding]:
    """The encoding itself, then each step down: 30 pictures a second, 720 lines, 15 pictures, 360 lines."""
    yield encoding
    for lines, fps in ((0, 30), (720, 30), (720, 15), (360, 15)):
        shorter = min(encoding.width, encoding.height)
        factor = min(1.0, lines / shorter) if lines else 1.0
        width, height = (int(side * factor) // 2 * 2 for side in (encoding.width, encoding.height))
        stepped = replace(encoding, width=width, height=height, fps=min(encoding.fps, fps))
        if stepped != encoding:
            yield stepped


def fitting(plan: Plan, others: float, cores: int) -> Plan | None:
    """The plan as it fits beside recordings that cost ``others``; None when it does not."""
    if plan.video.of == "nothing":
        return plan if others + cost(plan) <= cores * SHARE else None
    for encoding in smaller(plan.encoding):
        stepped = replace(plan, encoding=encoding)
        if others + cost(stepped) <= cores * SHARE:
            return stepped
    return None


def describe(encoding: Encoding) -> str:
    """``1280×720 at 30``."""
    return f"{encoding.width}×{encoding.height} at {encoding.fps}"


@dataclass(slots=True)
class Pace:
    """Every how-many-th picture is made. Looked at every second."""

    fps: int
    step: int = 1
    _calm: int = CALM
    _tries: bool = False
    """Whether the rate was doubled, and it is not sure yet that it can be held."""
    _frames: int = 0
    _dropped: int = 0
    _bad: int = 0
    _cost: float = 0.0
    _good: int = 0

    def look(self, frames: int, dropped: int) -> bool:
        """Pictures made and left out since the start; whether the step has changed."""
        made, lost = frames - self._frames, dropped - self._dropped
        self._frames, self._dropped = frames, dropped
        is_bad = lost > MANY * (made + lost)
        self._bad = self._bad + 1 if is_bad else 0
        self._cost = self._cost + lost / (made + lost) if is_bad else 0.0
        self._good = 0 if is_bad else self._good + 1
        before = self.step
        is_too_much = self._bad >= BAD and self._cost >= WORTH
        if is_too_much and self.fps >= FEWEST * self.step * 2:
            self._calm = min(self._calm * 2, LONGEST_CALM) if self._tries else self._calm
            self.step, self._bad, self._cost, self._tries = self.step * 2, 0, 0.0, False
        elif self._good >= self._calm and self.step > 1:
            self.step, self._good, self._tries = self.step // 2, 0, True
        elif self._good >= self._calm:
            self._calm, self._tries = CALM, False
        return self.step != before
