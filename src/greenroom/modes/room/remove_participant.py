"""Remove one participant from a room."""

from __future__ import annotations

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.nouns import Participant, Removed
from greenroom.domain.ports import Context
from greenroom.modes._fields import ExistingRoom, PersonInside
from greenroom.modes._state import existing_participant


class RemoveParticipant(Request):
    """LiveKit: RoomParticipantIdentity."""

    room: ExistingRoom
    identity: PersonInside


async def the_participant(context: Context, request: RemoveParticipant) -> Participant:
    """The participant as they are before. Raises not-found."""
    return await existing_participant(context, request.room, request.identity)


def tell(request: RemoveParticipant, _before: Participant, _result: Removed) -> str:
    """Gone; and that a token outlives a removal."""
    return (
        f"{request.identity} was removed from {request.room}. "
        "A token that is still valid lets them back in."
    )


@capability(
    effect="destroy",
    grant="roomAdmin",
    positional=("room", "identity"),
    rules=("secure-transport", "participant-gone"),
    before=the_participant,
    cannot_undo="A person can only be let in again by joining themselves.",
    tell=tell,
    examples=(
        Example("remove mallory from room lobby", room="lobby", identity="mallory"),
        Example("kick mallory out of room lobby", room="lobby", identity="mallory"),
    ),
)
async def remove_participant(context: Context, request: RemoveParticipant) -> Removed:
    """Disconnect them. Raises not-found. LiveKit: RoomService.RemoveParticipant."""
    await context.rooms.remove_participant(request.room, request.identity)
    return Removed(room=request.room, identity=request.identity, num_participants=1)
