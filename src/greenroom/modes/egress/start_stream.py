"""Stream a room to YouTube, Twitch, Facebook or any RTMP or SRT server."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.egress import EgressInfo, EgressOutput, RoomEgresses
from greenroom.domain.ports import Context
from greenroom.modes._egresses import begun
from greenroom.modes._fields import ExistingRoom
from greenroom.modes._starting import asked_for, encoding, found, source, start, stop_again
from greenroom.modes.egress._fields import (
    FrameRate,
    KnownDestination,
    OnlyPerson,
    Platform,
    Resolution,
    RoomLayout,
    StreamKey,
    StreamUrl,
)
from greenroom.modes.egress._places import PLACES, one_place, url_of


class StartStream(Request):
    """LiveKit: StreamOutput of a RoomCompositeEgressRequest or ParticipantEgressRequest."""

    one_of = PLACES

    room: ExistingRoom
    url: StreamUrl = ""
    platform: Platform = ""
    key: StreamKey = ""
    destination: KnownDestination = ""
    layout: RoomLayout = None
    resolution: Resolution = None
    frame_rate: FrameRate = 0
    identity: OnlyPerson = ""

    @model_validator(mode="after")
    def somewhere(self) -> Self:
        """Exactly one place."""
        one_place(self)
        return self


async def before(context: Context, request: StartStream) -> RoomEgresses:
    """The room, what is made of it, and where the stream is to go. Raises not-found, egress-missing, invalid-argument, secret-unresolved."""
    url = await url_of(context.settings, request)
    return await found(context, request.room, request.identity, url)


def tell(_request: StartStream, _before: RoomEgresses, result: EgressInfo) -> str:
    """What streams, where to, and its id."""
    places = " and ".join(r.location for r in result.results if r.kind == "stream")
    return begun(f"{result.whom} is streamed to {places} ({result.egress_id}).", result)


@capability(
    effect="write",
    grant="roomRecord",
    positional=("room",),
    rules=(
        "secure-transport",
        "egress-enabled",
        "stream-url-fits",
        "stream-already",
        "stream-active",
    ),
    before=before,
    undo=stop_again,
    tell=tell,
    examples=(
        Example(
            'Set up RTMP streaming from room "webinar-main" to YouTube with stream key "xxxx-yyyy-zzzz"',
            room="webinar-main",
            platform="youtube",
            key="xxxx-yyyy-zzzz",
        ),
        Example(
            "stream lobby to rtmp://live.example.com/app/abc",
            room="lobby",
            url="rtmp://live.example.com/app/abc",
        ),
    ),
)
async def start_stream(context: Context, request: StartStream) -> EgressInfo:
    """Begin, and wait until the stream arrives. Raises not-as-asked with the service's reason where it does not. LiveKit: StartRoomCompositeEgress, StartParticipantEgress."""
    before: RoomEgresses = context.before
    asked = asked_for(
        context,
        "egress",
        request.room,
        source(layout=request.layout, identity=request.identity),
        EgressOutput(kind="stream", urls=(before.url,)),
        encoding=encoding(request.resolution, request.frame_rate),
    )
    return await start(context, asked)
