"""Unmute what one participant publishes."""

from __future__ import annotations

from greenroom.domain.capability import Example, capability
from greenroom.domain.ports import Context
from greenroom.domain.tracks import Muting, Published
from greenroom.modes.track._muting import mute_these, take_back, tell_person
from greenroom.modes.track._requests import OfOne, tracks_of_one


class Unmute(OfOne):
    """What the person publishes; their microphone where nothing else is said."""


def tell(request: Unmute, _before: Published, result: Muting) -> str:
    """What is heard or seen again."""
    return tell_person(request.identity, request.room, result)


@capability(
    effect="write",
    grant="roomAdmin",
    positional=("room", "identity"),
    rules=("secure-transport", "remote-unmute", "tracks-muted"),
    before=tracks_of_one,
    undo=take_back,
    tell=tell,
    examples=(
        Example("unmute dana in room lobby", room="lobby", identity="dana"),
        Example(
            "unmute bob's camera in room standup",
            room="standup",
            identity="bob",
            sources=["camera"],
        ),
    ),
)
async def unmute(context: Context, request: Unmute) -> Muting:
    """Only where the server lets others unmute. Raises not-found, remote-unmute-off. LiveKit: RoomService.MutePublishedTrack."""
    del request
    before: Published = context.before
    return await mute_these(context, before.tracks, muted=False)
