"""Unmute everybody in a room, or all but some."""

from __future__ import annotations

from greenroom.domain.capability import Example, capability
from greenroom.domain.ports import Context
from greenroom.domain.tracks import Muting, Published
from greenroom.modes.track._muting import mute_many, take_back, tell_many
from greenroom.modes.track._requests import OfEverybody, tracks_of_everybody


class UnmuteAll(OfEverybody):
    """Everybody's microphones where nothing else is said."""


def tell(request: UnmuteAll, before: Published, result: Muting) -> str:
    """How many, and who was left alone."""
    return tell_many(request.room, result, before.spared)


@capability(
    effect="write",
    grant="roomAdmin",
    positional=("room",),
    rules=("secure-transport", "kept-people-inside", "remote-unmute", "tracks-muted"),
    before=tracks_of_everybody,
    undo=take_back,
    tell=tell,
    examples=(
        Example("everybody in room lobby may be heard again, unmute all", room="lobby"),
        Example("unmute everyone except bob in room lobby", room="lobby", keep=["bob"]),
    ),
)
async def unmute_all(context: Context, request: UnmuteAll) -> Muting:
    """Those too who muted themselves. Raises not-found, remote-unmute-off, Interrupted. LiveKit: RoomService.MutePublishedTrack."""
    del request
    before: Published = context.before
    return await mute_many(context, before.tracks, muted=False)
