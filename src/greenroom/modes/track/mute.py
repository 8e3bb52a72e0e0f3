"""Mute what one participant publishes."""

from __future__ import annotations

from greenroom.domain.capability import Example, capability
from greenroom.domain.ports import Context
from greenroom.domain.tracks import Muting, Published
from greenroom.modes.track._muting import mute_these, take_back, tell_person
from greenroom.modes.track._requests import OfOne, tracks_of_one


class Mute(OfOne):
    """What the person publishes; their microphone where nothing else is said."""


def tell(request: Mute, _before: Published, result: Muting) -> str:
    """What is muted now."""
    return tell_person(request.identity, request.room, result)


@capability(
    effect="write",
    grant="roomAdmin",
    positional=("room", "identity"),
    rules=("secure-transport", "tracks-muted"),
    before=tracks_of_one,
    undo=take_back,
    tell=tell,
    examples=(
        Example("mute dana in room lobby", room="lobby", identity="dana"),
        Example(
            "turn off bob's camera in room standup",
            room="standup",
            identity="bob",
            sources=["camera"],
        ),
        Example(
            "mute the second camera of bob in room standup",
            room="standup",
            identity="bob",
            sources=["camera"],
            number=2,
        ),
        Example(
            "stop ana's screen share in room stage",
            room="stage",
            identity="ana",
            sources=["screen_share"],
        ),
    ),
)
async def mute(context: Context, request: Mute) -> Muting:
    """Others hear or see it no more, until the person unmutes it. Raises not-found. LiveKit: RoomService.MutePublishedTrack."""
    del request
    before: Published = context.before
    return await mute_these(context, before.tracks, muted=True)
