"""Linear models over signs that are there or not, in a file that is looked up in place: little of it is ever read.

The file, numbers little-endian: one line of JSON (``names``, ``biases``, ``buckets``, ``size`` of what follows it); then where each bucket begins and the last
ends, counted from the first bucket (``buckets`` + 1 times uint32); then the buckets. A sign is in the bucket of its CRC-32 modulo ``buckets``:
its length in bytes and the number of its weights (uint16), UTF-8, and for each weight the place of a name (uint16) and hundredths (int16).
"""

from __future__ import annotations

import json
import mmap
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from zlib import crc32

SCALE = 100
"""Weights are kept as whole numbers, this many to one."""
SUREST = 5.0
"""Log odds beyond which nothing is more certain."""
MOST_KEPT = 16384
"""Signs whose weights stay in memory, of each model."""
LANE = 32
"""Bits for the sum of one name. All names are summed at once: a whole number holds one lane for each."""
ZERO = 1 << (LANE - 1)
"""Stands for 0 in a lane, so that no sum is below nothing and borrows from the next lane."""
BUCKET, ENTRY, WEIGHT = struct.Struct("<II"), struct.Struct("<HH"), struct.Struct("<Hh")


class Linear:
    """One linear model for each of several names."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        """``data``: as ``packed`` makes it. Raises ValueError where it is not whole."""
        self._table = data.find(b"\n") + 1
        about = json.loads(data[: self._table] or b"{}")
        if about.get("size") != len(data) - self._table:
            msg = "What was learned is damaged: install Greenroom again, or `make train`."
            raise ValueError(msg)
        self.names: Sequence[str] = about["names"]
        self._place = {name: place for place, name in enumerate(self.names)}
        self._data, self._buckets = data, about["buckets"]
        self._first = self._table + 4 * (self._buckets + 1)
        self._lanes = struct.Struct(f"<{len(self.names)}I")
        self._biases = sum((b + ZERO) << (LANE * at) for at, b in enumerate(about["biases"]))
        self._weights = Kept(self._read)

    def odds(self, found: Iterable[str]) -> dict[str, float]:
        """Log odds of each name, from -5 to 5. ``found``: signs, each once."""
        least, most = ZERO - SUREST * SCALE, ZERO + SUREST * SCALE
        return {
            name: -SUREST if lane <= least else SUREST if lane >= most else (lane - ZERO) / SCALE
            for name, lane in zip(self.names, self._sums(found), strict=True)
        }

    def judged(self, found: Iterable[str]) -> Judged:
        """The same where few of many names are asked for."""
        return Judged(self._sums(found), self.names, self._place)

    def _sums(self, found: Iterable[str]) -> tuple[int, ...]:
        """By name: the sum of all weights, in hundredths above ``ZERO``."""
        total = sum(map(self._weights.__getitem__, found), self._biases)
        return self._lanes.unpack(total.to_bytes(self._lanes.size, "little"))

    def _read(self, sign: str) -> int:
        """The weights of a sign, each in its lane; 0 where nothing was learned of it."""
        data, key = self._data, sign.encode()
        at, end = BUCKET.unpack_from(data, self._table + 4 * (crc32(key) % self._buckets))
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


class Kept(dict[str, int]):
    """Weights by sign, read when first asked for. Signs of which nothing was learned are not kept: there is no end of them."""

    def __init__(self, read: Callable[[str], int]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, sign: str) -> int:
        weights = self._read(sign)
        if weights:
            if len(self) >= MOST_KEPT:
                self.clear()
            self[sign] = weights
        return weights


class Judged:
    """Log odds of many names, of which few are asked for."""

    __slots__ = ("_lanes", "_names", "_place")

    def __init__(
        self, lanes: tuple[int, ...], names: Sequence[str], place: Mapping[str, int]
    ) -> None:
        self._lanes, self._names, self._place = lanes, names, place

    def get(self, name: str, otherwise: float = 0.0) -> float:
        """Log odds of a name, from -5 to 5; ``otherwise`` where nothing was learned of it."""
        place = self._place.get(name)
        if place is None:
            return otherwise
        return limited(self._lanes[place])

    def most(self, beside: str = "") -> float:
        """The highest log odds of all names; ``beside``: a name that does not count. 0 where there is no other."""
        place = self._place.get(beside)
        others = self._lanes if place is None else self._lanes[:place] + self._lanes[place + 1 :]
        return limited(max(others, default=ZERO))

    def likeliest(self) -> str:
        """The name with the highest log odds; the first of several."""
        limit = min(max(self._lanes), ZERO + SUREST * SCALE)
        return next(
            name for name, lane in zip(self._names, self._lanes, strict=True) if lane >= limit
        )

    def above(self, odds: float) -> list[str]:
        """Names whose log odds are higher."""
        least = ZERO + odds * SCALE
        if max(self._lanes, default=0) <= least:
            return []
        return [self._names[at] for at, lane in enumerate(self._lanes) if lane > least]


UNJUDGED = Judged((), (), {})
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
