"""Paints a scene, and of it only what changed."""

from __future__ import annotations

from collections.abc import Hashable

import av

from greenroom.local.recorder.layouts import Box, Place
from greenroom.local.recorder.worker import labels
from greenroom.local.recorder.worker.picture import (
    BLACK,
    Canvas,
    Colour,
    Picture,
    Scaler,
    crop,
    fit,
)
from greenroom.local.recorder.worker.scene import Scene, Tile

GROUND: dict[bool, Colour] = {False: (28, 128, 128), True: (230, 128, 128)}
"""Behind the tiles, by whether the layout is light."""
PANEL: dict[bool, Colour] = {False: (50, 128, 128), True: (200, 128, 128)}
"""A tile without a picture."""


class Compositor:
    """One canvas, painted over and over."""

    def __init__(self, width: int, height: int) -> None:
        self._canvas = Canvas(width, height)
        self._whole = Box(0, 0, width, height)
        self._scene: Scene | None = None
        self._places: list[tuple[Place, Tile]] = []
        self._drawn: dict[Hashable, Picture] = {}
        self._scalers: dict[Hashable, Scaler] = {}
        self._frame: av.VideoFrame | None = None

    def compose(self, scene: Scene, moment: float) -> av.VideoFrame:
        """The picture of that moment of the monotonic clock; the same frame again where nothing changed."""
        if scene is not self._scene:
            self._begin(scene)
        for place, tile in self._places:
            picture = tile.feed.at(moment) if tile.feed else None
            if picture is not None and self._drawn.get(tile.key) is not picture:
                self._draw(place, tile, picture, scene)
                self._drawn[tile.key] = picture
                self._frame = None
        if self._frame is None:
            self._frame = self._canvas.frame()
        return self._frame

    def _begin(self, scene: Scene) -> None:
        self._scene, self._frame = scene, None
        self._drawn.clear()
        tiles = {tile.key: tile for tile in scene.tiles}
        places = scene.places(self._canvas.width, self._canvas.height)
        self._places = [(place, tiles[place.key]) for place in places]
        self._scalers = {
            place.key: self._scalers.get(place.key) or Scaler() for place, _ in self._places
        }
        light = scene.layout.light
        self._canvas.fill(self._whole, GROUND[light])
        for place, tile in self._places:
            self._canvas.fill(place.box, PANEL[light])
            if scene.named:
                labels.put_in_place(self._canvas, place.box, tile.name, light=light)

    def _draw(self, place: Place, tile: Tile, picture: Picture, scene: Scene) -> None:
        box = place.box
        # A phone held upright is shown whole in a wide tile, as LiveKit's templates do.
        whole = place.whole or picture.width < picture.height
        width, height = fit(picture.width, picture.height, box, whole=whole)
        planes = self._scalers[tile.key].scale(picture.planes, width, height)
        if (width, height) != (box.width, box.height):
            if whole:
                self._canvas.fill(box, BLACK)
                left, top = (box.width - width) // 4 * 2, (box.height - height) // 4 * 2
                box = Box(box.x + left, box.y + top, width, height)
            else:
                left, top = (width - box.width) // 4 * 2, (height - box.height) // 4 * 2
                planes = crop(planes, box.width, box.height, left, top)
        self._canvas.paint(box, planes)
        if scene.named:
            labels.put_name(self._canvas, place.box, tile.name)
