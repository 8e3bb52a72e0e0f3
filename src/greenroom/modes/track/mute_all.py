"""Mute everybody in a room, or all but some."""

from __future__ import annotations

from greenroom.domain.capability import Example, capability
from greenroom.domain.ports import Context
from greenroom.domain.tracks import Muting, Published
from greenroom.modes.track._muting import mute_many, take_back, tell_many
from greenroom.modes.track._requests import OfEverybody, tracks_of_everybody


class MuteAll(OfEverybody):
    """Everybody's microphones where nothing else is said."""


def tell(request: MuteAll, before: Published, result: Muting) -> str:
    """How many, and who was left alone."""
    return tell_many(request.room, result, before.spared)


@capability(
    effect="write",
    grant="roomAdmin",
    positional=("room",),
    rules=("secure-transport", "kept-people-inside", "tracks-muted"),
    before=tracks_of_everybody,
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
