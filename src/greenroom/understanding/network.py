"""Small neural networks over signs that are there or not, in a file that is looked up in place: little of it is ever read.

What a sign says is a row of numbers, one for each hidden unit. The rows of all signs that are there are added up; each unit whose sum is above 0
then speaks for and against each name, as strongly as it is above (one hidden layer, rectified).

The file, numbers little-endian: one line of JSON (``names``, their ``biases``, those of the ``units``, ``buckets``, ``size`` of what follows it); for each
unit what it says of each name (a lane each, above ``ZERO``); then where each bucket begins and the last ends, counted from the first bucket
(``buckets`` + 1 times uint32); then the buckets. A sign is in the bucket of its CRC-32 modulo ``buckets``: its length in bytes (uint16), UTF-8, and its row (a byte for each unit, above ``MIDDLE``).
"""

from __future__ import annotations

import json
import os
import struct
import weakref
from collections.abc import Iterable, Mapping, Sequence
from operator import mul
from pathlib import Path
from zlib import crc32

from greenroom.understanding.lanes import LANE, SCALE, ZERO, Judged, Lanes, side_by_side

FINE = 64
"""Steps to one in the rows of signs and in the sums of units."""
STRONG = SCALE // FINE
"""Steps to one in what a unit says of a name."""
MIDDLE = 128
"""Stands for 0 in a row."""
RAISED = 1 << 20
"""Stands for 0 in the lane of a unit, before the middles of all rows are added."""
MOST = 64 * FINE
"""How strong a unit gets, however many signs there are: 64, and no lane of a name can overflow."""
MOST_KEPT = 32768
"""Signs that were learned and stay in memory, of each model: beyond, all are forgotten. With those that were not, twice as many."""
HEAD = 1 << 16
"""Bytes in which the line of JSON ends."""
BYTES = LANE // 8
BUCKET, LENGTH = struct.Struct("<II"), struct.Struct("<H")


class Stored:
    """Bytes of a file, each read when it is asked for. Not mapped: what is mapped counts as memory of the process, with all that lies around it."""

    def __init__(self, path: Path) -> None:
        """The file stays open as long as this is used. Raises OSError."""
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._file)
        self._size = os.fstat(self._file).st_size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        start, stop, _ = part.indices(self._size)
        return os.pread(self._file, stop - start, start)


class Network:
    """Judges several names by the signs that are there."""

    def __init__(self, data: bytes | Stored) -> None:
        """``data``: as ``packed`` makes it. Raises ValueError where it is not whole."""
        begins = data[:HEAD].find(b"\n") + 1
        about = json.loads(data[:begins] or b"{}")
        if about.get("size") != len(data) - begins:
            msg = "What was learned is damaged: install Greenroom again, or `make train`."
            raise ValueError(msg)
        self.names: Sequence[str] = about["names"]
        self._lanes = Lanes(self.names)
        units, wide = len(about["units"]), BYTES * len(self.names)
        self._biases = side_by_side(bias + ZERO for bias in about["biases"])
        self._units = struct.Struct(f"<{units}I")
        self._start = side_by_side(bias + RAISED for bias in about["units"])
        table = begins + wide * units
        said, zeros = data[begins:table], ZERO * self._lanes.ones
        self._says = [
            int.from_bytes(said[at : at + wide], "little") - zeros
            for at in range(0, len(said), wide)
        ]
        self._signs = Signs(data, table, about["buckets"], units)

    def judged(self, found: Iterable[str]) -> Judged:
        """Log odds of each name. ``found``: signs, each once."""
        # Of most signs nothing was learned.
        rows = [*filter(None, map(self._signs.__getitem__, found))]
        sums = sum(rows, self._start).to_bytes(self._units.size, "little")
        nothing = RAISED + MIDDLE * len(rows)
        units = [each - nothing if each > nothing else 0 for each in self._units.unpack(sums)]
        if max(units) > MOST:
            units = [min(each, MOST) for each in units]
        return Judged(sum(map(mul, self._says, units), self._biases), self._lanes)


class Signs(dict[str, int]):
    """The rows of signs, each number in the lane of its unit; 0 where nothing was learned of a sign.

    Read from the file when first asked for. A dictionary, because what is in it is found without a call: hundreds are asked for in each request.
    """

    def __init__(self, data: bytes | Stored, table: int, buckets: int, units: int) -> None:
        """``table``: where the table of ``buckets`` begins."""
        super().__init__()
        self._data, self._buckets, self._units = data, buckets, units
        self._first = table + 4 * (buckets + 1)
        self._table = data[table : self._first]
        self._learned = 0
        """How many of those in memory are not 0."""

    def __missing__(self, sign: str) -> int:
        key = sign.encode()
        at, end = BUCKET.unpack_from(self._table, 4 * (crc32(key) % self._buckets))
        row = self[sign] = self._read(key, at, end) if at < end else 0
        self._learned += row != 0
        if self._learned > MOST_KEPT:
            self.clear()
            self._learned = 0
        elif len(self) > 2 * MOST_KEPT:
            # There is no end of signs that nothing was learned of: they push out no others.
            learned = {sign: row for sign, row in self.items() if row}
            self.clear()
            self.update(learned)
        return row

    def _read(self, key: bytes, at: int, end: int) -> int:
        """The row of a sign in its bucket, which begins and ends there."""
        bucket = self._data[at + self._first : end + self._first]
        at = 0
        while at < len(bucket):
            begins = at + LENGTH.size
            behind = begins + LENGTH.unpack_from(bucket, at)[0]
            at = behind + self._units
            if bucket[begins:behind] == key:
                row = bytearray(BYTES * self._units)
                row[::BYTES] = bucket[behind:at]
                return int.from_bytes(row, "little")
        return 0


def packed(
    names: Sequence[str],
    biases: Sequence[int],
    units: Sequence[int],
    says: Sequence[Sequence[int]],
    rows: Mapping[str, Sequence[int]],
) -> bytes:
    """A model as a file holds it.

    ``biases``: of each name, in steps of 1 / ``SCALE``. ``units``: of each hidden unit, in steps of 1 / ``FINE``. ``says``: of each unit for each name,
    in steps of 1 / ``STRONG``. ``rows``: of each sign for each unit, -127 to 127 steps of 1 / ``FINE``.
    """
    count = 2 * len(rows) + 1
    buckets: list[list[bytes]] = [[] for _ in range(count)]
    for sign in sorted(rows):
        key, row = sign.encode(), bytes(number + MIDDLE for number in rows[sign])
        buckets[crc32(key) % count].append(LENGTH.pack(len(key)) + key + row)
    starts, body = [0], b"".join(b"".join(bucket) for bucket in buckets)
    for bucket in buckets:
        starts.append(starts[-1] + sum(map(len, bucket)))
    said = b"".join(struct.pack(f"<{len(names)}I", *(n + ZERO for n in each)) for each in says)
    table = struct.pack(f"<{count + 1}I", *starts)
    about = {"names": [*names], "biases": [*biases], "units": [*units], "buckets": count}
    size = len(said) + len(table) + len(body)
    return json.dumps({**about, "size": size}).encode() + b"\n" + said + table + body


def opened(path: Path) -> Network:
    """A model in a file that stays where it is: of it is read what a request has signs for. Raises OSError, ValueError."""
    return Network(Stored(path))
