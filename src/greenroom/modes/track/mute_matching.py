"""Mute everybody in every room whose name fits."""

from __future__ import annotations

from pydantic import Field

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.ports import Context
from greenroom.domain.tracks import Muting, Published
from greenroom.modes._bulk import matching
from greenroom.modes._matching import Pattern
from greenroom.modes.track._live_fields import Keep, MutedSources, microphone
from greenroom.modes.track._muting import mute_many, names, take_back, tell_many
from greenroom.modes.track._tracks import of_rooms


class MuteMatching(Request):
    """People only, as in ``track.mute_all``."""

    pattern: Pattern
    sources: MutedSources = Field(default_factory=microphone)
    keep: Keep = Field(default_factory=list)


async def the_tracks(context: Context, request: MuteMatching) -> Published:
    """What everybody publishes in these rooms, as it is before. Raises not-found where no room fits."""
    rooms = {room.name: [room.name] for room in await context.rooms.list_rooms()}
    found = matching(rooms, request.pattern, ())
    if not found:
        msg = f"There are no rooms named {request.pattern}, so nothing was done."
        hint = "`greenroom room list` shows the rooms there are."
        raise PreconditionFailed(msg, code="not-found", hint=hint)
    return await of_rooms(context, found, request.sources, request.keep)


def tell(_request: MuteMatching, before: Published, result: Muting) -> str:
    """In which rooms, how many, and who was left alone."""
    return tell_many(names(before.rooms), result, before.spared)


@capability(
    effect="write",
    grant="roomAdmin",
    positional=("pattern",),
    rules=("secure-transport", "kept-people-inside", "tracks-muted"),
    before=the_tracks,
    undo=take_back,
    tell=tell,
    examples=(
        Example("mute everyone in all the breakout- rooms", pattern="breakout-*"),
        Example(
            "turn off all cameras in every room whose name starts with back",
            pattern="back*",
            sources=["camera"],
        ),
    ),
)
async def mute_matching(context: Context, request: MuteMatching) -> Muting:
    """Everybody inside now, ten at a time. Raises not-found, Interrupted. LiveKit: RoomService.ListRooms, MutePublishedTrack."""
    del request
    before: Published = context.before
    return await mute_many(context, before.tracks, muted=True)
