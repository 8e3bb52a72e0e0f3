"""Change the metadata of a room."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Means, Request, Words, capability
from greenroom.domain.metadata import merged
from greenroom.domain.nouns import Room
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes._fields import ExistingRoom
from greenroom.modes._state import existing_room


class UpdateMetadata(Request):
    """LiveKit: UpdateRoomMetadataRequest."""

    room: ExistingRoom
    metadata: Annotated[
        str,
        Kind.TEXT,
        Words("metadata", "metadata to", "metadata with", "topic", "description"),
        Field(description="Text that every client of the room can read; 64,000 bytes at most."),
    ]
    merge: Annotated[
        bool,
        Means(True, "merge", "merged", "keep the rest", "keep the other keys"),
        Field(description="Change only these keys of a JSON object, null takes one out; RFC 7396."),
    ] = False


async def the_room(context: Context, request: UpdateMetadata) -> Room:
    """The room as it is before. Raises not-found."""
    return await existing_room(context, request.room)


def put_back(request: UpdateMetadata, before: Room, result: Room) -> Call | None:
    """The old text, if it was another, the room is the same and nobody changed it since."""
    if before.metadata == result.metadata:
        return None
    return Call(
        capability="room.update_metadata",
        arguments={"room": request.room, "metadata": before.metadata},
        expects={"sid": before.sid, "metadata": result.metadata},
    )


def tell(request: UpdateMetadata, before: Room, result: Room) -> str:
    """Changed, or as it was."""
    if before.metadata == result.metadata:
        return f"The metadata of {request.room} was that already; nothing was changed."
    return f"Metadata of {request.room} changed."


@capability(
    effect="write",
    grant="roomAdmin",
    positional=("room", "metadata"),
    rules=("secure-transport", "metadata-size", "room-metadata-as-asked"),
    before=the_room,
    undo=put_back,
    tell=tell,
    examples=(
        Example(
            'change room standup metadata to "daily at nine"',
            room="standup",
            metadata="daily at nine",
        ),
    ),
)
async def update_metadata(context: Context, request: UpdateMetadata) -> Room:
    """Replace the text, or merge JSON; clients inside are told. Raises not-found. LiveKit: RoomService.UpdateRoomMetadata."""
    before: Room = context.before
    text = merged(before.metadata, request.metadata) if request.merge else request.metadata
    return await context.rooms.update_room_metadata(request.room, text)
