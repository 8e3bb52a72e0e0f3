"""List the rooms of the server."""

from __future__ import annotations

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.nouns import RoomList
from greenroom.domain.ports import Context


class ListRooms(Request):
    """LiveKit: ListRoomsRequest, without names."""


def tell(_request: ListRooms, _before: None, result: RoomList) -> str:
    """How many, and their names while they are few."""
    names = [room.name for room in result.rooms]
    if not names:
        return "There are no rooms."
    few = 8
    shown = ", ".join(names[:few]) + (f" and {len(names) - few} more" if len(names) > few else "")
    return f"{len(names)} room{'s' if len(names) > 1 else ''}: {shown}."


@capability(
    effect="read",
    grant="roomList",
    tell=tell,
    examples=(Example("list all rooms"), Example("which rooms are open?")),
)
async def list_rooms(context: Context, request: ListRooms) -> RoomList:
    """All rooms, by name. LiveKit: RoomService.ListRooms."""
    del request
    return RoomList(rooms=await context.rooms.list_rooms())
