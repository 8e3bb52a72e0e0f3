"""Rooms in which people publish."""

from __future__ import annotations

import pytest

from tests.doubles import MemoryRooms


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


def muted(rooms: MemoryRooms, room: str = "lobby") -> set[tuple[str, str]]:
    """``(identity, source)`` of what is muted there."""
    return {
        (identity, track.source)
        for identity, person in rooms.inside[room].items()
        for track in person.tracks
        if track.muted
    }
