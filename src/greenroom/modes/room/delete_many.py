"""Delete these rooms, each as it was when they were listed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Request, capability
from greenroom.domain.errors import Interrupted
from greenroom.domain.nouns import Room, RoomList, RoomsDeleted
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.domain.rights import is_person
from greenroom.modes._bulk import Count, each
from greenroom.modes._fields import FROM_JSON
from greenroom.modes._state import people


class DeleteMany(Request):
    """Rooms by name and sid: a room that was made anew under an old name is another room."""

    rooms: Annotated[
        dict[str, str],
        Field(min_length=1, description="Sid of each room by its name, as JSON."),
        FROM_JSON,
    ]
    occupied: Annotated[
        list[str],
        Field(description="Rooms that may have people in them; all others must be empty."),
    ] = Field(default_factory=list)
    empty_for: Annotated[
        int | None,
        Field(description="Seconds that they were said to be empty; told, and not known."),
    ] = None


async def the_rooms(context: Context, request: DeleteMany) -> RoomList:
    """Those that are still there and the same."""
    found = await context.rooms.list_rooms(list(request.rooms))
    return RoomList(rooms=tuple(room for room in found if room.sid == request.rooms[room.name]))


def create_again(_request: DeleteMany, _before: RoomList, result: RoomsDeleted) -> Call | None:
    """The rooms with their old settings. People have to join again."""
    kept = ("max_participants", "empty_timeout", "departure_timeout", "metadata")
    rooms = {
        room.name: {name: value for name, value in asdict(room).items() if name in kept and value}
        for room in result.rooms
    }
    if not rooms:
        return None
    arguments = {"name": next(iter(rooms)), "rooms": rooms}
    return Call(capability="room.create_many", arguments=arguments)


def tell(_request: DeleteMany, _before: RoomList, result: RoomsDeleted) -> str:
    """How many, and which were left alone and why."""
    return f"{Count(list(result.done), result.skipped).told('rooms', 'deleted')}{reasons(result.skipped)}"


def reasons(skipped: dict[str, str]) -> str:
    """Why some were left alone, a few of them."""
    few = 5
    said = [f" {name}: {why}." for name, why in list(skipped.items())[:few]]
    return "".join(said)


@capability(
    effect="destroy",
    grant="roomCreate",
    rules=("secure-transport", "rooms-occupied", "rooms-empty-since", "rooms-gone"),
    before=the_rooms,
    undo=create_again,
    tell=tell,
    examples=(),
)
async def delete_many(context: Context, request: DeleteMany) -> RoomsDeleted:
    """Each room is looked at again: another one of its name, and one that filled up, are left alone. Raises Interrupted. LiveKit: RoomService.DeleteRoom."""
    rooms: dict[str, Room] = {}

    async def delete(name: str) -> str:
        found = await context.rooms.list_rooms([name])
        if not found:
            return "it is gone already"
        if found[0].sid != request.rooms[name]:
            return "it is another room by now"
        if name not in request.occupied:
            inside = await context.rooms.list_participants(name)
            inside = tuple(person for person in inside if is_person(person))
            if inside:
                return f"{people(len(inside))} joined meanwhile"
        await context.rooms.delete_room(name)
        rooms[name] = found[0]
        return ""

    count = await each(context, "rooms", list(request.rooms), delete)
    result = RoomsDeleted(
        done=tuple(count.done),
        skipped=count.skipped,
        remaining=tuple(count.remaining),
        rooms=tuple(rooms[name] for name in count.done),
    )
    if count.stopped:
        msg = f"{count.stopped}: {count.told('rooms', 'deleted')}"
        hint = f"The first that was not come to is {count.remaining[0]}." if count.remaining else ""
        raise Interrupted(msg, made=result, hint=hint)
    return result
