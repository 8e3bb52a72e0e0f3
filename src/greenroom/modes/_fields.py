"""Fields that several modes share: rooms, people, sizes of pictures, and what a command line gives as JSON."""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import BeforeValidator, Field

from greenroom.domain.capability import Kind, Words
from greenroom.domain.video import written_size


def as_size(value: object) -> object:
    """People write 720p; services and settings have pixels."""
    return written_size(value) if isinstance(value, str) else value


def from_json(value: object) -> object:
    """A command line gives text. Raises ValueError where that is no JSON."""
    return json.loads(value) if isinstance(value, str) else value


FROM_JSON = BeforeValidator(from_json)
"""For fields whose value is a table."""
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
PictureSize = Annotated[
    str | None,
    Kind.RESOLUTION,
    BeforeValidator(as_size),
    Field(
        pattern=r"^[1-9][0-9]{1,4}x[1-9][0-9]{1,4}$",
        description="Width and height in pixels, 1280x720; 360p to 2160p, hd, full hd and 4k are known.",
    ),
]
