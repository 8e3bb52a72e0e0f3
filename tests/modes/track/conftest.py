"""Rooms in which people publish, and a crew on them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from greenroom.crew import Greenroom
from tests.doubles import MemoryRooms, a_crew


@pytest.fixture
def rooms() -> MemoryRooms:
    rooms = MemoryRooms(
        {"lobby": ["dana", "ben", "ana"], "back-1": ["eve"], "back-2": ["max"], "back-3": []}
    )
    rooms.publish("lobby", "dana", "microphone", "camera", "camera")
    rooms.publish("lobby", "ben", "microphone", "screen_share", "screen_share_audio")
    rooms.publish("back-1", "eve", "microphone", "camera")
    rooms.publish("back-2", "max", "microphone")
    return rooms


@pytest.fixture
async def crew(tmp_path: Path, rooms: MemoryRooms) -> AsyncIterator[Greenroom]:
    async with a_crew(tmp_path, rooms) as crew:
        yield crew


def muted(rooms: MemoryRooms, room: str = "lobby") -> set[tuple[str, str]]:
    """``(identity, source)`` of what is muted there."""
    return {
        (identity, track.source)
        for identity, person in rooms.inside[room].items()
        for track in person.tracks
        if track.muted
    }
