"""How rooms are looked up before something is done to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.nouns import Participant, Room, RoomDetails
from greenroom.domain.ports import Context


def people(count: int) -> str:
    """``1 person``, ``3 people``."""
    return "1 person" if count == 1 else f"{count} people"


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """A hint with the nearest known name, else the other sentence."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"Did you mean {near[0]}?" if near else otherwise


async def existing_room(context: Context, name: str) -> Room:
    """The room, read from the server. Raises PreconditionFailed (not-found) with the nearest name."""
    found = await context.rooms.list_rooms([name])
    if found:
        return found[0]
    known = [room.name for room in await context.rooms.list_rooms()]
    hint = did_you_mean(name, known, "`greenroom room list` shows the rooms there are.")
    msg = f"There is no room {name}."
    raise PreconditionFailed(msg, code="not-found", hint=hint)


async def room_details(context: Context, name: str) -> RoomDetails:
    """The room and who is in it. LiveKit's own head count lags by seconds, so people are listed."""
    room = await existing_room(context, name)
    return RoomDetails(room=room, participants=await context.rooms.list_participants(name))


async def existing_participant(context: Context, room: str, identity: str) -> Participant:
    """One participant of an existing room. Raises PreconditionFailed (not-found) with the nearest name."""
    details = await room_details(context, room)
    for participant in details.participants:
        if participant.identity == identity:
            return participant
    raise not_inside(identity, room, [person.identity for person in details.participants])


def not_inside(identity: str, room: str, known: Sequence[str]) -> PreconditionFailed:
    """Somebody is not there (not-found); with the nearest name."""
    inside = f"In {room}: {', '.join(known)}." if known else f"Nobody is in {room}."
    msg = f"{identity} is not in {room}."
    return PreconditionFailed(msg, code="not-found", hint=did_you_mean(identity, known, inside))
