"""Which simulcast layer is asked for, and that it comes."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest

from greenroom.local.egress.layouts import Layout
from greenroom.local.egress.plan import Encoding, Plan, Video
from greenroom.local.recorder.layouts import Box, Place
from greenroom.local.recorder.worker.cast import Cast
from greenroom.local.recorder.worker.layers import HIGH, LOW, MEDIUM, enough
from tests.local.recorder.conftest import Studio, eventually
from tests.local.recorder.people import enter

PLAN = Plan(
    egress_id="EG_x",
    room="room",
    video=Video(),
    audio=(),
    encoding=Encoding(),
    outputs=(),
)


@pytest.mark.parametrize(
    ("size", "box", "whole", "layer"),
    [
        ((1280, 720), (1280, 720), False, HIGH),
        ((1280, 720), (628, 348), False, MEDIUM),
        ((1280, 720), (300, 168), False, LOW),
        ((1920, 1080), (948, 528), False, HIGH),
        ((640, 360), (628, 348), False, HIGH),
        ((720, 1280), (628, 348), False, MEDIUM),
        ((1920, 1080), (628, 348), True, MEDIUM),
        ((0, 0), (100, 100), False, HIGH),
    ],
)
def test_a_layer_is_never_smaller_than_its_tile_needs(
    size: tuple[int, int], box: tuple[int, int], whole: bool, layer: Any
) -> None:
    assert enough(*size, Place("x", Box(0, 0, *box), whole)) == layer


def test_what_is_not_shown_is_taken_small() -> None:
    assert enough(1280, 720, None) == LOW


async def test_a_camera_comes_as_small_as_its_tile_and_large_again_when_it_is_alone(
    studio: Studio,
) -> None:
    """In a small tile it comes in fewer lines, and a layout that shows it alone has all of them."""
    anna = await studio.person("anna")
    sid = await anna.show(60, size=(1280, 720), simulcast=True)
    for identity in ("bert", "carl", "dora"):
        await studio.person(identity)
    watching = await enter(studio.server, studio.room, "watching")
    cast = Cast(replace(PLAN, video=Video(layout="grid")), watching.room)
    watching.room.on("track_subscribed", cast.begin)
    for person in watching.room.remote_participants.values():
        for publication in person.track_publications.values():
            cast.published(publication, person)

    def lines() -> int:
        tile = next((tile for tile in cast.scene.tiles if tile.key == sid), None)
        shown = tile.feed.at(time.monotonic()) if tile and tile.feed else None
        return shown.height if shown else 0

    try:
        await eventually(lambda: lines() == 360)
        # Nobody asks for more: bandwidth would have been enough by then.
        await asyncio.sleep(2)
        assert lines() == 360
        cast.set_layout(Layout("single-speaker"))
        await eventually(lambda: lines() == 720)
    finally:
        await cast.close()
        await watching.leave()
