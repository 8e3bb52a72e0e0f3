"""Delete every room of a kind: by name, or those that are empty."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Means, Request, Words, capability
from greenroom.domain.errors import InvalidRequest, PreconditionFailed
from greenroom.domain.nouns import FollowUp, Room
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes._bulk import matching
from greenroom.modes._matching import Pattern


class DeleteMatching(Request):
    """Which rooms. All that is said must be true of a room."""

    pattern: Pattern = ""
    empty: Annotated[
        bool,
        Means(
            True,
            "empty",
            "that are empty",
            "nobody is in",
            "nobody in",
            "no one is in",
            "no one in",
            "without anybody",
            "without people",
            "without participants",
            "unused",
            "idle",
            "abandoned",
            "deserted",
            "vacant",
        ),
        Field(description="Only rooms that nobody is in."),
    ] = False
    empty_for: Annotated[
        int | None,
        Kind.DURATION,
        Words(
            "empty for",
            "been empty for",
            "been empty",
            "empty since",
            "empty longer than",
            "idle for",
            "unused for",
            "nobody in it for",
            "nobody in them for",
            "abandoned for",
            "stood empty for",
        ),
        Field(
            ge=1,
            description="Only empty rooms at least this many seconds old: LiveKit does not say since when a room is empty.",
        ),
    ] = None
    keep: Annotated[
        list[str],
        Kind.ROOM,
        Words("except", "except for", "but", "but not", "apart from", "excluding", "keep", "leave"),
        Field(description="Rooms that are left alone all the same."),
    ] = Field(default_factory=list)


def meant(request: DeleteMatching, rooms: tuple[Room, ...], now: float) -> list[Room]:
    """Rooms that everything said is true of, as far as the list of rooms knows."""
    names = matching(
        {room.name: [room.name] for room in rooms}, request.pattern or "*", request.keep
    )
    empty = request.empty or request.empty_for is not None
    oldest = now - (request.empty_for or 0)
    return [
        room
        for room in rooms
        if room.name in set(names)
        and not (empty and room.num_participants)
        and room.creation_time <= oldest
    ]


def described(request: DeleteMatching) -> str:
    """``rooms named test-* that are empty``."""
    named = f" named {request.pattern}" if request.pattern else ""
    empty = " that are empty" if request.empty or request.empty_for else ""
    old = f" and at least {request.empty_for} s old" if request.empty_for else ""
    return f"rooms{named}{empty}{old}"


def tell(_request: DeleteMatching, _before: None, result: FollowUp) -> str:
    """What is about to be deleted."""
    return f"Deleting {result.about}"


@capability(
    effect="read",
    grant="roomList",
    positional=("pattern",),
    tell=tell,
    examples=(
        Example("delete all the test- rooms", pattern="test-*"),
        Example("close every room that has been empty for an hour", empty=True, empty_for=3600),
        Example('delete every room whose name starts with "demo"', pattern="demo*"),
    ),
)
async def delete_matching(context: Context, request: DeleteMatching) -> FollowUp:
    """The rooms as they are now; they are shown, and deleted after a yes, by a plan of their own. Raises invalid-argument, not-found. LiveKit: RoomService.ListRooms."""
    if not (request.pattern or request.empty or request.empty_for):
        msg = "Which rooms? All of them are not meant by saying nothing."
        hint = "Say a part of their names, as in test-*, or that they are empty."
        raise InvalidRequest(msg, hint=hint)
    rooms = await context.rooms.list_rooms()
    found = meant(request, rooms, context.clock.now())
    if not found:
        msg = f"There are no {described(request)}, so nothing was done."
        raise PreconditionFailed(
            msg, code="not-found", hint="`greenroom room list` shows the rooms there are."
        )
    arguments: dict[str, object] = {"rooms": {room.name: room.sid for room in found}}
    if occupied := [room.name for room in found if room.num_participants]:
        arguments["occupied"] = occupied
    if request.empty_for is not None:
        arguments["empty_for"] = request.empty_for
    call = Call(capability="room.delete_many", arguments=arguments)
    return FollowUp(calls=(call,), about=f"{len(found)} {described(request)}")
