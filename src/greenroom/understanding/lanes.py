"""Sums of many names at once: a whole number holds one lane of bits for each name, so that adding two numbers adds all their sums."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Sequence

LANE = 32
"""Bits for the sum of one name."""
ZERO = 1 << (LANE - 1)
"""Stands for 0 in a lane, so that no sum is below nothing and borrows from the next lane."""
ABOVE = ZERO >> 1
"""The bit of a lane that shows whether a sum is above something."""
LAST_LANE = (1 << LANE) - 1
SCALE = 1 << 14
"""Log odds are kept as whole numbers, this many to one."""
SUREST = 5.0
"""Log odds beyond which nothing is more certain."""


def side_by_side(numbers: Iterable[int]) -> int:
    """Numbers as one, each in its lane."""
    return sum(number << (LANE * place) for place, number in enumerate(numbers))


class Lanes:
    """Takes sums apart: which lane is whose."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.shift = {name: LANE * place for place, name in enumerate(names)}
        """Bits below each lane."""
        self.ones = side_by_side(1 for _ in names)
        """1 in each lane."""
        self._above = self.ones * ABOVE
        self._moved: dict[float, int] = {}
        """By threshold, what moves all lanes at once so that the bit ``ABOVE`` of each is set from the first step above it on."""
        self._all = struct.Struct(f"<{len(names)}I")

    def of(self, total: int) -> tuple[int, ...]:
        """All lanes of a sum."""
        return self._all.unpack(total.to_bytes(self._all.size, "little"))

    def above(self, total: int, odds: float) -> list[str]:
        """Names whose log odds in a sum are higher."""
        moved = self._moved.get(odds)
        if moved is None:
            by = ABOVE - ZERO - math.floor(odds * SCALE) - 1
            moved = self._moved[odds] = self.ones * by
        bits = total + moved & self._above
        found = []
        while bits:
            found.append(self.names[(bits & -bits).bit_length() // LANE])
            bits &= bits - 1
        return found


class Judged:
    """Log odds of many names, of which few are asked for."""

    __slots__ = ("_lanes", "_total")

    def __init__(self, total: int, lanes: Lanes) -> None:
        self._total, self._lanes = total, lanes

    def get(self, name: str, otherwise: float = 0.0) -> float:
        """Log odds of a name, from -5 to 5; ``otherwise`` where nothing was learned of it."""
        shift = self._lanes.shift.get(name)
        return otherwise if shift is None else limited(self._total >> shift & LAST_LANE)

    def all(self) -> dict[str, float]:
        """Log odds of each name, from -5 to 5."""
        least, most = ZERO - SUREST * SCALE, ZERO + SUREST * SCALE
        return {
            name: -SUREST if lane <= least else SUREST if lane >= most else (lane - ZERO) / SCALE
            for name, lane in zip(self._lanes.names, self._lanes.of(self._total), strict=True)
        }

    def most(self, beside: str) -> float:
        """The highest log odds of all names but one; 0 where there is no other."""
        return max((self.get(name) for name in self._lanes.names if name != beside), default=0.0)

    def likeliest(self) -> str:
        """The name with the highest log odds; the first of several; "" where nothing was learned."""
        if not self._lanes.names:
            return ""
        lanes = self._lanes.of(self._total)
        most = max(lanes)
        if abs(most - ZERO) > SUREST * SCALE:
            return max(self._lanes.names, key=self.get)
        return self._lanes.names[lanes.index(most)]

    def above(self, odds: float) -> list[str]:
        """Names whose log odds are higher."""
        return self._lanes.above(self._total, odds)


UNJUDGED = Judged(0, Lanes(()))
"""What nothing was learned of."""


def limited(lane: int) -> float:
    """What a lane holds, as log odds from -5 to 5."""
    odds = (lane - ZERO) / SCALE
    return -SUREST if odds < -SUREST else min(odds, SUREST)
