"""List who is in a room."""

from __future__ import annotations

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.nouns import ParticipantList
from greenroom.domain.ports import Context
from greenroom.modes._fields import ExistingRoom
from greenroom.modes._state import people, room_details


class ListParticipants(Request):
    """LiveKit: ListParticipantsRequest."""

    room: ExistingRoom


def tell(request: ListParticipants, _before: None, result: ParticipantList) -> str:
    """Who, by identity."""
    if not result.participants:
        return f"Nobody is in {request.room}."
    names = ", ".join(participant.identity for participant in result.participants)
    return f"{people(len(result.participants))} in {request.room}: {names}."


@capability(
    effect="read",
    grant="roomAdmin",
    positional=("room",),
    tell=tell,
    examples=(Example("who is in room standup?", room="standup"),),
)
async def list_participants(context: Context, request: ListParticipants) -> ParticipantList:
    """Everybody in the room. Raises not-found. LiveKit: RoomService.ListParticipants."""
    details = await room_details(context, request.room)
    return ParticipantList(room=request.room, participants=details.participants)
