"""Create a room."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from pydantic import Field

from greenroom.domain.capability import (
    Example,
    Kind,
    Means,
    Request,
    Setting,
    Words,
    capability,
)
from greenroom.domain.errors import GreenroomError
from greenroom.domain.nouns import CreatedRoom, Room
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.domain.rights import policy_key
from greenroom.modes import _settings
from greenroom.modes._starting import recording_by_settings
from greenroom.modes._state import people
from greenroom.modes.room._fields import RoomScreenSharing

NOTHING_RECORDS = "Nothing will be recorded: this server has no egress service."


class CreateRoom(Request):
    """LiveKit: CreateRoomRequest."""

    name: Annotated[
        str,
        Kind.ROOM_TO_BE,
        Words("called", "named", "name", "room"),
        Field(min_length=1, max_length=256, description="Name that people join by."),
    ]
    max_participants: Annotated[
        int,
        Kind.COUNT,
        Words(
            "limit",
            "cap",
            "max",
            "maximum",
            "capacity",
            "up to",
            "at most",
            "no more than",
            "people",
            "participants",
            "persons",
            "seats",
            "users",
            "pupils",
            "students",
            "guests",
            "attendees",
            "members",
        ),
        Setting("room.defaultSettings.maxParticipants"),
        Field(ge=0, le=4_294_967_295, description="Most people allowed in at once; 0: no limit."),
    ] = 0
    empty_timeout: Annotated[
        int | None,
        Kind.DURATION,
        Words(
            "empty",
            "when empty",
            "closes when empty after",
            "empty timeout",
            "nobody joins",
            "no one joins",
            "if empty",
            "stays empty",
            "unused",
            "nobody inside",
            "nobody is in it",
            "nobody has joined",
            "no one is in it",
            "no one has joined",
            "nobody comes",
            "nobody is there",
        ),
        Setting("room.defaultSettings.emptyTimeout"),
        Field(
            ge=0,
            le=4_294_967_295,
            description="Seconds it stays open before anybody joins; the server's default is 300.",
        ),
    ] = None
    departure_timeout: Annotated[
        int | None,
        Kind.DURATION,
        Words(
            "departure",
            "departure timeout",
            "after the last one leaves",
            "last person leaves",
            "everyone leaves",
            "everybody leaves",
            "everyone has left",
            "last participant leaves",
            "all leave",
            "everybody left",
            "everyone left",
            "last left",
            "last one",
            "last person",
            "last participant",
            "everybody is gone",
            "everyone is gone",
            "all are gone",
            "after last leaves",
        ),
        Setting("room.defaultSettings.departureTimeout"),
        Field(
            ge=0,
            le=4_294_967_295,
            description="Seconds it stays open after the last one leaves; the server's default is 20.",
        ),
    ] = None
    metadata: Annotated[
        str,
        Kind.TEXT,
        Words("metadata", "with metadata", "description"),
        Field(description="Text that every client of the room can read; 64,000 bytes at most."),
    ] = ""
    screen_sharing: RoomScreenSharing = None
    recording: Annotated[
        bool,
        Means(
            True,
            "recording",
            "enabled recording",
            "recording enabled",
            "with recording",
            "recording on",
            "recorded",
            "auto record",
            "record it",
            "be recorded",
        ),
        Means(False, "no recording", "without recording", "recording off", "disabled recording"),
        Field(
            description="Record it from the first participant on; needs a server with egress, and says so without."
        ),
    ] = False


async def room_of_that_name(context: Context, request: CreateRoom) -> Room | None:
    """The room, if there is one already."""
    found = await context.rooms.list_rooms([request.name])
    return found[0] if found else None


def delete_if_created(request: CreateRoom, before: Room | None, result: CreatedRoom) -> Call | None:
    """Take the room and its policy away again, if this call made it, nobody is in it and nobody changed it since."""
    if before is not None:
        return None
    kept = ("sid", "max_participants", "empty_timeout", "departure_timeout", "metadata")
    expects = {f"room.{field}": getattr(result, field) for field in kept}
    return Call(
        capability="room.delete",
        arguments={"room": request.name, **({"forget_policy": True} if result.policy else {})},
        expects={**expects, "participants": []},
    )


def tell(request: CreateRoom, before: Room | None, result: CreatedRoom) -> str:
    """Created, or there already; what its policy says, and whether anything records it."""
    if before is not None:
        return f"Room {request.name} exists already; nothing was changed."
    limit = f" for {people(result.max_participants)}" if result.max_participants else ""
    said = [f"Room {request.name} created{limit}."]
    if request.screen_sharing is not None:
        word = "anybody" if request.screen_sharing else "nobody"
        said.append(f"Its policy, for tokens from now on: {word} may share a screen.")
    if request.recording:
        said.append(_recording_told(result))
    return " ".join(said)


def _recording_told(result: CreatedRoom) -> str:
    if result.recording:
        return "It is recorded once somebody is in it."
    if result.not_recorded:
        return f"It is not recorded: {result.not_recorded}"
    return NOTHING_RECORDS


@capability(
    effect="write",
    grant="roomCreate",
    positional=("name",),
    rules=(
        "secure-transport",
        "room-name-safe",
        "metadata-size",
        "room-exists-already",
        "room-name-draining",
        "something-records",
        "recording-allowed",
        "room-policy-agrees",
        "room-as-asked",
        "room-policy-kept",
    ),
    before=room_of_that_name,
    undo=delete_if_created,
    tell=tell,
    examples=(
        Example("Create a room called standup for 10 people", name="standup", max_participants=10),
        Example(
            'Create a new room called "team-meeting" with 10 participant limit',
            name="team-meeting",
            max_participants=10,
        ),
        Example(
            "set up a room named lobby that closes when empty after 10 minutes",
            name="lobby",
            empty_timeout=600,
        ),
        Example(
            'Create a new room named "investor-presentation" with max capacity of 100, enabled recording, '
            "and disabled screen sharing for participants",
            name="investor-presentation",
            max_participants=100,
            recording=True,
            screen_sharing=False,
        ),
    ),
)
async def create(context: Context, request: CreateRoom) -> CreatedRoom:
    """Create a room, and keep its policy; one that exists already stays as it is. LiveKit: RoomService.CreateRoom."""
    if context.before is not None:
        return CreatedRoom(**asdict(context.before))
    # A server without egress takes 10 s over a room to be recorded, says yes and records nothing.
    records = request.recording and await context.egress.connected()
    service = await context.egress.service() if records else ""
    room = await context.rooms.create_room(
        request.name,
        max_participants=request.max_participants,
        empty_timeout=request.empty_timeout,
        departure_timeout=request.departure_timeout,
        metadata=request.metadata,
        record=service == "livekit",
    )
    not_recorded = await _not_recorded(context, request.name, service) if service else ""
    policy: dict[str, Any] = {}
    key = policy_key(request.name, "screenSharing")
    if request.screen_sharing is not None and context.settings.chosen(key) is None:
        policy = {"screenSharing": request.screen_sharing}
        await _settings.write(context, {key: request.screen_sharing})
    recording = records and not not_recorded
    return CreatedRoom(
        **asdict(room), policy=policy, recording=recording, not_recorded=not_recorded
    )


async def _not_recorded(context: Context, room: str, service: str) -> str:
    """Why nothing will record it, "" where something does. The room is there either way.

    Greenroom's recorder is asked to begin with the first participant; LiveKit's own was with the room, and the sandbox's
    stands for it.
    """
    try:
        if service == "greenroom":
            await context.egress.await_room(recording_by_settings(context, room))
            return ""
        begun = await context.egress.list_egress(room, active=True)
    except GreenroomError as error:
        return error.message if service == "greenroom" else ""
    return "the sandbox records no media." if any(one.is_simulated for one in begun) else ""
