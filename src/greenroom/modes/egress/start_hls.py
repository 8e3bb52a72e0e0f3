"""Publish a room as HLS: segments and a playlist that players follow."""

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
    encoding,
    found,
    source,
    start,
    stop_again,
    told,
)
from greenroom.modes.egress._fields import FilePath, Resolution, RoomLayout


class StartHls(Request):
    """LiveKit: SegmentedFileOutput of a RoomCompositeEgressRequest."""

    room: ExistingRoom
    path: FilePath = ""
    layout: RoomLayout = None
    resolution: Resolution = None
    segment_duration: Annotated[
        int | None,
        Kind.DURATION,
        Words("segments of", "segment length", "segment duration", "segments", "long segments"),
        Field(ge=1, le=60, description="Seconds of a segment; None: the service's choice."),
    ] = None


async def before(context: Context, request: StartHls) -> RoomEgresses:
    """The room, and what is made of it. Raises not-found, egress-missing."""
    return await found(context, request.room)


def tell(_request: StartHls, _before: RoomEgresses, result: EgressInfo) -> str:
    """What is published, into which playlist."""
    return told("HLS", result)


@capability(
    effect="write",
    grant="roomRecord",
    positional=("room",),
    rules=("secure-transport", "egress-enabled", "export-storage-named", "egress-runs"),
    before=before,
    undo=stop_again,
    tell=tell,
    examples=(
        Example(
            "publish lobby as HLS with segments of 4 seconds", room="lobby", segment_duration=4
        ),
    ),
)
async def start_hls(context: Context, request: StartHls) -> EgressInfo:
    """Begin, and wait until it runs; what was written stays when it ends. LiveKit: StartRoomCompositeEgress."""
    output = EgressOutput(
        kind="segments", path=request.path or FILE_NAME, interval=request.segment_duration or 0
    )
    asked = asked_for(
        context,
        "egress",
        request.room,
        source(layout=request.layout),
        output,
        encoding=encoding(request.resolution),
    )
    return await start(context, asked)
