"""Who is to be seen: an immutable picture of the room, made by the asyncio side, painted by the clock thread."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from greenroom.local.egress.layouts import Layout
from greenroom.local.recorder.layouts import Place, Seat, arrange
from greenroom.local.recorder.worker.picture import Feed


@dataclass(frozen=True, slots=True)
class Tile:
    """Somebody's camera or screen. ``feed`` None: nothing to see, the name stands in its place."""

    key: Hashable
    name: str
    feed: Feed | None = None
    screen: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """Replaced as a whole when anything changes. ``named``: names stand on tiles."""

    tiles: tuple[Tile, ...] = ()
    layout: Layout = field(default_factory=Layout)
    speaker: Hashable | None = None
    named: bool = True

    def places(self, width: int, height: int) -> list[Place]:
        """Of the tiles that are shown, in a picture of that size."""
        seats = [Seat(tile.key, tile.screen) for tile in self.tiles]
        return arrange(self.layout, width, height, seats, self.speaker)
