"""Move a participant into another room, where the server can."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Request, Words, capability
from greenroom.domain.nouns import Moved, Participant
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes._fields import PersonInside
from greenroom.modes._state import existing_participant, existing_room


class MoveParticipant(Request):
    """LiveKit: MoveParticipantRequest."""

    room: Annotated[
        str,
        Kind.ROOM,
        Words("from", "out of", "in", "from room"),
        Field(min_length=1, max_length=256, description="Room that they are in."),
    ]
    identity: PersonInside
    destination: Annotated[
        str,
        Kind.ROOM,
        Words("to", "into", "over to", "to room", "into room", "across to"),
        Field(min_length=1, max_length=256, description="Room that they are to be in."),
    ]


async def the_participant(context: Context, request: MoveParticipant) -> Participant:
    """The participant as they are before; both rooms exist. Raises not-found."""
    found = await existing_participant(context, request.room, request.identity)
    await existing_room(context, request.destination)
    return found


def move_back(request: MoveParticipant, _before: Participant, _result: Moved) -> Call:
    """The same the other way round."""
    arguments = {
        "room": request.destination,
        "identity": request.identity,
        "destination": request.room,
    }
    return Call(capability="room.move_participant", arguments=arguments)


def tell(request: MoveParticipant, _before: Participant, _result: Moved) -> str:
    """Who is where now."""
    return f"{request.identity} moved from {request.room} to {request.destination}."


@capability(
    effect="write",
    grant="roomAdmin",
    positional=("room", "identity", "destination"),
    rules=("secure-transport", "can-move-participants", "participant-moved"),
    before=the_participant,
    undo=move_back,
    tell=tell,
    examples=(
        Example(
            "move dana from room standup to room lobby",
            room="standup",
            identity="dana",
            destination="lobby",
        ),
    ),
)
async def move_participant(context: Context, request: MoveParticipant) -> Moved:
    """Their client gets a new token and stays connected. Raises not-found. LiveKit: RoomService.MoveParticipant, on LiveKit Cloud only."""
    await context.rooms.move_participant(request.room, request.identity, request.destination)
    return Moved(identity=request.identity, room=request.room, destination=request.destination)
