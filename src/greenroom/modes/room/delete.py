"""Delete a room and disconnect everybody in it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from greenroom.domain.capability import Example, Means, Request, capability
from greenroom.domain.nouns import Removed, RoomDetails
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.domain.rights import policy_key
from greenroom.modes import _settings
from greenroom.modes._fields import ExistingRoom
from greenroom.modes._state import people, room_details


class DeleteRoom(Request):
    """LiveKit: DeleteRoomRequest."""

    room: ExistingRoom
    forget_policy: Annotated[
        bool,
        Means(
            True,
            "forget its policy",
            "with its policy",
            "and its policy",
            "its policy too",
            "policy as well",
        ),
        Field(description="Also forget what the configuration keeps for a room of this name."),
    ] = False


async def the_room(context: Context, request: DeleteRoom) -> RoomDetails:
    """The room as it is before. Raises not-found."""
    return await room_details(context, request.room)


def create_again(request: DeleteRoom, before: RoomDetails, _result: Removed) -> Call:
    """The room with its old settings. People have to join again."""
    room = before.room
    arguments = {
        "name": request.room,
        "max_participants": room.max_participants,
        "empty_timeout": room.empty_timeout,
        "departure_timeout": room.departure_timeout,
        "metadata": room.metadata,
    }
    return Call(capability="room.create", arguments=arguments, expects={"sid": None})


def tell(request: DeleteRoom, _before: RoomDetails, result: Removed) -> str:
    """Gone, and how many were disconnected."""
    count = result.num_participants
    forgotten = " Its policy is forgotten." if request.forget_policy else ""
    gone = f"; {people(count)} disconnected" if count else ""
    return f"Room {request.room} deleted{gone}.{forgotten}"


@capability(
    effect="destroy",
    grant="roomCreate",
    positional=("room",),
    rules=("secure-transport", "people-inside", "room-gone"),
    before=the_room,
    undo=create_again,
    tell=tell,
    examples=(Example("delete room standup", room="standup"),),
)
async def delete(context: Context, request: DeleteRoom) -> Removed:
    """Close the room for everybody. LiveKit: RoomService.DeleteRoom."""
    await context.rooms.delete_room(request.room)
    policy: Any = context.settings.chosen(policy_key(request.room)) if request.forget_policy else {}
    gone = {policy_key(request.room, name): None for name in policy or {}}
    if gone:
        await _settings.write(context, gone)
    return Removed(room=request.room, num_participants=len(context.before.participants))
