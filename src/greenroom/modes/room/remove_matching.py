"""Remove everybody from a room whose name fits."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Request, Words, capability
from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.nouns import FollowUp
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes._bulk import matching
from greenroom.modes._fields import ExistingRoom
from greenroom.modes._matching import Pattern
from greenroom.modes._state import people, room_details


class RemoveMatching(Request):
    """Which people: by identity or display name."""

    room: ExistingRoom
    pattern: Pattern
    keep: Annotated[
        list[str],
        Kind.PERSON,
        Words("except", "except for", "but", "but not", "apart from", "excluding", "keep", "leave"),
        Field(description="People who may stay all the same."),
    ] = Field(default_factory=list)


def tell(_request: RemoveMatching, _before: None, result: FollowUp) -> str:
    """Who is about to be removed."""
    return f"Removing {result.about}"


@capability(
    effect="read",
    grant="roomAdmin",
    positional=("room", "pattern"),
    tell=tell,
    examples=(
        Example(
            "remove everyone whose name starts with test- from lobby",
            room="lobby",
            pattern="test-*",
        ),
        Example("kick all the bot- users out of lobby", room="lobby", pattern="bot-*"),
    ),
)
async def remove_matching(context: Context, request: RemoveMatching) -> FollowUp:
    """The people as they are now; they are shown, and removed after a yes, by a plan of their own. Raises not-found. LiveKit: RoomService.ListParticipants."""
    details = await room_details(context, request.room)
    sids = {person.identity: person.sid for person in details.participants}
    called = {one.identity: [one.identity, one.name] for one in details.participants}
    found = matching(called, request.pattern, request.keep)
    if not found:
        msg = f"Nobody named {request.pattern} is in {request.room}, so nothing was done."
        hint = f"`greenroom room list-participants {request.room}` shows who is."
        raise PreconditionFailed(msg, code="not-found", hint=hint)
    arguments = {"room": request.room, "people": {name: sids[name] for name in found}}
    call = Call(capability="room.remove_many", arguments=arguments)
    about = f"{people(len(found))} named {request.pattern} from {request.room}"
    return FollowUp(calls=(call,), about=about)
