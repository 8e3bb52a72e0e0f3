"""Where each tile stands in the picture. Pure functions: pixels in, boxes out.

As in LiveKit's recording templates, a screen share turns a grid into ``speaker`` with the screen on stage.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from greenroom.local.egress.layouts import Layout

MOST = 49
"""Tiles that are shown: who comes after them is heard only."""
STRIP = 6
"""Tiles beside the stage."""
GAP = 8
"""Pixels between tiles at 720 lines; it grows with the picture."""
TILE = 16 / 9


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; all four are even, as halved chroma needs it."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Seat:
    """Something that may be shown. A screen takes the stage, and nothing of it is cut away."""

    key: Hashable
    screen: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A seat and its box. ``whole``: nothing may be cut away to fill the box."""

    key: Hashable
    box: Box
    whole: bool = False


def arrange(
    layout: Layout, width: int, height: int, seats: Sequence[Seat], speaker: Hashable | None
) -> list[Place]:
    """Boxes of those seats that are shown. ``speaker``: the key of the seat that speaks, or spoke last."""
    if not seats:
        return []
    screens = [seat for seat in seats if seat.screen]
    if layout.kind == "grid" and not screens:
        return _grid(Box(0, 0, width, height), seats[:MOST], _gap(width, height))
    stage = screens[-1] if screens else _speaking(seats, speaker)
    others = [seat for seat in seats if seat != stage]
    if layout.kind == "single-speaker" or not others:
        return [Place(stage.key, Box(0, 0, width, height), whole=stage.screen)]
    return _stage(width, height, stage, _first(others, speaker))


def _speaking(seats: Sequence[Seat], speaker: Hashable | None) -> Seat:
    return next((seat for seat in seats if seat.key == speaker), seats[0])


def _first(seats: Sequence[Seat], speaker: Hashable | None) -> list[Seat]:
    """The strip is short, so who speaks must be in it: in the last place, for the rest to stay where they are."""
    shown = list(seats[:STRIP])
    hidden = [seat for seat in seats[STRIP:] if seat.key == speaker]
    return [*shown[:-1], *hidden] if hidden else shown


def _stage(width: int, height: int, stage: Seat, others: Sequence[Seat]) -> list[Place]:
    gap = _gap(width, height)
    if width >= height:
        strip = _even((width - 3 * gap) / 6)
        beside = Box(gap, gap, strip, height - 2 * gap)
        main = Box(strip + 2 * gap, gap, _even(width - strip - 3 * gap), _even(height - 2 * gap))
        boxes = _column(beside, len(others), gap)
    else:
        strip = _even((height - 3 * gap) / 6)
        main = Box(gap, gap, _even(width - 2 * gap), _even(height - strip - 3 * gap))
        below = Box(gap, main.height + 2 * gap, width - 2 * gap, strip)
        boxes = _row(below, len(others), gap)
    places = [Place(stage.key, main, whole=stage.screen)]
    return places + [
        Place(seat.key, box, whole=seat.screen) for seat, box in zip(others, boxes, strict=True)
    ]


def _column(box: Box, count: int, gap: int) -> list[Box]:
    tall = min(box.width / TILE, (box.height - (count - 1) * gap) / count)
    height = _even(tall)
    top = box.y + (box.height - count * height - (count - 1) * gap) / 2
    return [
        Box(box.x, _even(top + row * (height + gap)), box.width, height) for row in range(count)
    ]


def _row(box: Box, count: int, gap: int) -> list[Box]:
    wide = min(box.height * TILE, (box.width - (count - 1) * gap) / count)
    width = _even(wide)
    left = box.x + (box.width - count * width - (count - 1) * gap) / 2
    return [
        Box(_even(left + column * (width + gap)), box.y, width, box.height)
        for column in range(count)
    ]


def _grid(box: Box, seats: Sequence[Seat], gap: int) -> list[Place]:
    columns = _columns(box, len(seats), gap)
    rows = math.ceil(len(seats) / columns)
    if len(seats) == 1:
        return [Place(seats[0].key, box)]
    width = _even((box.width - (columns + 1) * gap) / columns)
    height = _even((box.height - (rows + 1) * gap) / rows)
    places = []
    for number, seat in enumerate(seats):
        row, column = divmod(number, columns)
        # The last row may be short: it stands in the middle.
        inside = min(columns, len(seats) - row * columns)
        left = (box.width - inside * width - (inside - 1) * gap) / 2
        top = (box.height - rows * height - (rows - 1) * gap) / 2
        at = Box(
            _even(left + column * (width + gap)), _even(top + row * (height + gap)), width, height
        )
        places.append(Place(seat.key, at))
    return places


def _columns(box: Box, count: int, gap: int) -> int:
    """As many as show pictures of 16:9 largest; of two that are alike, the fewer."""

    def shown(columns: int) -> float:
        rows = math.ceil(count / columns)
        width = (box.width - (columns + 1) * gap) / columns
        height = (box.height - (rows + 1) * gap) / rows
        return min(width, height * TILE)

    return max(range(1, count + 1), key=lambda columns: (round(shown(columns), 3), -columns))


def _gap(width: int, height: int) -> int:
    return _even(GAP * min(width, height) / 720)


def _even(value: float) -> int:
    return max(2, int(value) // 2 * 2)
