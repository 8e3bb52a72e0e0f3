"""Fields that several modes share: rooms and people."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Kind, Words

ExistingRoom = Annotated[
    str,
    Kind.ROOM,
    Words("room", "called", "named", "in", "from", "of", "out of"),
    Field(min_length=1, max_length=256, description="Name of the room."),
]
AnyRoom = Annotated[
    str,
    Kind.ROOM_TO_BE,
    Words("room", "called", "named", "in", "for", "of"),
    Field(min_length=1, max_length=256, description="Name of the room, which need not exist yet."),
]
PersonInside = Annotated[
    str,
    Kind.PERSON,
    Words("participant", "user", "person", "identity"),
    Field(min_length=1, max_length=256, description="Identity of somebody who is in the room."),
]
