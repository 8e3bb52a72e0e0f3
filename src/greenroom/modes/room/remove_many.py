"""Remove these participants from a room, each as they were when they were listed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Request, capability
from greenroom.domain.errors import Interrupted
from greenroom.domain.nouns import Bulk, RoomDetails
from greenroom.domain.ports import Context
from greenroom.modes._bulk import Count, each
from greenroom.modes._fields import FROM_JSON, ExistingRoom
from greenroom.modes._state import room_details


class RemoveMany(Request):
    """People by identity and sid: somebody who joined anew has another sid, and is left alone."""

    room: ExistingRoom
    people: Annotated[
        dict[str, str],
        Field(min_length=1, description="Sid of each participant by their identity, as JSON."),
        FROM_JSON,
    ]


async def the_room(context: Context, request: RemoveMany) -> RoomDetails:
    """The room and who is in it. Raises not-found."""
    return await room_details(context, request.room)


def tell(request: RemoveMany, _before: RoomDetails, result: Bulk) -> str:
    """How many; and that a token outlives a removal."""
    counted = Count(list(result.done), result.skipped).told("participants", "removed")
    why = "".join(f" {name}: {reason}." for name, reason in list(result.skipped.items())[:5])
    return f"{request.room}: {counted}{why} A token that is still valid lets them back in."


@capability(
    effect="destroy",
    grant="roomAdmin",
    rules=("secure-transport", "participants-gone"),
    before=the_room,
    cannot_undo="A person can only be let in again by joining themselves.",
    tell=tell,
    examples=(),
)
async def remove_many(context: Context, request: RemoveMany) -> Bulk:
    """Each is looked at again; who left or came anew is left alone. Raises Interrupted. LiveKit: RoomService.RemoveParticipant."""

    async def remove(identity: str) -> str:
        inside = await context.rooms.list_participants(request.room)
        now = {person.identity: person.sid for person in inside}
        if identity not in now:
            return "is gone already"
        if now[identity] != request.people[identity]:
            return "joined anew meanwhile"
        await context.rooms.remove_participant(request.room, identity)
        return ""

    count = await each(context, "participants", list(request.people), remove)
    result = Bulk(done=tuple(count.done), skipped=count.skipped, remaining=tuple(count.remaining))
    if count.stopped:
        msg = f"{count.stopped}: {count.told('participants', 'removed')}"
        raise Interrupted(msg, made=result)
    return result
