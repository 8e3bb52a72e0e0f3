"""Linear models over signs that are there or not, in a file that is looked up in place: little of it is ever read.

The file, numbers little-endian: one line of JSON (``names``, ``biases``, ``buckets``, ``size`` of what follows it); then where each bucket begins and the last
ends, counted from the first bucket (``buckets`` + 1 times uint32); then the buckets. A sign is in the bucket of its CRC-32 modulo ``buckets``:
its length in bytes and the number of its weights (uint16), UTF-8, and for each weight the place of a name (uint16) and hundredths (int16).
"""

from __future__ import annotations

import json
import math
import mmap
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from zlib import crc32

SCALE = 100
"""Weights are kept as whole numbers, this many to one."""
SUREST = 5.0
"""Log odds beyond which nothing is more certain."""
MOST_KEPT = 16384
"""Signs that were learned and stay in memory, of each model: beyond, all are forgotten. With those that were not, twice as many."""
LANE = 32
"""Bits for the sum of one name. All names are summed at once: a whole number holds one lane for each."""
ZERO = 1 << (LANE - 1)
"""Stands for 0 in a lane, so that no sum is below nothing and borrows from the next lane."""
ABOVE = ZERO >> 1
"""The bit of a lane that shows whether a sum is above something."""
LAST_LANE = (1 << LANE) - 1
BUCKET, ENTRY, WEIGHT = struct.Struct("<II"), struct.Struct("<HH"), struct.Struct("<Hh")


class Linear:
    """One linear model for each of several names."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        """``data``: as ``packed`` makes it. Raises ValueError where it is not whole."""
        table = data.find(b"\n") + 1
        about = json.loads(data[:table] or b"{}")
        if about.get("size") != len(data) - table:
            msg = "What was learned is damaged: install Greenroom again, or `make train`."
            raise ValueError(msg)
        self.names: Sequence[str] = about["names"]
        self.lanes = Lanes(self.names)
        self._biases = sum((b + ZERO) << (LANE * at) for at, b in enumerate(about["biases"]))
        self._weights = Weights(data, table, about["buckets"])

    def odds(self, found: Iterable[str]) -> dict[str, float]:
        """Log odds of each name, from -5 to 5. ``found``: signs, each once."""
        least, most = ZERO - SUREST * SCALE, ZERO + SUREST * SCALE
        return {
            name: -SUREST if lane <= least else SUREST if lane >= most else (lane - ZERO) / SCALE
            for name, lane in zip(self.names, self.lanes.of(self._sum(found)), strict=True)
        }

    def judged(self, found: Iterable[str]) -> Judged:
        """The same where few of many names are asked for."""
        return Judged(self._sum(found), self.lanes)

    def _sum(self, found: Iterable[str]) -> int:
        """All weights in lanes: for each name their sum, in hundredths above ``ZERO``."""
        # Of most signs nothing was learned: to add 0 costs as much as to add anything else.
        return sum(filter(None, map(self._weights.__getitem__, found)), self._biases)


class Weights(dict[str, int]):
    """The weights of signs, each weight in its lane; 0 where nothing was learned of a sign.

    Read from the file when first asked for. A dictionary, because what is in it is found without a call: hundreds are asked for in each request.
    """

    def __init__(self, data: bytes | mmap.mmap, table: int, buckets: int) -> None:
        """``table``: where the table of ``buckets`` begins."""
        super().__init__()
        self._data, self._table, self._buckets = data, table, buckets
        self._first = table + 4 * (buckets + 1)
        self._learned = 0
        """How many of those in memory are not 0."""

    def __missing__(self, sign: str) -> int:
        key = sign.encode()
        bucket = self._table + 4 * (crc32(key) % self._buckets)
        at, end = BUCKET.unpack_from(self._data, bucket)
        weights = self[sign] = self._read(key, at, end) if at < end else 0
        self._learned += weights != 0
        if self._learned > MOST_KEPT:
            self.clear()
            self._learned = 0
        elif len(self) > 2 * MOST_KEPT:
            # There is no end of signs that nothing was learned of: they push out no others.
            learned = {sign: weights for sign, weights in self.items() if weights}
            self.clear()
            self.update(learned)
        return weights

    def _read(self, key: bytes, at: int, end: int) -> int:
        """The weights of a sign in its bucket, which begins and ends there."""
        data = self._data
        at, end = at + self._first, end + self._first
        while at < end:
            length, count = ENTRY.unpack_from(data, at)
            begins = at + ENTRY.size
            behind = begins + length
            at = behind + WEIGHT.size * count
            if length == len(key) and data[begins:behind] == key:
                weights = 0
                for name, weight in WEIGHT.iter_unpack(data[behind:at]):
                    weights += weight << (LANE * name)
                return weights
        return 0


class Lanes:
    """Takes sums apart: which lane is whose."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.shift = {name: LANE * place for place, name in enumerate(names)}
        """Bits below each lane."""
        self._ones = sum(1 << shift for shift in self.shift.values())
        self._above = self._ones * ABOVE
        self._moved: dict[float, int] = {}
        """By threshold, what moves all lanes at once so that the bit ``ABOVE`` of each is set from the first hundredth above it on."""
        self._all = struct.Struct(f"<{len(names)}I")

    def of(self, total: int) -> tuple[int, ...]:
        """All lanes of a sum."""
        return self._all.unpack(total.to_bytes(self._all.size, "little"))

    def above(self, total: int, odds: float) -> list[str]:
        """Names whose log odds in a sum are higher."""
        moved = self._moved.get(odds)
        if moved is None:
            by = ABOVE - ZERO - math.floor(odds * SCALE) - 1
            moved = self._moved[odds] = self._ones * by
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


def packed(
    names: Sequence[str], biases: Sequence[int], weights: Mapping[str, Sequence[tuple[int, int]]]
) -> bytes:
    """A model as a file holds it. ``weights``: by sign, the place of each name that it speaks for or against, and how much."""
    count = 2 * len(weights) + 1
    buckets: list[list[bytes]] = [[] for _ in range(count)]
    for sign in sorted(weights):
        key, pairs = sign.encode(), weights[sign]
        entry = [ENTRY.pack(len(key), len(pairs)), key, *(WEIGHT.pack(*pair) for pair in pairs)]
        buckets[crc32(key) % count].append(b"".join(entry))
    starts, body = [0], b"".join(b"".join(bucket) for bucket in buckets)
    for bucket in buckets:
        starts.append(starts[-1] + sum(map(len, bucket)))
    table = struct.pack(f"<{count + 1}I", *starts)
    about = {"names": list(names), "biases": list(biases), "buckets": count}
    head = json.dumps({**about, "size": len(table) + len(body)}).encode() + b"\n"
    return head + table + body


def opened(path: Path) -> Linear:
    """A model in a file that stays where it is: pages of it are read when a sign in them occurs. Raises OSError, ValueError."""
    with path.open("rb") as file:
        return Linear(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
