"""Mute everybody in a room, or all but some."""

from __future__ import annotations

from pydantic import Field

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.ports import Context
from greenroom.domain.tracks import Muting, Published
from greenroom.modes._fields import ExistingRoom
from greenroom.modes._state import room_details
from greenroom.modes.track._live_fields import Keep, MutedSources, microphone
from greenroom.modes.track._muting import mute_many, take_back, tell_many
from greenroom.modes.track._tracks import of_everybody


class MuteAll(Request):
    """People only: agents, ingress and hidden participants are muted by name, with ``track.mute``."""

    room: ExistingRoom
    sources: MutedSources = Field(default_factory=microphone)
    keep: Keep = Field(default_factory=list)


async def the_tracks(context: Context, request: MuteAll) -> Published:
    """What everybody publishes, as it is before. Raises not-found."""
    details = await room_details(context, request.room)
    return of_everybody(request.room, details.participants, request.sources, request.keep)


def tell(request: MuteAll, before: Published, result: Muting) -> str:
    """How many, and who was left alone."""
    return tell_many(request.room, result, before.spared)


@capability(
    effect="write",
    grant="roomAdmin",
    positional=("room",),
    rules=("secure-transport", "kept-people-inside", "tracks-muted"),
    before=the_tracks,
    undo=take_back,
    tell=tell,
    examples=(
        Example("mute everyone except dana in room lobby", room="lobby", keep=["dana"]),
        Example("all cameras off in room stage", room="stage", sources=["camera"]),
    ),
)
async def mute_all(context: Context, request: MuteAll) -> Muting:
    """Everybody inside now; who comes later is not muted. Raises not-found, Interrupted. LiveKit: RoomService.MutePublishedTrack."""
    del request
    before: Published = context.before
    return await mute_many(context, before.tracks, muted=True)
