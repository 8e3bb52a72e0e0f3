"""Show one room: its settings and who is in it."""

from __future__ import annotations

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.nouns import RoomDetails
from greenroom.domain.ports import Context
from greenroom.modes._fields import ExistingRoom
from greenroom.modes._state import people, room_details


class ShowRoom(Request):
    """A room by name."""

    room: ExistingRoom


def tell(request: ShowRoom, _before: None, result: RoomDetails) -> str:
    """Size, limit and names."""
    limit = f" of {result.room.max_participants}" if result.room.max_participants else ""
    inside = ", ".join(participant.identity for participant in result.participants)
    counted = people(len(result.participants))
    return f"Room {request.room}: {counted}{limit}{': ' + inside if inside else ''}."


@capability(
    effect="read",
    grant="roomList",
    positional=("room",),
    tell=tell,
    examples=(Example("show me room standup", room="standup"),),
)
async def show(context: Context, request: ShowRoom) -> RoomDetails:
    """The room and its participants. Raises not-found. LiveKit: ListRooms, ListParticipants."""
    return await room_details(context, request.room)
