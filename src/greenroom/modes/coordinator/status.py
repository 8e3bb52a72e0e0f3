"""Show rooms and people at a glance."""

from __future__ import annotations

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.nouns import ServerStatus
from greenroom.domain.ports import Context
from greenroom.modes._state import people


class Status(Request):
    """Nothing to say."""


def tell(_request: Status, _before: None, result: ServerStatus) -> str:
    """One line."""
    rooms = "1 room" if result.num_rooms == 1 else f"{result.num_rooms} rooms"
    return f"{result.url}: {rooms}, {people(result.num_participants)}, {result.num_publishers} publishing."


@capability(
    effect="read",
    grant="roomList",
    tell=tell,
    examples=(Example("status"), Example("give me an overview of what is going on")),
)
async def status(context: Context, request: Status) -> ServerStatus:
    """Counts over all rooms; LiveKit's head counts lag by some seconds. LiveKit: RoomService.ListRooms."""
    del request
    rooms = await context.rooms.list_rooms()
    return ServerStatus(
        url=context.target.url,
        num_rooms=len(rooms),
        num_participants=sum(room.num_participants for room in rooms),
        num_publishers=sum(room.num_publishers for room in rooms),
        rooms=rooms,
    )
