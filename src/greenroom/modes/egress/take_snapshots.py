"""Take a picture of a room, or of one person, again and again."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Request, Words, capability
from greenroom.domain.egress import EgressInfo, EgressOutput, RoomEgresses
from greenroom.domain.ports import Context
from greenroom.modes._fields import ExistingRoom
from greenroom.modes._starting import (
    FILE_NAME,
    asked_for,
    found,
    source,
    start,
    stop_again,
    told,
)
from greenroom.modes.egress._fields import FilePath, OnlyPerson


class TakeSnapshots(Request):
    """LiveKit: ImageOutput of a RoomCompositeEgressRequest or ParticipantEgressRequest."""

    room: ExistingRoom
    interval: Annotated[
        int,
        Kind.DURATION,
        Words("every", "each", "interval", "once every", "all"),
        Field(ge=1, le=3600, description="Seconds from one picture to the next."),
    ] = 10
    identity: OnlyPerson = ""
    path: FilePath = ""


async def before(context: Context, request: TakeSnapshots) -> RoomEgresses:
    """The room, the person, and what is made of it. Raises not-found, egress-missing."""
    return await found(context, request.room, request.identity)


def tell(request: TakeSnapshots, _before: RoomEgresses, result: EgressInfo) -> str:
    """What is taken, how often, under which name."""
    return told(f"A picture every {request.interval} s", result)


@capability(
    effect="write",
    grant="roomRecord",
    positional=("room",),
    rules=("secure-transport", "egress-enabled", "export-storage-named", "egress-runs"),
    before=before,
    undo=stop_again,
    tell=tell,
    examples=(Example("take a picture of stage every 5 seconds", room="stage", interval=5),),
)
async def take_snapshots(context: Context, request: TakeSnapshots) -> EgressInfo:
    """Begin, and wait until it runs; pictures are JPEG, numbered. LiveKit: StartRoomCompositeEgress with image_outputs."""
    output = EgressOutput(kind="images", path=request.path or FILE_NAME, interval=request.interval)
    there = source(identity=request.identity)
    return await start(context, asked_for(context, "egress", request.room, there, output))
